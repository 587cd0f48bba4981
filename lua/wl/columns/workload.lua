-- SPDX-License-Identifier: MIT
--- The columns of the kinds that keep pods running.
-- Source: kubernetes pkg/printers/internalversion printDeployment and others.
local cells = require "wl.columns.cells"

local workload = {}

local count = cells.count

local function ready_of(object)
  local status = object.status or {}
  return ("%d/%d"):format(status.readyReplicas or 0, object.spec.replicas or 0)
end

workload.Deployment = {
  cells.NAME,
  { "READY", ready_of },
  { "UP-TO-DATE", count "status.updatedReplicas" },
  { "AVAILABLE", count "status.availableReplicas" },
  cells.AGE, cells.CONTAINERS, cells.IMAGES, cells.SELECTOR,
}

local function with_replicas(selector)
  return {
    cells.NAME,
    { "DESIRED", count "spec.replicas" },
    { "CURRENT", count "status.replicas" },
    { "READY", count "status.readyReplicas" },
    cells.AGE, cells.CONTAINERS, cells.IMAGES, selector,
  }
end

workload.ReplicaSet = with_replicas(cells.SELECTOR)
workload.ReplicationController = with_replicas(cells.LABEL_MAP_SELECTOR)

workload.StatefulSet = {
  cells.NAME, { "READY", ready_of }, cells.AGE, cells.CONTAINERS, cells.IMAGES,
}

workload.DaemonSet = {
  cells.NAME,
  { "DESIRED", count "status.desiredNumberScheduled" },
  { "CURRENT", count "status.currentNumberScheduled" },
  { "READY", count "status.numberReady" },
  { "UP-TO-DATE", count "status.updatedNumberScheduled" },
  { "AVAILABLE", count "status.numberAvailable" },
  { "NODE SELECTOR", function(object)
    local template = object.spec.template.spec
    return cells.labels(template and template.nodeSelector)
  end },
  cells.AGE, cells.CONTAINERS, cells.IMAGES, cells.SELECTOR,
}

local function controller_of(object)
  for _, owner in ipairs(object.metadata.ownerReferences or {}) do
    if owner.controller then
      local group = owner.apiVersion:match "^(.*)/"
      return ("%s%s/%s"):format(owner.kind:lower(), group and "." .. group or "", owner.name)
    end
  end
end

workload.ControllerRevision = {
  cells.NAME, { "CONTROLLER", controller_of }, { "REVISION", ".revision" }, cells.AGE,
}

return workload
