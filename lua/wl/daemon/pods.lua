-- SPDX-License-Identifier: MIT
--- The pods of a DaemonSet: making them, and what the controller sees of them.
--
-- Source: pkg/controller/daemon/util `CreatePodTemplate`, `IsPodUpdated`;
-- pkg/controller/daemon `podByCreationTimestampAndPhase`.
local controller_revision = require "wl.controller_revision"
local placement = require "wl.daemon.placement"
local pod_template = require "wl.pod_template"
local time = require "wl.time"
local value = require "wl.value"

local pods = {}

--- The label of a pod that says of which change of the template it is.
pods.GENERATION_LABEL = "pod-template-generation"
local GENERATION = "deprecated.daemonset.template.generation"

-- ---- making ----

--- How often a DaemonSet's template has been changed.
-- @treturn ?string a decimal number
function pods.generation(set)
  local text = (set.metadata.annotations or {})[GENERATION]
  return text and text:find "^%d+$" and text or nil
end

--- A pod of a DaemonSet, not pinned to any node yet.
-- @param set
-- @tparam string sum the hash of its revision
-- @param template of that revision; by default the present one
-- @treturn table a Pod with a generateName
function pods.new(set, sum, template)
  local generation = not template and pods.generation(set) or nil
  template = template or set.spec.template
  local pod = pod_template.pod(set, template)
  local labels = pod_template.with_label(pod.metadata.labels, controller_revision.POD_LABEL, sum)
  labels[pods.GENERATION_LABEL] = generation
  pod.metadata.labels = labels
  pod.spec = value.update(value.of(template.spec), function(draft)
    draft.tolerations = value.list(placement.tolerations(template.spec))
  end)
  return pod
end

local PIN = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"

--- What pins pods to nodes: the columns of `ctx:create_many`.
-- @tparam table nodes array of names
-- @treturn table
function pods.pins(nodes)
  local cells = {}
  for i, name in ipairs(nodes) do
    cells[i] = placement.only(name)
  end
  return { [PIN] = cells }
end

-- ---- looking ----

local READY = "status.conditions[type=Ready]"

local function ready_since(pod)
  local condition = value.get(pod, READY)
  if not condition or condition.status ~= "True" then
    return nil
  end
  return condition.lastTransitionTime and (time.parse(condition.lastTransitionTime)) or 0
end

--- The paths of what a pod looks like: pods that agree in them share a look.
pods.LOOK = { "status.phase", READY, "metadata.creationTimestamp", "metadata.deletionTimestamp",
              "metadata.labels" }

--- What a pod looks like to the controller.
-- @param pod
-- @tparam boolean bound has it a node?
-- @treturn table bound, created, phase, since (when it became ready; nil: it is not),
--   terminating, sum and generation (labels)
function pods.look(pod, bound)
  local metadata, status = pod.metadata, pod.status or {}
  local labels = metadata.labels or {}
  local look = {
    bound = bound, created = metadata.creationTimestamp or "", phase = status.phase,
    since = ready_since(pod), terminating = metadata.deletionTimestamp ~= nil,
    sum = labels[controller_revision.POD_LABEL], generation = labels[pods.GENERATION_LABEL],
  }
  look.__index = look
  return look
end

--- A pod as the controller sees it: what tells it from others, and its look.
-- @tparam table one name, node (where it is or is pinned to; nil: nowhere); changed in place
-- @tparam table look
-- @treturn table that, which has the fields of the look too
function pods.with_look(one, look) return setmetatable(one, look) end

--- @treturn table the look of a pod as the controller sees it
function pods.look_of(one) return getmetatable(one) end

--- A pod as the controller sees it.
-- @param pod
-- @treturn table see `with_look`
function pods.read(pod)
  local bound = (pod.spec.nodeName or "") ~= ""
  return pods.with_look({ name = pod.metadata.name, node = placement.target(pod) },
    pods.look(pod, bound))
end

--- Is a pod of the present template?
-- @tparam table one as read
-- @tparam string sum the hash of the revision
-- @tparam ?string generation of the template
-- @treturn boolean
function pods.is_updated(one, sum, generation)
  return sum ~= "" and one.sum == sum or generation ~= nil and one.generation == generation
end

--- Is a pod ready, and has been for long enough?
-- @tparam table one as read
-- @tparam integer min_ready minReadySeconds
-- @tparam number now
-- @treturn boolean
function pods.is_available(one, min_ready, now)
  return one.since ~= nil and (min_ready == 0 or one.since + min_ready <= now)
end

--- Has it ended by itself?
-- @treturn boolean
function pods.is_finished(one) return one.phase == "Failed" or one.phase == "Succeeded" end

--- Which of two pods counts first: one that has a node, then the older, then by name.
-- @treturn boolean
function pods.before(a, b)
  if a.bound ~= b.bound then
    return a.bound
  elseif a.created ~= b.created then
    return a.created < b.created
  end
  return a.name < b.name
end

return pods
