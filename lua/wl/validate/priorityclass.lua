-- SPDX-License-Identifier: MIT
--- PriorityClasses.
-- (pkg/apis/scheduling/validation)
local check = require "wl.validate.check"
local meta = require "wl.validate.meta"

local priorityclass = {}

local HIGHEST = 1000000000

local SYSTEM = check.set { "system-node-critical", "system-cluster-critical" }

--- A new PriorityClass.
function priorityclass.validate(object, errors)
  local name = object.metadata and object.metadata.name or ""
  meta.create(errors, object, "dns_subdomain", "cluster")
  if SYSTEM[name] then return end
  if name:sub(1, 7) == "system-" then
    errors:forbidden("metadata.name", "priority class names with 'system-' prefix are reserved "
      .. "for system use only. error: " .. name .. " is not a known system priority class")
  elseif (object.value or 0) > HIGHEST then
    errors:forbidden("value",
      ("maximum allowed value of a user defined priority is %d"):format(HIGHEST))
  end
  check.choice(errors, "preemptionPolicy", object.preemptionPolicy,
    { "PreemptLowerPriority", "Never" })
end

--- A changed PriorityClass: what it stands for stays.
function priorityclass.validate_update(new, old, errors)
  meta.update(errors, new, old)
  if new.value ~= old.value then
    errors:forbidden("value", "may not be changed in an update.")
  end
  check.immutable(errors, "preemptionPolicy", new.preemptionPolicy, old.preemptionPolicy)
end

return priorityclass
