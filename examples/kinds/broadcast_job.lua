-- SPDX-License-Identifier: MIT
--- BroadcastJob: one pod on each node, once, until it succeeds there.
--
--     spec:
--       parallelism: 3
--       completionPolicy: { type: Always, ttlSecondsAfterFinished: 60 }
--
-- With `type: Always` it is complete when the pods of all nodes have ended, and fails
-- when one failed `backoffLimit` times; with `type: Never` nodes that join later get
-- their pod, too. Nodes that a pod may not be on (cordoned, not ready, a taint that it
-- does not tolerate, another nodeSelector) are left out.
local intstr = require "wl.intstr"
local kind = require "wl.kind"
local owner = require "wl.owner"
local pod = require "wl.api.pod"
local taint = require "wl.taint"
local time = require "wl.time"
local value = require "wl.value"

local function is_ready(node)
  for _, condition in ipairs((node.status or {}).conditions or {}) do
    if condition.type == "Ready" then return condition.status == "True" end
  end
  return false
end

local function is_wanted(spec, node)
  local labels = node.metadata.labels or {}
  for key, text in pairs(spec.nodeSelector or {}) do
    if labels[key] ~= text then return false end
  end
  return not node.spec.unschedulable and is_ready(node)
    and not taint.untolerated(spec.tolerations, node.spec.taints, taint.repels)
end

local function new_pod(job, node)
  local template = job.spec.template
  local spec = value.table(template.spec)
  spec.nodeName = node.metadata.name
  spec.restartPolicy = spec.restartPolicy ~= "Always" and spec.restartPolicy or "Never"
  local labels = value.table((template.metadata or {}).labels or {})
  labels["broadcast-job"] = job.metadata.name
  return { apiVersion = "v1", kind = "Pod", spec = spec, metadata = {
    generateName = job.metadata.name .. "-", namespace = job.metadata.namespace, labels = labels,
    ownerReferences = { owner.reference(job) } } }
end

-- What each node has had: pods that run, that succeeded, and how many failed.
local function look(pods)
  local seen = { active = 0, succeeded = 0, failed = 0, nodes = {} }
  for one in pods:each() do
    local name, phase = one.spec.nodeName, (one.status or {}).phase
    local node = seen.nodes[name] or { failed = 0 }
    seen.nodes[name] = node
    if phase == "Succeeded" then
      node.succeeded, seen.succeeded = true, seen.succeeded + 1
    elseif phase == "Failed" then
      node.failed, seen.failed = node.failed + 1, seen.failed + 1
    elseif one.metadata.deletionTimestamp == nil then
      node.active, seen.active = true, seen.active + 1
    end
  end
  return seen
end

-- Nodes that want a pod now; how many want one in all; a node that failed too often.
local function plan(ctx, job, seen)
  local waiting, desired, hopeless = {}, 0, nil
  for node in ctx:all "Node":each() do
    local had = seen.nodes[node.metadata.name] or { failed = 0 }
    if had.succeeded or had.active or is_wanted(job.spec.template.spec, node) then
      desired = desired + 1
      if had.failed > job.spec.backoffLimit then
        hopeless = hopeless or node.metadata.name
      elseif not had.succeeded and not had.active then
        table.insert(waiting, node)
      end
    end
  end
  return waiting, desired, hopeless
end

local function condition(ctx, type, reason, message)
  return { type = type, status = "True", reason = reason, message = message,
    lastTransitionTime = ctx:timestamp() }
end

local function verdict(ctx, job, seen, waiting, hopeless)
  if hopeless then
    return condition(ctx, "Failed", "BackoffLimitExceeded", "too many failures on " .. hopeless)
  elseif job.spec.completionPolicy.type == "Always" and #waiting == 0 and seen.active == 0 then
    return condition(ctx, "Complete", "NodesDone", "all nodes have had their pod")
  end
end

local function start(ctx, job, seen, waiting, desired)
  local most = intstr.resolve(job.spec.parallelism or math.maxinteger, desired, true)
  for i = 1, math.min(#waiting, most - seen.active) do
    local made, message, code = ctx:create(new_pod(job, waiting[i]))
    if not made then return nil, message, code end
    seen.active = seen.active + 1
    ctx:event(job, "Normal", "SuccessfulCreate", "Created pod: " .. made.metadata.name)
  end
  return true
end

local function expire(ctx, job)
  local keep = job.spec.completionPolicy.ttlSecondsAfterFinished
  local left = keep and time.parse(job.status.completionTime) + keep - ctx.now
  if not left or left > 0 then return left end
  ctx:delete(job, { propagation = "Background" })
end

local function reconcile(ctx, job)
  if job.status and job.status.completionTime then return expire(ctx, job) end
  local seen = look(ctx:owned(job, "Pod"))
  local waiting, desired, hopeless = plan(ctx, job, seen)
  local ends, started, message, code = verdict(ctx, job, seen, waiting, hopeless), true, nil, nil
  if not ends then started, message, code = start(ctx, job, seen, waiting, desired) end
  if ends then ctx:event(job, "Normal", ends.reason, ends.message) end
  ctx:update_status(job, { active = seen.active, succeeded = seen.succeeded, failed = seen.failed,
    desired = desired, completionTime = ends and ctx:timestamp() or nil,
    conditions = ends and value.list { ends } or nil })
  if not started then return nil, message, code end
  return ends and job.spec.completionPolicy.ttlSecondsAfterFinished
end

return kind "BroadcastJob" {
  api = "apps.example.org/v1", short = { "bcj" }, owns = { "Pod" }, reconcile = reconcile,
  watches = { { kind = "Node", map = function(ctx)
    local all = {}
    for job in ctx:all "BroadcastJob":each() do table.insert(all, job.metadata) end
    return all
  end } },
  spec = {
    template = kind.required(pod.PodTemplateSpec), parallelism = kind.int_or_string,
    backoffLimit = kind.int { default = 6, min = 0 },
    completionPolicy = kind.always(kind.object {
      type = kind.str { default = "Always", enum = { "Always", "Never" } },
      ttlSecondsAfterFinished = kind.int { min = 0 } }),
  },
  status = { active = kind.int, succeeded = kind.int, failed = kind.int, desired = kind.int,
    completionTime = kind.time, conditions = kind.list(kind.any) },
  columns = { { "NAME", ".metadata.name" }, { "DESIRED", ".status.desired" },
    { "ACTIVE", ".status.active" }, { "SUCCEEDED", ".status.succeeded" },
    { "FAILED", ".status.failed" } },
}
