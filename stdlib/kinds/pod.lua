-- SPDX-License-Identifier: MIT
--- Pod: containers that run together on one node.
local facet = require "wl.facet"
local kind = require "wl.kind"
local pod = require "wl.api.pod"
local pod_resources = require "wl.pod_resources"
local prepare = require "wl.api.prepare.pod"

local ANTI_AFFINITY = "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution"

-- What a pod asks of its node, added up over those that have not ended.
local function asked(resource, scored)
  local paths = table.move(pod_resources.PARTS, 1, #pod_resources.PARTS, 1, {})
  paths[#paths + 1] = pod_resources.part(resource, scored)
  paths[#paths + 1] = "consumes"
  return facet.sum(table.unpack(paths))
end

-- What controllers count. A pod that has ended, or is about to, is not active.
local facets = {
  { "succeeded", facet.equals("status.phase", "Succeeded") },
  { "failed", facet.equals("status.phase", "Failed") },
  { "finished", facet.any { "succeeded", "failed" } },
  { "active", facet.all { facet.negate "finished", facet.absent "metadata.deletionTimestamp" } },
  { "assigned", facet.all { "active", facet.present "spec.nodeName" } },
  { "terminating",
    facet.all { facet.negate "finished", facet.present "metadata.deletionTimestamp" } },
  { "ready", facet.all { "active", facet.equals("status.conditions[type=Ready].status", "True") } },
  -- What waits for the scheduler and for the kubelets.
  { "consumes", facet.negate "finished" },
  { "unscheduled", facet.all { "active", facet.absent "spec.nodeName",
                               facet.absent "spec.schedulingGates" } },
  { "bound", facet.all { "active", facet.present "spec.nodeName",
                         facet.absent "status.startTime" } },
  { "graceful", facet.all { "consumes", facet.present "spec.nodeName" } },
  -- What waits for its Job.
  { "tracked", facet.present "metadata.finalizers" },
  { "uncounted", facet.all { "tracked", facet.any { "finished", "terminating" } } },
  { "leaving", facet.all { "tracked", facet.present "metadata.deletionTimestamp" } },
  -- Pods that a Job has lost, or has to let go.
  { "ofNoJob", facet.absent "metadata.labels['batch.kubernetes.io/controller-uid']" },
  { "adrift", facet.all { "active", facet.negate "ofNoJob",
                          facet.absent "metadata.ownerReferences" } },
  { "dying", facet.all { facet.present "metadata.deletionTimestamp", facet.present "spec.nodeName",
                         facet.none_of("metadata.deletionGracePeriodSeconds", 0) } },
  { "gated", facet.all { "active", facet.present "status.startTime",
                         facet.present "spec.readinessGates" } },
  -- Pods whose spec was changed after they were made; the sum tells of each change.
  { "amended", facet.all { "consumes", facet.present "status.startTime",
                           facet.none_of("metadata.generation", 1) } },
  { "amendments", facet.sum("metadata.generation", "amended") },
  { "endsBy", facet.time("metadata.deletionTimestamp", "dying") },
  { "anti_affine", facet.all { "active", facet.present(ANTI_AFFINITY) } },
  { "phase", facet.value "status.phase" },
  { "readySince", facet.time("status.conditions[type=Ready].lastTransitionTime", "ready") },
  { "cpu", asked "cpu" },
  { "memory", asked "memory" },
  { "ephemeral", asked "ephemeral-storage" },
  { "cpu_scored", asked("cpu", true) },
  { "memory_scored", asked("memory", true) },
}

return kind "Pod" {
  api = "v1",
  short = { "po" },
  categories = { "all" },
  schema = pod.Pod,
  validation = require "wl.validate.pod",
  preparation = prepare.pod,
  varying = { { "metadata", "name" }, { "metadata", "generateName" }, { "metadata", "uid" },
    { "metadata", "labels" }, { "metadata", "ownerReferences" } },
  facets = facets,
  indexed = { "spec.nodeName" },
  -- A pod that runs gets time to end; any other goes at once.
  grace = { facet = "graceful", path = "spec.terminationGracePeriodSeconds" },
}
