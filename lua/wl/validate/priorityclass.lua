-- SPDX-License-Identifier: MIT
--- PriorityClasses.
-- (pkg/apis/scheduling/validation)
local check = require "wl.validate.check"
local meta = require "wl.validate.meta"
local priority = require "wl.priority"

local priorityclass = {}

local HIGHEST = 1000000000

local RESERVED = "priority class names with 'system-' prefix are reserved for system use only. "
  .. "error: "

-- Why a class of the system's own names is none of its own.
local function reserved(object, name)
  local own = priority.SYSTEM[name]
  if not own then return name .. " is not a known system priority class" end
  if (object.value or 0) ~= own then
    return ("value of %s PriorityClass must be %d"):format(name, own)
  end
  return object.globalDefault and ("globalDefault of %s PriorityClass must be false"):format(name)
end

--- A new PriorityClass.
function priorityclass.validate(object, errors)
  local name = object.metadata and object.metadata.name or ""
  meta.create(errors, object, "dns_subdomain", "cluster")
  if name:sub(1, 7) == "system-" then
    local fault = reserved(object, name)
    if fault then errors:forbidden("metadata.name", RESERVED .. fault) end
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
