-- SPDX-License-Identifier: MIT
--- Behaviours written as a function: what a container does, told as a story.
--
--   behave("app=db", function(pod)
--     pod:ready(false)
--     pod:sleep "30s"            -- recovering its log
--     pod:ready(true)
--     pod:sleep { "5m", "10m" }
--     pod:exit(1)                -- and from the beginning, if it is restarted
--   end)
--
-- It runs at each start of the pod's first container, under virtual time. A
-- function that returns lets the container run on, or ends it when it is not to
-- be restarted for ever: with the code that it returns, or 0. Other fields of
-- `pod` are those of the object as it was then; `pod.restarts` counts.
local chance = require "wl.chance"
local container = require "wl.kubelet.container"
local duration = require "wl.duration"
local probe = require "wl.kubelet.probe"

local script = {}

local MOST_INSTRUCTIONS = 10000000 -- between two moments

local Pod = {}

local function seconds(self, given)
  if type(given) ~= "table" then
    return duration.seconds(given, 3)
  end
  local low, high = duration.seconds(given[1], 3), duration.seconds(given[2], 3)
  self.draws = self.draws + 1
  return low + chance.number(self.seed, self.name .. "\0" .. self.draws) * (high - low)
end

--- Let time pass. @param given a duration, seconds, or a range { "1s", "5s" }
function Pod:sleep(given)
  coroutine.yield(seconds(self, given))
end

--- Be ready, or not, from now on.
function Pod:ready(is_ready)
  self.is_ready = is_ready ~= false
end

--- End. @tparam ?integer code 0  @tparam ?string reason "Completed" or "Error"
function Pod:exit(code, reason)
  self.ended = { code = code or 0, reason = reason or (code or 0) == 0 and "Completed" or "Error" }
  coroutine.yield(nil)
end

function Pod:__index(field)
  return Pod[field] or rawget(self, "pod")[field]
end

--- The story of a container's present run, begun if this is a new one.
-- @tparam table stories of all pods, by uid
-- @param behaviour with `script`
-- @param pod a view
-- @param status of the container, which runs
-- @tparam string seed
function script.story(stories, behaviour, pod, status, seed)
  local uid = pod.metadata.uid
  local began = status.state.running.startedAt
  local story = stories[uid]
  if not story or story.began ~= began or story.restarts ~= status.restartCount then
    story = setmetatable({ began = began, restarts = status.restartCount, pod = pod, seed = seed,
      name = uid .. "\0script\0" .. status.restartCount, draws = 0,
      at = container.started_at(status), thread = coroutine.create(behaviour.script) }, Pod)
    stories[uid] = story
  end
  return story
end

local function too_long()
  error("the behaviour runs on without letting time pass: pod:sleep is missing", 2)
end

-- Tell the story on to where it sleeps or ends.
local function go_on(story, sim)
  debug.sethook(story.thread, too_long, "", MOST_INSTRUCTIONS)
  local ok, result = coroutine.resume(story.thread, story)
  if not ok then
    sim:event("Warning", "BehaviourFailed", tostring(result))
    story.at = nil
  elseif coroutine.status(story.thread) ~= "dead" then
    story.at = not story.ended and story.at + result or nil
  else
    story.at = nil
    if not story.ended and (sim.pod.spec.restartPolicy or "Always") ~= "Always" then
      local code = math.tointeger(result) or 0
      story.ended = { code = code, reason = code == 0 and "Completed" or "Error" }
    end
  end
end

local function set_ready(status)
  return function() status.ready, status.started = true, true end
end

--- The story's next step: when, and a function that makes it happen. A story
-- that says nothing of readiness leaves that to the probes.
-- @param sim a pod being simulated
-- @param spec of the container
-- @param status of the container
-- @param story
function script.next(sim, spec, status, story)
  local began = container.started_at(status)
  local ready_at = began + probe.ready(spec)
  if story.is_ready == nil and not status.ready and story.at ~= began
    and (not story.at or ready_at <= story.at) then
    return ready_at, set_ready(status)
  elseif not story.at then
    return nil
  end
  return story.at, function(_, at)
    go_on(story, sim)
    if story.ended then
      container.stop(status, at, story.ended)
    elseif story.is_ready ~= nil then
      status.ready, status.started = story.is_ready, true
    end
  end
end

return script
