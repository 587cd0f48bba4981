-- SPDX-License-Identifier: MIT
--- Decisions in words: what a policy saw and returned, in a line each.
--
-- Of what it saw, the fields that its contract lists.
local policy = require "wl.policy"
local value = require "wl.value"

local shown = {}

local LONGEST = 120 -- bytes of a cell

local function cut(text)
  return #text > LONGEST and text:sub(1, LONGEST - 3) .. "..." or text
end

local function scalar(x)
  if type(x) == "number" and math.type(x) == "float" then return ("%.10g"):format(x) end
  return tostring(x)
end

local text_of

-- Inside, what is nothing is left out: there are many counts.
local function is_shown(x, is_inside)
  if x == nil or type(x) == "function" then return false end
  return not is_inside or x ~= 0 and x ~= false and x ~= true
end

local function record_text(x, rows, is_inside)
  local parts = {}
  for _, row in ipairs(rows) do
    local given = x[row[1]]
    if is_shown(given, is_inside) then
      parts[#parts + 1] = row[1] .. "=" .. text_of(given, row[2])
    end
  end
  return "{" .. table.concat(parts, " ") .. "}"
end

local function list_text(x, item)
  local parts = {}
  for i = 1, #x do parts[i] = text_of(x[i], item) end
  return "[" .. table.concat(parts, " ") .. "]"
end

local function map_text(x)
  if value.is_list(x) then return list_text(x) end
  local parts = {}
  for name, one in pairs(x) do
    if type(one) ~= "function" then parts[#parts + 1] = tostring(name) .. "=" .. text_of(one) end
  end
  return "{" .. table.concat(parts, " ") .. "}"
end

function text_of(x, t)
  if type(x) == "table" and t and t.rows then return record_text(x, t.rows, true) end
  if type(x) == "table" and t and t.item then return list_text(x, t.item) end
  if type(x) == "table" then return map_text(x) end
  return scalar(x)
end

-- "a=1 b=2", not "{a=1 b=2}"
local function bare(text) return cut((text:gsub("^{(.*)}$", "%1"))) end

local function rule_of(entry) return policy.contract(entry.policy.policy).functions[entry.name] end

--- Where the function that decided stands: "web.lua:12".
function shown.place(entry)
  local p = entry.policy
  local info = debug.getinfo(entry.name == "plan" and p.script or p[entry.name], "S")
  return ("%s:%d"):format(info.short_src, info.linedefined)
end

--- What the policy saw.
function shown.seen(entry)
  local saw = entry.saw
  if type(saw) ~= "table" then return cut(scalar(saw)) end
  return bare(record_text(saw, rule_of(entry).receives))
end

--- What it returned, or why it failed.
function shown.returned(entry)
  if entry.message then return cut("failed: " .. entry.message) end
  return bare(text_of(entry.returned))
end

--- What became of it, where that is something else.
function shown.held(entry)
  if not entry.complaint then return "" end
  local held = {}
  for name in pairs(type(entry.returned) == "table" and entry.returned or {}) do
    held[name] = entry.held and entry.held[name]
  end
  return cut(("%s (%s)"):format(bare(text_of(held)), entry.complaint))
end

--- Decisions without those that say the same as the one before.
-- @tparam {table,...} list the oldest first
-- @treturn {table,...} with `times`: how often it was decided so in a row
function shown.collapsed(list)
  local kept, before = {}, nil
  for _, entry in ipairs(list) do
    local same = table.concat({ entry.policy.policy, entry.policy.name, entry.name,
      shown.seen(entry):gsub(" now=%S+", ""), shown.returned(entry), shown.held(entry) }, "\0")
    if same == before then
      kept[#kept].times = kept[#kept].times + 1
    else
      local copy = { times = 1 }
      for name, x in pairs(entry) do copy[name] = x end
      kept[#kept + 1], before = copy, same
    end
  end
  return kept
end

return shown
