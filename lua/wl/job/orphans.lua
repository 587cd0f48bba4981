-- SPDX-License-Identifier: MIT
--- Pods that wait for being counted by a Job that will not count them: it is
-- gone, or has ended. Their finalizer is taken off, or they would never go.
--
-- Source: pkg/controller/job/job_controller.go `syncOrphanPod`.
local conditions = require "wl.job.conditions"
local names = require "wl.job.names"
local owner = require "wl.owner"
local tracking = require "wl.job.tracking"

local orphans = {}

--- Will nobody count this pod?
-- @param ctx
-- @param pod with the tracking finalizer
-- @treturn boolean
function orphans.is_left(ctx, pod)
  local reference = owner.controller(pod)
  if not reference or reference.kind ~= "Job" or not reference.apiVersion:find "^batch/" then
    return true
  end
  local job = ctx:by_uid(reference.uid)
  if not job then return true end
  if job.spec.managedBy and job.spec.managedBy ~= names.CONTROLLER then return false end
  return conditions.finished(job) ~= nil
end

local function sweep(ctx)
  for _, group in ipairs(ctx:where("Pod", "leaving"):batch():group_by("metadata.ownerReferences",
    "metadata.finalizers")) do
    local pod = group.batch[1]
    if pod and names.is_tracked(pod) and orphans.is_left(ctx, pod) then
      local _, message, code = tracking.release(ctx, group.batch)
      if message then return nil, message, code end
    end
  end
end

--- Have such pods let go from now on.
-- @param ctx of the Job controller
function orphans.watch(ctx)
  ctx.cluster.controllers:add_component {
    name = "job-controller", run = sweep,
    wake = function(own) return { own:where("Pod", "leaving") } end,
  }
end

return orphans
