-- SPDX-License-Identifier: MIT
--- A behaviour made definite for one pod: every duration a number.
--
-- Pods of one template with equal outcomes stay together: draws are in whole
-- steps, so that there are few different outcomes.
local chance = require "wl.chance"
local script = require "wl.kubelet.script"

local Profile = {}
Profile.__index = Profile

local CRASH_AFTER = { low = 1, high = 60 }

--- @param behaviour as wl.behaviour reads it, or nil
-- @param default the behaviour that fills the gaps
-- @param pod a view
-- @tparam string seed
-- @tparam ?table stories see wl.kubelet.script
function Profile.new(behaviour, default, pod, seed, stories)
  return setmetatable({ behaviour = behaviour or {}, default = default, pod = pod,
                        stories = stories,
                        seed = seed, since = behaviour and behaviour.since or 0 }, Profile)
end

local function step_of(range)
  return range.high - range.low >= 1 and range.low % 1 == 0 and range.high % 1 == 0 and 1 or 0.01
end

local function number(self, given, name)
  if type(given) ~= "table" then
    return given
  end
  return chance.between(self.seed, self.pod.metadata.uid .. "\0" .. name, given.low, given.high,
    step_of(given))
end

local function of_pod(self, field)
  local given = self.behaviour[field]
  if given == nil then
    return self.default[field]
  end
  return given
end

--- A duration of the pod as a whole: "start", "terminate", "prestop".
-- @treturn number seconds
function Profile:seconds(field)
  return number(self, of_pod(self, field), field)
end

--- Something else said of the pod as a whole: "ignore_term", "term_exit".
function Profile:of_pod(field)
  return of_pod(self, field)
end

-- The behaviour that concerns a container; nil: the default one. What is said
-- of a pod is not meant for its init containers and sidecars.
local function fields_for(self, container, role)
  local fields = self.behaviour
  local named = fields.containers and fields.containers[container.name]
  if named then
    return named
  elseif fields.image and fields.image ~= container.image
    or fields.container and fields.container ~= container.name
    or role and not fields.container then
    return nil
  end
  return fields
end

local function does_crash(self, fields, name)
  if not fields.crash then
    return false
  end
  return chance.number(self.seed, self.pod.metadata.uid .. "\0crash\0" .. name) < fields.crash
end

-- When and how a container ends by itself: after nil, never.
local function ending(self, fields, name, works)
  if does_crash(self, fields, name) then
    return fields.after or CRASH_AFTER, fields.exit or 1
  elseif fields.crash and works == nil then
    return nil
  elseif fields.after or fields.exit or fields.oom then
    return fields.after or 1, fields.exit or 0
  end
  return works, 0
end

local NOTHING = {}

--- What a container does from its n-th start on.
-- @param container of the pod's spec
-- @tparam integer restarts how often it was restarted before
-- @tparam ?string role "init" or "sidecar"
-- @treturn table `{ after, code, reason, message, ready, never_ready, unhealthy, flap,
--   pull_error }`; seconds from the start
function Profile:container(container, restarts, role)
  local fields = fields_for(self, container, role) or NOTHING
  local name = container.name .. "\0" .. restarts
  local works
  if role == "init" then
    works = self:seconds "init"
  elseif role ~= "sidecar" and (self.pod.spec.restartPolicy or "Always") ~= "Always" then
    works = self:seconds "work"
  end
  local after, code = ending(self, fields, name, works)
  after = number(self, after, "after\0" .. name)
  if fields.oom then
    code = 137
  end
  return {
    after = after, code = code, message = fields.message,
    reason = fields.oom and "OOMKilled" or fields.reason or (code == 0 and "Completed" or "Error"),
    ready = number(self, fields.ready, "ready\0" .. name), never_ready = fields.never_ready,
    unhealthy = number(self, fields.unhealthy, "unhealthy\0" .. name), flap = fields.flap,
    pull_error = fields.pull_error,
  }
end

--- The story that the pod's first container lives, if its behaviour is one.
-- @param container of the pod's spec
-- @param status of it, running
function Profile:story(container, status)
  if not self.behaviour.script or container ~= self.pod.spec.containers[1] then
    return nil
  end
  return script.story(self.stories, self.behaviour, self.pod, status, self.seed)
end

local POD_FIELDS = { "start", "init", "work", "terminate", "prestop" }

local function plan_text(plan)
  return ("%s,%s,%s,%s"):format(plan.after, plan.code, plan.ready, plan.unhealthy)
end

--- All that was drawn for a pod in its present state, as a text: like pods with
-- equal outcomes go on alike.
-- @treturn string
function Profile:outcome()
  if self.behaviour.script then
    return self.pod.metadata.uid
  end
  local texts = {}
  for i, field in ipairs(POD_FIELDS) do
    texts[i] = tostring(self:seconds(field))
  end
  local status = self.pod.status or NOTHING
  for i, container in ipairs(self.pod.spec.containers) do
    local one = (status.containerStatuses or NOTHING)[i]
    texts[#texts + 1] = plan_text(self:container(container, one and one.restartCount or 0))
  end
  for i, container in ipairs(self.pod.spec.initContainers or NOTHING) do
    local one = (status.initContainerStatuses or NOTHING)[i]
    local role = container.restartPolicy == "Always" and "sidecar" or "init"
    texts[#texts + 1] = plan_text(self:container(container, one and one.restartCount or 0, role))
  end
  return table.concat(texts, ";")
end

return Profile
