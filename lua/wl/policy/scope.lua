-- SPDX-License-Identifier: MIT
--- Which policies there are by name, for the cluster whose objects are being judged.
--
-- A name means what was registered in the cluster; else what ships, in
-- stdlib/<sort>/<name>.lua; else a file <sort>/<name>.lua on the path. Schemas and
-- validation ask here, as they are the same for all clusters: a server says, as
-- a write comes in, whose policies count.
local ships = require "stdlib.policies"
local suggest = require "wl.suggest"

local scope = {}

local NONE = {}

local registered = NONE -- "sort/Name" -> policy, of the cluster in question
local shipped = {}      -- the same, as found; false: there is none

--- From now on these are the policies that were registered.
-- @tparam {[string]=policy} policies "sort/Name" -> policy
function scope.use(policies) registered = policies or NONE end

-- "BlueGreen" -> "blue_green", "default-scheduler" -> "default_scheduler"
local function file_of(name)
  return (name:gsub("(%l)(%u)", "%1_%2"):gsub("%-", "_"):lower())
end

local function load_shipped(sort, name)
  local module = ("stdlib.%s.%s"):format(sort, file_of(name))
  local ok, found = pcall(require, module)
  if ok then return type(found) == "table" and found.name == name and found or nil end
  if not found:find("module '" .. module .. "' not found", 1, true) then error(found, 0) end
end

--- A policy that ships or lies on the path.
-- @tparam string sort
-- @tparam string name
-- @treturn ?policy
function scope.shipped(sort, name)
  if type(name) ~= "string" or not name:find "^%a[%w-]*$" then return nil end
  local key = sort .. "/" .. name
  if shipped[key] == nil then shipped[key] = load_shipped(sort, name) or false end
  return shipped[key] or require("wl.policy.loader").find(sort, file_of(name), name)
end

local function serves(p, kind)
  if not p.kinds or not kind then return true end
  for _, one in ipairs(p.kinds) do
    if one == kind then return true end
  end
  return false
end

--- The policy of a sort with this name.
-- @tparam string sort
-- @tparam string name
-- @tparam ?string kind that it must be for
-- @treturn ?policy
function scope.policy(sort, name, kind)
  local p = registered[sort .. "/" .. tostring(name)] or scope.shipped(sort, name)
  return p and serves(p, kind) and p or nil
end

--- The names registered for a sort, sorted.
-- @treturn {string,...}
function scope.registered(sort)
  local names = {}
  for key in pairs(registered) do
    local name = key:match("^" .. sort .. "/(.*)$")
    if name then names[#names + 1] = name end
  end
  return names
end

--- The names to offer for one that there is not.
-- @tparam string sort
-- @tparam {string,...} own those of Kubernetes
-- @param given what was written instead
-- @tparam ?string kind
-- @treturn {string,...} own; what is registered; of what ships, only what was nearly written
function scope.supported(sort, own, given, kind)
  local names, known = table.move(own, 1, #own, 1, {}), {}
  for _, name in ipairs(own) do known[name] = true end
  local function add(name)
    if name and not known[name] and scope.policy(sort, name, kind) then
      known[name], names[#names + 1] = true, name
    end
  end
  for _, name in ipairs(scope.registered(sort)) do add(name) end
  if type(given) == "string" then add(suggest.nearest(given, ships[sort] or NONE)) end
  return names
end

return scope
