-- SPDX-License-Identifier: MIT
--- What people may ask of a rollout in steps: promote, abort, retry.
--
-- What is asked for is noted in the status (`rollout.request`); the controller
-- does it at its next sync. Each returns a text, or nil, message, code. With
-- `{ dry_run = true }` nothing is written, and the text says what would be done.
local record = require "wl.rollout.record"

local asking = {}

local function name_of(object)
  return ("%s.apps/%s"):format(object.kind:lower(), object.metadata.name)
end

local function refuse(object, text)
  return nil, ("%s: %s"):format(name_of(object), text), "Invalid"
end

-- The record of a rollout that goes on; or nil, message, code.
local function under_way(object)
  local now = (object.status or {}).rollout
  if not now then
    return refuse(object, "its strategy has no steps")
  elseif record.is_settled(now) then
    return refuse(object, "no rollout is under way: all pods are of the stable revision, or "
      .. "on their way there")
  elseif object.spec.paused then
    return refuse(object, "is paused (spec.paused): resume it first")
  end
  return now
end

local function ask(cluster, object, options, request, done, would)
  if options and options.dry_run then
    return ("%s %s (dry run): %s"):format(name_of(object), done, would)
  end
  local written, message, code = cluster:update_status(object, function(draft)
    draft.rollout.request = request
  end)
  if not written then
    return nil, message, code
  end
  return ("%s %s"):format(name_of(object), done)
end

local function present(now)
  local step = now.steps and now.steps[now.step or 0]
  return step and ("step %d, %s"):format(now.step, step.call) or "the first step"
end

--- Go on: end the pause, question or analysis that the rollout waits in.
-- @param cluster
-- @param object
-- @tparam ?table options full: to the end, waiting for nothing but pods; dry_run
-- @treturn ?string; or nil, message, code
function asking.promote(cluster, object, options)
  local now, message, code = under_way(object)
  if not now then
    return nil, message, code
  elseif options and options.full then
    return ask(cluster, object, options, "promote-full", "fully promoted",
      ("all %d pods would become revision %s, without the steps that are left after %s")
        :format(object.spec.replicas or (object.status.desiredNumberScheduled or 0), now.revision,
          present(now)))
  elseif record.is_aborted(now) then
    return refuse(object, "is aborted: retry it, or promote it with full = true")
  elseif now.phase ~= "Paused" then
    return refuse(object, ("waits for nothing that can be promoted: %s")
      :format(now.message or "it goes on by itself"))
  end
  return ask(cluster, object, options, "promote", "promoted",
    ("%s would be over"):format(present(now)))
end

--- Go back to the stable revision; the spec stays as it is.
-- @treturn ?string; or nil, message, code
function asking.abort(cluster, object, options)
  local now, message, code = under_way(object)
  if not now then
    return nil, message, code
  elseif record.is_aborted(now) then
    return refuse(object, "is aborted already")
  end
  return ask(cluster, object, options, "abort", "aborted",
    ("all pods would go back from revision %s to %s"):format(now.revision, now.stable))
end

--- Begin an aborted rollout again, at its first step.
-- @treturn ?string; or nil, message, code
function asking.retry(cluster, object, options)
  local now, message, code = under_way(object)
  if not now then
    return nil, message, code
  elseif not record.is_aborted(now) then
    return refuse(object, "is not aborted: there is nothing to retry")
  end
  return ask(cluster, object, options, "retry", "retried",
    ("revision %s would be rolled out again, from the first step"):format(now.revision))
end

return asking
