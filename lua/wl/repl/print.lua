-- SPDX-License-Identifier: MIT
--- Values at the prompt: objects as kubectl's tables, their parts as YAML, nil as nothing.
local printer = require "wl.printer"
local showing = require "wl.verbs.showing"
local value = require "wl.value"
local yaml = require "wl.yaml"

local print_value = {}

local function is_object(x)
  return value.is_map(x) and type(x.kind) == "string" and value.is_map(x.metadata)
    and type(x.metadata.name) == "string"
end

local function all_objects(list)
  for _, one in ipairs(list) do
    if not is_object(one) then return false end
  end
  return #list > 0
end

-- Only what YAML can say.
local function as_value(x)
  local ok, converted = pcall(value.of, x)
  return ok and converted or nil
end

local function is_empty(x) return #tostring(x) == 2 end -- "{}", "[]"

-- A table of functions only is a handle: its verbs are in `help`.
local function plain_table(t)
  local lines, functions = {}, 0
  for name, x in pairs(t) do
    lines[#lines + 1] = ("%s = %s"):format(tostring(name), tostring(x))
    if type(x) == "function" then functions = functions + 1 end
  end
  if functions > 0 and functions == #lines then return "" end
  return #lines > 0 and table.concat(lines, "\n") .. "\n" or "{}\n"
end

local function structure(x)
  local metatable = type(x) == "table" and getmetatable(x)
  if metatable then -- a handle: what it can do is in `help`
    return metatable.__tostring and tostring(x) .. "\n" or ""
  end
  local converted = as_value(x)
  if not converted then return plain_table(x) end
  return is_empty(converted) and tostring(converted) .. "\n" or yaml.format(converted)
end

--- The text of a value.
-- @param world whose value it is
-- @param x anything
-- @treturn string lines, or "" for nothing
function print_value.text(world, x)
  if x == nil then return "" end
  if type(x) == "string" then return (x:gsub("\n?$", "\n")) end
  local is_structure = type(x) == "table" or value.is_map(x) or value.is_list(x)
  if not is_structure then return tostring(x) .. "\n" end
  if type(x) == "table" and getmetatable(x) then return structure(x) end
  if is_object(x) then x = { x } end
  if value.is_list(x) and all_objects(x) then
    local cluster = world:cluster()
    if cluster then return showing.text(cluster, x) end
    return printer.get(x)
  end
  return structure(x)
end

return print_value
