-- SPDX-License-Identifier: MIT
--- How pods are described.
-- Source: k8s.io/kubectl/pkg/describe describePod.
local cells = require "wl.columns.cells"
local conditions = require "wl.conditions"
local container = require "wl.describe.container"
local parts = require "wl.describe.parts"
local template = require "wl.describe.template"
local volumes = require "wl.describe.volumes"

local pod = {}

local function optional(w, title, text)
  if (text or "") ~= "" then
    w:line(0, title .. ":\t" .. tostring(text))
  end
end

local function write_place(w, object)
  local spec, status = object.spec, object.status
  if spec.priority then
    w:line(0, ("Priority:\t%d"):format(spec.priority))
    optional(w, "Priority Class Name", spec.priorityClassName)
  end
  optional(w, "Runtime Class Name", spec.runtimeClassName)
  optional(w, "Service Account", spec.serviceAccountName)
  if (spec.nodeName or "") ~= "" then
    w:line(0, ("Node:\t%s/%s"):format(spec.nodeName, status.hostIP or ""))
  else
    w:line(0, "Node:\t<none>")
  end
  if status.startTime then
    w:line(0, "Start Time:\t" .. parts.moment(status.startTime))
  end
end

local function is_going(object)
  local phase = object.status.phase
  return object.metadata.deletionTimestamp and object.status.reason ~= "NodeLost"
    and phase ~= "Succeeded" and phase ~= "Failed"
end

local function write_phase(w, object, ctx)
  local metadata, status = object.metadata, object.status
  if is_going(object) then
    w:line(0, ("Status:\tTerminating (lasts %s)"):format(
      cells.since(metadata.deletionTimestamp, ctx)))
    w:line(0, ("Termination Grace Period:\t%ds"):format(metadata.deletionGracePeriodSeconds or 0))
  else
    w:line(0, "Status:\t" .. (status.phase or ""))
  end
  optional(w, "Reason", status.reason)
  optional(w, "Message", status.message)
end

local function write_addresses(w, status)
  w:line(0, "IP:\t" .. (status.podIP or ""))
  local all = status.podIPs or status.podIP and { { ip = status.podIP } } or {}
  if #all == 0 then
    w:line(0, "IPs:\t<none>")
    return
  end
  w:line(0, "IPs:")
  for _, entry in ipairs(all) do
    w:line(1, "IP:\t" .. entry.ip)
  end
end

local function write_containers(w, object)
  local spec, status = object.spec, object.status
  if #(spec.initContainers or {}) > 0 then
    container.write(w, "Init Containers", spec.initContainers, status.initContainerStatuses,
      object, "")
  end
  container.write(w, "Containers", spec.containers, status.containerStatuses, object, "")
end

local function write_gates(w, object)
  if #(object.spec.readinessGates or {}) == 0 then
    return
  end
  w:line(0, "Readiness Gates:")
  w:line(1, "Type\tStatus")
  for _, gate in ipairs(object.spec.readinessGates) do
    local condition = conditions.find(object.status.conditions, gate.conditionType)
    w:line(1, ("%s \t%s "):format(gate.conditionType, condition and condition.status or "<none>"))
  end
end

local function write_conditions(w, list)
  if #(list or {}) == 0 then
    return
  end
  w:line(0, "Conditions:")
  w:line(1, "Type\tStatus")
  for _, condition in ipairs(list) do
    w:line(1, ("%s \t%s "):format(condition.type, condition.status))
  end
end

--- Describe a pod.
-- @param w writer
-- @param object the pod
-- @param ctx
function pod.write(w, object, ctx)
  parts.name(w, object)
  write_place(w, object)
  parts.labels_and_annotations(w, object)
  write_phase(w, object, ctx)
  write_addresses(w, object.status)
  parts.controlled_by(w, object)
  optional(w, "NominatedNodeName", object.status.nominatedNodeName)
  write_containers(w, object)
  write_gates(w, object)
  write_conditions(w, object.status.conditions)
  volumes.write(w, object.spec.volumes, "")
  optional(w, "QoS Class", object.status.qosClass)
  parts.labels(w, "Node-Selectors", object.spec.nodeSelector)
  template.tolerations(w, "Tolerations", object.spec.tolerations)
  template.spread(w, "Topology Spread Constraints", object.spec.topologySpreadConstraints)
  parts.events(w, object, ctx)
end

return pod
