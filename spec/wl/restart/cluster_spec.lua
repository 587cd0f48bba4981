-- SPDX-License-Identifier: MIT
-- What is not a workload, stopped at every write: owners and their dependents,
-- namespaces, services, budgets, autoscalers, quotas, claims, lost nodes.
local Ctx = require "wl.ctx"
local drain = require "wl.node.drain"
local eviction = require "wl.eviction"
local restarts = require "spec.support.restarts"

local workload, change, create = restarts.workload, restarts.change, restarts.create

local function web(replicas) return workload("Deployment", "web", { replicas = replicas }) end

local function object(api, kind, name, fields)
  local made = { apiVersion = api, kind = kind, metadata = { name = name } }
  for field, x in pairs(fields or {}) do made[field] = x end
  return made
end

local SERVICE = object("v1", "Service", "web", { spec = { selector = { app = "web" },
  ports = { { port = 80 } } } })

-- As one who drains a node does: again and again, until it is empty.
local function drained(name)
  local actions = {}
  for i = 1, 10 do
    actions[i] = { 5 + 25 * i, again = true, function(cluster)
      local ctx = Ctx.new(cluster, "kubectl")
      assert(drain.cordon(ctx, name, true))
      for pod in ctx:on_node(name, "Pod"):batch():each() do
        eviction.evict(ctx, pod, {})
      end
    end }
  end
  return actions
end

describe("Stopped at any write,", function()
  for _, propagation in ipairs { "Background", "Foreground", "Orphan" } do
    it("a Deployment goes, " .. propagation, function()
      restarts.check {
        last = 40, objects = { web(2) }, behaviours = { ["app=web"] = { terminate = "2s" } },
        actions = { { 5, restarts.delete("Deployment", "web", { propagation = propagation }) } },
      }
    end)
  end

  it("a namespace is emptied", function()
    local function within(made)
      made.metadata.namespace = "team"
      return made
    end
    restarts.check {
      last = 40,
      objects = { object("v1", "Namespace", "team"), within(web(2)),
        within(object("v1", "ConfigMap", "kept", { metadata = { name = "kept",
          finalizers = { "example.com/hold" } } })) },
      actions = {
        { 5, restarts.delete("Namespace", "team") },
        { 20, function(cluster)
          local kept = cluster:get("ConfigMap", "team", "kept")
          assert(cluster:update(kept, function(draft) draft.metadata.finalizers = nil end))
        end },
      },
    }
  end)

  it("EndpointSlices follow their pods", function()
    restarts.check {
      nodes = 2, last = 60, behaviours = { ["app=web"] = { ready = "2s", terminate = "2s" } },
      objects = { web(2), SERVICE },
      actions = {
        { 10, restarts.set_image("Deployment", "web", "app:2") },
        { 30, change("Service", "web", function(draft) draft.spec.ports[1].port = 81 end) },
        { 40, restarts.delete("Service", "web") },
      },
    }
  end)

  it("a drain keeps a budget", function()
    restarts.check {
      nodes = 2, last = 300, behaviours = { ["app=web"] = { ready = "3s" } },
      objects = { web(3), object("policy/v1", "PodDisruptionBudget", "web", { spec = {
        minAvailable = 2, selector = { matchLabels = { app = "web" } } } }) },
      actions = drained "node-1",
      always = function(cluster)
        local budget = cluster:list("PodDisruptionBudget")[1]
        local ready = restarts.pods(cluster, restarts.is_ready)
        if budget and cluster:now() - cluster.started > 9 and ready < 2 then
          error(("only %d are ready"):format(ready), 0)
        end
      end,
    }
  end)

  it("an autoscaler follows its load", function()
    restarts.check {
      nodes = 2, last = 420,
      metrics = { cpu = { total = function(seconds) return seconds < 60 and 0.2 or 0.9 end } },
      objects = { workload("Deployment", "web", { replicas = 1, template = restarts.template("web",
          { containers = { { name = "c", image = "app:1",
            resources = { requests = { cpu = "300m" } } } } }) }),
        object("autoscaling/v2", "HorizontalPodAutoscaler", "web", { spec = { minReplicas = 1,
          maxReplicas = 5, scaleTargetRef = { apiVersion = "apps/v1", kind = "Deployment",
            name = "web" },
          metrics = { { type = "Resource", resource = { name = "cpu",
            target = { type = "Utilization", averageUtilization = 80 } } } } } }) },
    }
  end)

  it("a quota lets in what fits, and the rest later", function()
    restarts.check {
      -- The API server counts a pod before it is there: one that never comes to the
      -- second write never has a pod.
      once = true, last = 60,
      objects = { object("v1", "ResourceQuota", "few", { spec = { hard = { pods = "2" } } }),
        workload("ReplicaSet", "web", { replicas = 3 }) },
      actions = { { 20, change("ResourceQuota", "few", function(draft)
        draft.spec.hard = { pods = "4" }
      end) } },
    }
  end)

  it("claims are bound, and volumes given back", function()
    local function claim(name, class)
      return object("v1", "PersistentVolumeClaim", name, { spec = { storageClassName = class,
        accessModes = { "ReadWriteOnce" }, resources = { requests = { storage = "1Gi" } } } })
    end
    restarts.check {
      last = 40,
      objects = { object("v1", "PersistentVolume", "disk", { spec = {
        capacity = { storage = "2Gi" }, accessModes = { "ReadWriteOnce" },
        storageClassName = "slow", persistentVolumeReclaimPolicy = "Retain",
        hostPath = { path = "/disk" } } }) },
      actions = {
        { 1, create(claim("one", "slow")) }, { 2, create(claim("two", "slow")) },
        { 3, create(claim "three") },
        { 10, restarts.delete("PersistentVolumeClaim", "one") },
        { 12, restarts.delete("PersistentVolumeClaim", "three") },
        { 14, create(object("storage.k8s.io/v1", "StorageClass", "slow",
          { provisioner = "example.com/disk" })) },
      },
    }
  end)

  it("pods leave a node that is lost", function()
    restarts.check {
      nodes = 2, last = 500, objects = { web(2) },
      actions = { { 10, change("Node", "node-1", function(draft)
        draft.metadata.annotations = { ["wlrun.dev/machine"] = "failed",
          ["wlrun.dev/last-heartbeat"] = "2024-01-01T00:00:10Z" }
      end) } },
    }
  end)

  it("pods of a node that is gone are collected", function()
    restarts.check {
      nodes = 2, last = 200, objects = { web(3) },
      actions = { { 10, restarts.delete("Node", "node-1") } },
    }
  end)
end)
