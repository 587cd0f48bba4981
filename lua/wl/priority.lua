-- SPDX-License-Identifier: MIT
--- The priority of pods comes from their PriorityClass.
-- Source: plugin/pkg/admission/priority.
local apierror = require "wl.apierror"
local expected = require "wl.expected"

local priority = {}

--- Classes that every cluster has.
priority.SYSTEM = {
  ["system-cluster-critical"] = 2000000000, ["system-node-critical"] = 2000001000,
}

-- The class of pods that name none; of several the one of least value.
local function default_class(server)
  local default
  for _, class in ipairs(server:list "PriorityClass") do
    if class.globalDefault and (not default or class.value < default.value) then
      default = class
    end
  end
  return default
end

local function class_of(server, name)
  if name == "" then
    return default_class(server)
  end
  local class = server:get("PriorityClass", nil, name)
    or expected(server, "PriorityClass", nil, name)
  return class, class == nil
end

--- An admission rule for wl.server: pods get the priority of their class.
-- @param server
-- @treturn table see wl.admission_rules
function priority.admission(server)
  local classes
  local function changes(kind, object)
    if kind.name ~= "Pod" then return false end
    classes = classes or server.store:all(server:number(server:kind "PriorityClass"))
    return #classes > 0 or (object.spec.priorityClassName or "") ~= ""
  end
  return { changes = changes, admit = function(kind, draft)
    if not changes(kind, draft) then return true end
    local name = draft.spec.priorityClassName or ""
    if priority.SYSTEM[name] then
      draft.spec.priority = priority.SYSTEM[name]
      return true
    end
    local class, missing = class_of(server, name)
    if missing then
      return apierror.returned(apierror.forbidden(kind.resource, draft.metadata.name or "",
        ("no PriorityClass with name %s was found"):format(name)))
    elseif class then
      draft.spec.priorityClassName, draft.spec.priority = class.metadata.name, class.value
      draft.spec.preemptionPolicy = class.preemptionPolicy or draft.spec.preemptionPolicy
    end
    return true
  end }
end

return priority
