-- SPDX-License-Identifier: MIT
-- StatefulSets and DaemonSets whose process is stopped at every write and goes on
-- from the objects.
local restarts = require "spec.support.restarts"

local workload, change, set_image = restarts.workload, restarts.change, restarts.set_image

local CLAIM = { metadata = { name = "data" }, spec = { accessModes = { "ReadWriteOnce" },
  resources = { requests = { storage = "1Gi" } } } }

local function one_at_a_time(cluster)
  local waiting = 0
  for _, pod in ipairs(cluster:list "Pod") do
    waiting = waiting + (restarts.is_ready(pod) and 0 or 1)
  end
  if waiting > 1 then error(("%d pods are not ready at a time"):format(waiting), 0) end
end

local function stateful(fields)
  fields.serviceName = "db"
  return workload("StatefulSet", "db", fields)
end

describe("Stopped at any write,", function()
  it("a StatefulSet with claims starts, updates and shrinks in order", function()
    restarts.check {
      nodes = 2, last = 80, behaviours = { ["app=db"] = { ready = "1s" } }, always = one_at_a_time,
      objects = { stateful { replicas = 2, volumeClaimTemplates = { CLAIM },
        persistentVolumeClaimRetentionPolicy = { whenScaled = "Delete",
          whenDeleted = "Retain" } } },
      actions = {
        { 15, set_image("StatefulSet", "db", "app:2") },
        { 40, change("StatefulSet", "db", function(draft) draft.spec.replicas = 1 end) },
      },
    }
  end)

  it("a parallel StatefulSet with a partition updates what it may", function()
    restarts.check {
      nodes = 2, last = 60, behaviours = { ["app=db"] = { ready = "1s" } },
      objects = { stateful { replicas = 3, podManagementPolicy = "Parallel", minReadySeconds = 2,
        updateStrategy = { rollingUpdate = { partition = 1 } } } },
      actions = {
        { 10, set_image("StatefulSet", "db", "app:2") },
        { 30, change("StatefulSet", "db", function(draft)
          draft.spec.updateStrategy.rollingUpdate.partition = 0
        end) },
      },
    }
  end)

  it("a StatefulSet replaces a pod that fails, and one that is deleted", function()
    restarts.check {
      nodes = 1, last = 40, objects = { stateful { replicas = 2 } },
      actions = {
        { 10, restarts.delete("Pod", "db-0") },
        { 20, function(cluster)
          cluster.server:update_status(cluster:get("Pod", nil, "db-1"), function(status)
            status.phase = "Failed"
          end)
        end },
      },
    }
  end)

  it("a StatefulSet that goes takes its claims along", function()
    restarts.check {
      nodes = 1, last = 40,
      objects = { stateful { replicas = 2, volumeClaimTemplates = { CLAIM },
        persistentVolumeClaimRetentionPolicy = { whenScaled = "Retain",
          whenDeleted = "Delete" } } },
      actions = { { 15, restarts.delete("StatefulSet", "db") } },
    }
  end)

  it("a DaemonSet updates node by node, and goes back", function()
    restarts.check {
      nodes = 2, last = 60, places = true, behaviours = { ["app=agent"] = { ready = "1s" } },
      objects = { workload("DaemonSet", "agent", { minReadySeconds = 1 }) },
      actions = {
        { 10, set_image("DaemonSet", "agent", "app:2") },
        { 35, set_image("DaemonSet", "agent", "app:1") },
      },
    }
  end)

  it("a DaemonSet with surge updates, and follows nodes", function()
    restarts.check {
      nodes = 2, last = 60, places = true, behaviours = { ["app=agent"] = { ready = "1s" } },
      objects = { workload("DaemonSet", "agent",
        { updateStrategy = { rollingUpdate = { maxSurge = 1, maxUnavailable = 0 } } }) },
      actions = {
        { 10, set_image("DaemonSet", "agent", "app:2") },
        { 30, restarts.delete("Node", "node-2") },
      },
    }
  end)
end)
