-- SPDX-License-Identifier: MIT
--- A rollout that cannot move, or moves nothing.
--
-- Without maxUnavailable a Deployment needs room for one pod more before one may go:
-- it never gets it where a pod can only be where an old one is. A StatefulSet whose
-- partition is not below its replicas updates no pod.
local Model = require "wl.lint.model"
local budget = require "wl.rollout.budget"
local rule = require "wl.lint.rule"

local function host_port(spec)
  for i, container in ipairs(spec.containers) do
    for j, port in ipairs(container.ports or {}) do
      if port.hostPort and port.hostPort > 0 then
        return ("containers[%d].ports[%d].hostPort"):format(i - 1, j - 1), port.hostPort
      end
    end
  end
end

-- Claims that only one node may mount: new pods wait for a node that has them.
local function exclusive_claim(model, entry)
  for i, volume in ipairs(entry.pods.spec.volumes or {}) do
    local name = volume.persistentVolumeClaim and volume.persistentVolumeClaim.claimName
    local claim = name and model:find("PersistentVolumeClaim", entry.namespace, name)
    local mode = claim and claim.object.spec.accessModes[1]
    if mode == "ReadWriteOncePod" then
      return ("volumes[%d].persistentVolumeClaim"):format(i - 1), name
    end
  end
end

local function check_room(model, entry, report)
  local _, unavailable = budget.of(entry.object)
  if entry.object.spec.strategy.type ~= "RollingUpdate" or unavailable > 0 then return end
  local field, claim = exclusive_claim(model, entry)
  if field then
    report(entry, Model.pod_path(entry, "spec." .. field), ("no old pod goes before a new one is "
      .. "ready, which waits for claim %s of the old pod"):format(claim),
      "write strategy.type: Recreate")
  end
  local port
  field, port = host_port(entry.pods.spec)
  if field then
    report(entry, Model.pod_path(entry, "spec." .. field), ("no old pod goes before a new one is "
      .. "ready, which needs a node where port %d is free: with a pod on each node the rollout "
      .. "stops"):format(port), "write strategy.rollingUpdate.maxUnavailable: 1 and maxSurge: 0")
  end
end

local function check_partition(entry, report)
  local rolling = (entry.object.spec.updateStrategy or {}).rollingUpdate
  local partition, replicas = rolling and rolling.partition or 0, entry.object.spec.replicas or 1
  if replicas > 0 and partition >= replicas then
    report(entry, "spec.updateStrategy.rollingUpdate.partition", ("%d is not below the %d "
      .. "replicas: no pod is updated"):format(partition, replicas),
      ("write %d to update one pod, 0 to update all"):format(replicas - 1))
  end
end

local function check_pause(entry, report)
  if entry.object.spec.paused then
    report(entry, "spec.paused", "changes of the template wait until it is resumed",
      "take it out, or resume with rollout.resume", "note")
  end
end

return rule "rollout-cannot-move" {
  about = "a rollout whose budget or place lets nothing move",
  severity = "warning",
  check = function(model, report)
    for entry in model:each "Deployment" do
      check_room(model, entry, report)
      check_pause(entry, report)
    end
    for entry in model:each "StatefulSet" do check_partition(entry, report) end
  end,
}
