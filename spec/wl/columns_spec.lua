-- SPDX-License-Identifier: MIT
local columns = require "wl.columns"
local fixtures = require "spec.support.fixtures"
local pod_columns = require "wl.columns.pod"

local NOW = 1704067200 -- 2024-01-01T00:00:00Z

local function row(object, wide, now)
  local cells = {}
  for _, column in ipairs(columns.of(object.kind)) do
    if wide or not column.wide then
      cells[#cells + 1] = columns.cell(column, object, { now = now or NOW, wide = wide })
    end
  end
  return table.concat(cells, "|")
end

local function pod(status, spec, metadata)
  spec, metadata = spec or {}, metadata or {}
  spec.containers = spec.containers or { { name = "a" }, { name = "b" } }
  metadata.name = "p"
  metadata.creationTimestamp = metadata.creationTimestamp or "2023-12-31T23:59:30Z"
  return { kind = "Pod", metadata = metadata, spec = spec, status = status }
end

local READY = { { type = "Ready", status = "True" } }
local RUNNING = { running = { startedAt = "2023-12-31T23:59:40Z" } }
local COMPLETED = { terminated = { reason = "Completed", exitCode = 0 } }
local INIT = { initContainers = { { name = "i1" }, { name = "i2" } } }
local SIDECAR = { initContainers = { { name = "s", restartPolicy = "Always" } } }

describe("wl.columns", function()
  for _, case in ipairs {
    { "a pod nobody has seen", pod { phase = "Pending" }, "p|0/2|Pending|0|30s" },
    { "a pod that runs", pod { phase = "Running", conditions = READY, containerStatuses = {
      { name = "a", ready = true, state = RUNNING }, { name = "b", ready = true, state = RUNNING },
    } }, "p|2/2|Running|0|30s" },
    { "one that is being made", pod { phase = "Pending", containerStatuses = {
      { name = "a", state = { waiting = { reason = "ContainerCreating" } } },
      { name = "b", state = { waiting = { reason = "ContainerCreating" } } },
    } }, "p|0/2|ContainerCreating|0|30s" },
    { "one that crashes", pod { phase = "Running", containerStatuses = {
      { name = "a", restartCount = 2, state = { waiting = { reason = "CrashLoopBackOff" } },
        lastState = { terminated = { finishedAt = "2023-12-31T23:59:55Z" } } },
      { name = "b", ready = true, state = RUNNING },
    } }, "p|1/2|CrashLoopBackOff|2 (5s ago)|30s" },
    { "one that ended badly", pod { phase = "Failed", containerStatuses = {
      { name = "a", state = { terminated = { exitCode = 3 } } },
    } }, "p|0/2|ExitCode:3|0|30s" },
    { "one that was killed", pod { phase = "Failed", containerStatuses = {
      { name = "a", state = { terminated = { exitCode = 137, signal = 9 } } },
    } }, "p|0/2|Signal:9|0|30s" },
    { "one that is done", pod { phase = "Succeeded", containerStatuses = {
      { name = "a", state = COMPLETED },
    } }, "p|0/2|Completed|0|30s" },
    { "one with a done and a running container", pod { phase = "Running", conditions = READY,
      containerStatuses = { { name = "a", state = COMPLETED },
        { name = "b", ready = true, state = RUNNING } } }, "p|1/2|Running|0|30s" },
    { "the same, not ready", pod { phase = "Running", containerStatuses = {
      { name = "a", state = COMPLETED }, { name = "b", ready = true, state = RUNNING },
    } }, "p|1/2|NotReady|0|30s" },
    { "an evicted one", pod { phase = "Failed", reason = "Evicted" }, "p|0/2|Evicted|0|30s" },
    { "one that waits for its gates", pod { phase = "Pending", conditions = {
      { type = "PodScheduled", status = "False", reason = "SchedulingGated" },
    } }, "p|0/2|SchedulingGated|0|30s" },
    { "one that is being deleted", pod({ phase = "Running" }, nil,
      { deletionTimestamp = "2024-01-01T00:00:30Z" }), "p|0/2|Terminating|0|30s" },
    { "one on a lost node", pod({ phase = "Running", reason = "NodeLost" }, nil,
      { deletionTimestamp = "2024-01-01T00:00:30Z" }), "p|0/2|Unknown|0|30s" },
    { "a finished one that is being deleted", pod({ phase = "Failed" }, nil,
      { deletionTimestamp = "2024-01-01T00:00:30Z" }), "p|0/2|Failed|0|30s" },
    { "init containers", pod({ phase = "Pending", initContainerStatuses = {
      { name = "i1", state = COMPLETED }, { name = "i2", state = RUNNING },
    } }, INIT), "p|0/2|Init:1/2|0|30s" },
    { "an init container that fails", pod({ phase = "Pending", initContainerStatuses = {
      { name = "i1", restartCount = 1,
        state = { terminated = { reason = "Error", exitCode = 1 } } },
    } }, INIT), "p|0/2|Init:Error|1|30s" },
    { "an init container that waits", pod({ phase = "Pending", initContainerStatuses = {
      { name = "i1", restartCount = 3, state = { waiting = { reason = "CrashLoopBackOff" } } },
    } }, INIT), "p|0/2|Init:CrashLoopBackOff|3|30s" },
    { "a sidecar", pod({ phase = "Running", conditions = READY,
      initContainerStatuses = { { name = "s", started = true, ready = true, state = RUNNING } },
      containerStatuses = { { name = "a", ready = true, state = RUNNING },
        { name = "b", ready = true, state = RUNNING } } }, SIDECAR), "p|3/3|Running|0|30s" },
    { "a pod without status", pod(nil), "p|0/2|Unknown|0|30s" },
  } do
    it("shows " .. case[1], function()
      assert.equal(case[3], row(case[2]))
    end)
  end

  for _, case in ipairs {
    { "Pod", "web-1", "web-1|1/2|CrashLoopBackOff|4 (119m ago)|3h|10.1.0.5|node-1|<none>|0/1" },
    { "Node", "node-1", "node-1|Ready,SchedulingDisabled|control-plane,worker|3d|v1.32.0|10.0.0.1"
      .. "|<none>|Debian|6.1|containerd://1.7" },
    { "Node", "node-2", "node-2|Unknown|<none>|3d||<none>|<none>|<unknown>|<unknown>|<unknown>" },
    { "Deployment", "web", "web|3/3|2|3|4h|web|nginx:1.16|app=web" },
    { "ReplicaSet", "web-old", "web-old|2|2|2|4h|web|nginx:1.14|app=web,pod-template-hash=old" },
    { "ReplicationController", "rc", "rc|2|2|0|4h|c|i|app=rc" },
    { "StatefulSet", "db", "db|2/3|4h|db|db:1" },
    { "DaemonSet", "agent", "agent|3|3|2|2|2|disk=ssd|4h|a|a:1|app=agent" },
    { "Job", "pi", "pi|Complete|5/5|60m|4h|pi|perl|batch.kubernetes.io/controller-uid=job" },
    { "Job", "run", "run|Running|0/5|4h|4h|pi|perl|batch.kubernetes.io/controller-uid=job" },
    { "CronJob", "cj", "cj|*/5 * * * *|<none>|False|1|3h|4h|c|busybox|<none>" },
    { "Service", "web",
      "web|NodePort|10.96.0.10|<none>|80:30080/TCP,9090:30081/TCP|4h|app=web" },
    { "Ingress", "ing", "ing|nginx|a.b|1.2.3.4|80, 443|4h" },
    { "Namespace", "default", "default|Active|3d" },
    { "ConfigMap", "cm", "cm|3|4h" },
    { "Secret", "sec", "sec|Opaque|1|4h" },
    { "ServiceAccount", "sa1", "sa1|0|4h" },
    { "PersistentVolume", "pv1",
      "pv1|1Gi|RWO|Delete|Bound|default/c1|fast|<unset>||4h|Filesystem" },
    { "PersistentVolumeClaim", "c1", "c1|Bound|pv1|1Gi|RWO|fast|<unset>|4h|Filesystem" },
    { "StorageClass", "fast", "fast (default)|x.y/z|Delete|Immediate|false|4h" },
    { "PriorityClass", "high", "high|1000|false|4h|PreemptLowerPriority" },
    { "PodDisruptionBudget", "pdb", "pdb|50%|N/A|1|4h" },
    { "HorizontalPodAutoscaler", "hpa", "hpa|Deployment/web|cpu: 20%/80%|1|5|3|4h" },
    { "RoleBinding", "rb", "rb|Role/r|4h|u||default/sa1" },
    { "Role", "r", "r|2026-11-23T18:09:15Z" },
    { "Event", "e3", "61m|Warning|BackOff|pod/web-1||kubelet, node-1|"
      .. "Back-off restarting failed container web in pod web-1|120m|14|e3" },
    { "Widget", "w", "w|4h" },
  } do
    it(("has the wide columns of %s %s"):format(case[1], case[2]), function()
      assert.equal(case[3], row(fixtures.get(case[1], case[2]), true, fixtures.now))
    end)
  end

  it("takes what a kind declares", function()
    local declared = { { "NAME", ".metadata.name" } }
    assert.equal(declared, columns.of("Pod", declared))
  end)

  it("tells restarts and their last end apart", function()
    local summary = pod_columns.summary(fixtures.get("Pod", "web-1"))
    assert.equal(4, summary.restarts)
    assert.equal(2, summary.total)
    assert.equal(1, summary.ready)
  end)
end)
