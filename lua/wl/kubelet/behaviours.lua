-- SPDX-License-Identifier: MIT
--- Which behaviour a pod has: the one that was given last, of those whose
-- selector it matches.
local Profile = require "wl.kubelet.profile"
local behaviour = require "wl.behaviour"
local selector = require "wl.selector"

local Behaviours = {}
Behaviours.__index = Behaviours

--- @param default the behaviour of pods for which none was given, and what fills
--   the gaps of others
function Behaviours.new(default)
  return setmetatable({ default = default, given = {}, stories = {} }, Behaviours)
end

--- The same for other kubelets; stories begin anew.
-- @treturn Behaviours
function Behaviours:copy()
  local copy = Behaviours.new(self.default)
  table.move(self.given, 1, #self.given, 1, copy.given)
  return copy
end

--- Give a behaviour to the pods that match.
-- @tparam string text a label selector; "" for all pods
-- @param definition see wl.behaviour
-- @tparam table options `namespace`: only there; `since`: from this moment on
-- @tparam integer level whose mistake it is, as for `error`
function Behaviours:give(text, definition, options, level)
  local matching, message = selector.parse(text)
  if not matching then
    error("behave: " .. message, level + 1)
  end
  local read = behaviour.read(definition, level + 1)
  read.since = options.since
  self.given[#self.given + 1] = { selector = matching, namespace = options.namespace,
                                  behaviour = read }
  return self.given[#self.given]
end

--- @treturn boolean was none given?
function Behaviours:is_plain()
  return #self.given == 0
end

--- @return the behaviour of a pod, nil for the default
function Behaviours:of(pod)
  for i = #self.given, 1, -1 do
    local one = self.given[i]
    if (not one.namespace or one.namespace == pod.metadata.namespace)
      and one.selector:matches(pod.metadata.labels or {}) then
      return one.behaviour
    end
  end
  return nil
end

-- Like pods may behave differently by chance: split them by what they drew.
local function split(self, pods, given, seed)
  local parts, by_outcome = {}, {}
  for i = 1, #pods do
    local pod = pods[i]
    if pod then
      local profile = Profile.new(given, self.default, pod, seed, self.stories)
      local outcome = profile:outcome()
      local part = by_outcome[outcome]
      if not part then
        part = { pods = pods:slice(1, 0), profile = profile, pod = pod }
        by_outcome[outcome] = part
        parts[#parts + 1] = part
      end
      part.pods:add(pods:id(i))
    end
  end
  return parts
end

--- A pod is gone: its story is over.
function Behaviours:forget(pod)
  self.stories[pod.metadata.uid] = nil
end

--- Like pods, with what they do.
-- @param pods a batch of pods that share spec, labels, namespace and status
-- @tparam string seed
-- @treturn table array of `{ pods, profile, pod }`, pod being one of them
function Behaviours:profiles(pods, seed)
  local pod = pods[1]
  local given = not self:is_plain() and self:of(pod) or nil
  if given and given.random then
    return split(self, pods, given, seed)
  end
  return { { pods = pods, profile = Profile.new(given, self.default, pod, seed), pod = pod } }
end

return Behaviours
