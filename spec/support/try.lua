-- SPDX-License-Identifier: MIT
--- Short words for specs that try something out on a cluster.
local Cluster = require "wl.cluster"
local conditions = require "wl.conditions"

local Try = {}

--- A cluster with objects in it, some seconds later.
-- @tparam ?table options as for Cluster.new; behaviours: selector -> behaviour
function Try.new(options, ...)
  local behaviours = options.behaviours or {}
  options.behaviours = nil
  local self = setmetatable({ cluster = Cluster.new(options) }, { __index = function(self, word)
    return Try[word] or self.cluster[word]
  end })
  for pods, behaviour in pairs(behaviours) do self.cluster.kubelet:behave(pods, behaviour) end
  for _, object in ipairs { ... } do assert(self.cluster:create(object)) end
  return self
end

--- An object, or nil.
function Try:get(kind, name) return (self.cluster:get(kind, nil, name)) end

--- Let time pass. @return itself
function Try:run(seconds)
  self.cluster:run(seconds)
  return self
end

--- Change an object through a draft.
function Try:edit(kind, name, change)
  return assert(self.cluster:update(self:get(kind, name), change))
end

--- Set the first container's image, or that of a template.
function Try:set_image(kind, name, image)
  return self:edit(kind, name, function(draft)
    draft.spec.template.spec.containers[1].image = image
  end)
end

--- Delete an object.
function Try:delete(kind, name, options)
  return assert(self.cluster:delete(self:get(kind, name), options))
end

--- The objects of a kind that pass a test.
function Try:those(kind, holds)
  local list = {}
  for _, object in ipairs(self.cluster:list(kind)) do
    if not holds or holds(object) then list[#list + 1] = object end
  end
  return list
end

--- How many pods have an image, and are not on their way out.
function Try:with_image(image)
  return #self:those("Pod", function(pod)
    return pod.spec.containers[1].image == image and not pod.metadata.deletionTimestamp
  end)
end

--- A condition of an object, or nil.
function Try:condition(kind, name, type)
  return conditions.find(self:get(kind, name).status.conditions, type)
end

--- Has an event with this reason been told?
function Try:told(reason)
  return #self.cluster.events:list(function(event) return event.reason == reason end) > 0
end

return Try
