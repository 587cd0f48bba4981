-- SPDX-License-Identifier: MIT
--- Policies that objects name, and their parameters.
local check = require "wl.validate.check"
local replicas = require "wl.replicas"
local rules = require "wl.schema.rules"
local scope = require "wl.policy.scope"

local policy = {}

--- The names to offer for one that there is not: Kubernetes' own, then the registered ones.
policy.supported = scope.supported

--- The same in words: "'RollingUpdate' or 'OnDelete'".
function policy.words(...)
  local names = scope.supported(...)
  for i, name in ipairs(names) do names[i] = "'" .. name .. "'" end
  local last = table.remove(names)
  return table.concat(names, ", ") .. " or " .. last
end

--- Is there a policy of this name? If so, the parameters beside the name are checked.
-- @param errors
-- @tparam string path of the map
-- @param map which holds the name and the block of parameters
-- @tparam string sort
-- @tparam string name
-- @tparam ?string kind that the policy must be for
-- @treturn boolean
function policy.named(errors, path, map, sort, name, kind)
  local p = scope.policy(sort, name, kind)
  if not p then return false end
  local given = map[p.block]
  if p.params and given ~= nil then
    rules.validate(p.params, given, errors, path .. "." .. p.block)
  end
  return true
end

--- The same for a map whose field `type` is the name.
function policy.check(errors, path, map, sort, kind)
  return policy.named(errors, path, map, sort, map.type, kind)
end

local ORDERS = { "ByCost", "IdleFirst", "Kubernetes", "Scatter" }

--- The annotation that names the order in which pods are deleted. One that was taken once may
-- stay, though nobody knows it any more.
-- @param errors
-- @tparam table object
-- @tparam ?table old the stored object
function policy.deletion_order(errors, object, old)
  local function named(one) return ((one.metadata or {}).annotations or {})[replicas.ORDER] end
  local name = named(object)
  if name == nil or old and named(old) == name or scope.policy("deletion", name) then return end
  check.choice(errors, ("metadata.annotations[%s]"):format(replicas.ORDER), name,
    scope.supported("deletion", ORDERS, name))
end

--- A map { type =, block = } that may be left out.
function policy.optional(errors, path, map, sort, own)
  if map ~= nil and not policy.check(errors, path, map, sort) then
    errors:not_supported(path .. ".type", map.type, scope.supported(sort, own or {}, map.type))
  end
end

return policy
