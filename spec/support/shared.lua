-- SPDX-License-Identifier: MIT
--- Cases that say, as data, what Kubernetes does.
--
-- They lie outside the project: in $WLRUN_SHARED, or in ../shared. Where they
-- are absent the specs that read them define no tests, and say so.
local busted = require "busted"
local dkjson = require "dkjson"

local shared = {}

local noted = {}

local function note(text)
  if not noted[text] then
    noted[text] = true
    io.stderr:write("note: ", text, "\n")
  end
end

local function optional(module)
  local found, result = pcall(require, module)
  return found and result or nil
end

local value = optional "wl.value"
local null = value and value.null or dkjson.null
local mark_list = value and value.list or function(list) return list end

-- dkjson tells lists from maps by metatables; here only an empty list needs a
-- mark, everything else is a plain table.
local function plain(x)
  if type(x) ~= "table" or x == null then
    return x
  end
  local is_list = (getmetatable(x) or {}).__jsontype == "array"
  setmetatable(x, nil)
  for key, item in pairs(x) do
    x[key] = plain(item)
  end
  return is_list and next(x) == nil and mark_list(x) or x
end

--- The directory with `cases/`, `manifests/` and `schema/`.
-- @treturn string
function shared.directory()
  return os.getenv "WLRUN_SHARED" or "../shared"
end

--- The contents of a shared file.
-- @tparam string path below the shared directory
-- @treturn ?string nil when there is no such file (which is noted)
function shared.text(path)
  local file = io.open(shared.directory() .. "/" .. path, "rb")
  if not file then
    note(shared.directory() .. "/" .. path .. " is absent; what needs it is skipped")
    return nil
  end
  local text = file:read "a"
  file:close()
  return text
end

--- The cases of one topic, as plain Lua tables. JSON's null is
-- `require "wl.value".null`, an empty list is marked by `value.list`.
-- @tparam string name such as "quantity"
-- @treturn ?table array of cases, nil when the file is absent
function shared.cases(name)
  local text = shared.text("cases/" .. name .. ".json")
  if not text then
    return nil
  end
  local document, _, problem = dkjson.decode(text, 1, null)
  return plain(assert(document, problem)).cases
end

--- The cases of one topic, as views that keep the order of keys.
-- @tparam string name such as "patch_merge"
-- @return a view of the list of cases, nil when the file is absent
function shared.views(name)
  local text = shared.text("cases/" .. name .. ".json")
  return text and assert(require("wl.json").parse(text)).cases
end

--- Define one `it` for each case of a topic.
-- @tparam string name of the topic
-- @tparam ?string op only the cases with this `op`; nil for all
-- @tparam function fn called as fn(case, input, expected)
function shared.each(name, op, fn)
  for _, case in ipairs(shared.cases(name) or {}) do
    if op == nil or case.op == op then
      busted.it(case.id .. (op and " (" .. op .. ")" or ""), function()
        fn(case, case.input, case.expected)
      end)
    end
  end
end

return shared
