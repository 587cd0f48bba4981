-- SPDX-License-Identifier: MIT
-- Pods on their nodes, and the scheduler, stopped at every write: what comes next
-- stands in the objects.
local nodes = require "wl.verbs.nodes"
local restarts = require "spec.support.restarts"

local function pod(name, spec, fields)
  local made = { apiVersion = "v1", kind = "Pod", metadata = { name = name,
    labels = { app = name } }, spec = spec }
  for field, x in pairs(fields or {}) do made.metadata[field] = x end
  return made
end

local function container(name, fields)
  local made = { name = name, image = "app:1" }
  for field, x in pairs(fields or {}) do made[field] = x end
  return made
end

local function machine(verb)
  return function(cluster) nodes.node(cluster, "node-1")[verb](nodes.node(cluster, "node-1")) end
end

describe("Stopped at any write,", function()
  it("a pod starts its containers in order, and is ready", function()
    restarts.check {
      last = 40, behaviours = { ["app=web"] = { containers = {
        first = { after = "2s" }, proxy = { ready = "1s" }, main = { ready = "3s" } } } },
      objects = { pod("web", { containers = { container "main", container "second" },
        initContainers = { container "first",
          container("proxy", { restartPolicy = "Always" }) } }) },
    }
  end)

  it("a container that crashes waits longer each time", function()
    restarts.check {
      last = 200, objects = { pod("web", { containers = { container "main" } }) },
      behaviours = { ["app=web"] = { after = "3s", exit = 1, ready = "1s" } },
    }
  end)

  it("a pod ends, fails, misses its deadline", function()
    restarts.check {
      last = 40, behaviours = { ["app=one"] = { after = "3s" }, ["app=two"] = { after = "4s",
        exit = 2 } },
      objects = {
        pod("one", { restartPolicy = "Never", containers = { container "main" } }),
        pod("two", { restartPolicy = "OnFailure", containers = { container "main" } }),
        pod("three", { activeDeadlineSeconds = 9, containers = { container "main" } }),
      },
    }
  end)

  it("an image cannot be pulled, and a probe fails", function()
    restarts.check {
      last = 100,
      behaviours = { ["app=one"] = { pull_error = true }, ["app=two"] = { unhealthy = "10s" },
        ["app=three"] = { flap = { every = "20s", down = "5s" } } },
      objects = {
        pod("one", { containers = { container "main" } }),
        pod("two", { containers = { container("main", { livenessProbe = { periodSeconds = 2,
          failureThreshold = 2, tcpSocket = { port = 1 } } }) } }),
        pod("three", { containers = { container "main" } }),
      },
    }
  end)

  it("a story is told on", function()
    restarts.check {
      last = 60, objects = { pod("web", { containers = { container "main" } }) },
      behaviours = { ["app=web"] = function(self)
        self:ready(false)
        self:sleep "5s"
        self:ready(true)
        self:sleep "7s"
        self:exit(1)
      end },
    }
  end)

  it("a pod is stopped with its grace, and a shorter one", function()
    restarts.check {
      last = 60, behaviours = { ["app"] = { ignore_term = true } },
      objects = {
        pod("one", { containers = { container "main" } }),
        pod("two", { containers = { container "main" } }),
        pod("held", { containers = { container "main" } }, { finalizers = { "example.com/x" } }),
      },
      actions = {
        { 5, restarts.delete("Pod", "one") }, { 6, restarts.delete("Pod", "two") },
        { 7, restarts.delete("Pod", "held") }, { 10, restarts.delete("Pod", "two", { grace = 1 }) },
        { 50, restarts.change("Pod", "held", function(draft) draft.metadata.finalizers = nil end) },
      },
    }
  end)

  it("a pod of a higher priority takes the place of a lower one", function()
    local function sized(name, class)
      return pod(name, { priorityClassName = class, containers = { container("main", {
        resources = { requests = { cpu = "3" } } }) } })
    end
    restarts.check {
      last = 60,
      objects = { { apiVersion = "scheduling.k8s.io/v1", kind = "PriorityClass",
        metadata = { name = "high" }, value = 1000 }, sized "low" },
      behaviours = { ["app"] = { terminate = "3s" } },
      actions = { { 5, restarts.create(sized("important", "high")) },
        { 20, restarts.create(sized "later") }, { 30, restarts.delete("Pod", "important") } },
    }
  end)

  it("what ran on a machine that went down is started again", function()
    restarts.check {
      last = 200, objects = { pod("web", { containers = { container "main" } }) },
      actions = { { 10, machine "fail" }, { 100, machine "recover" } },
    }
  end)

  it("a machine is frozen, partitioned, unready, and well again", function()
    restarts.check {
      last = 300, objects = { pod("web", { containers = { container "main" } }) },
      actions = { { 10, machine "freeze" }, { 70, machine "recover" }, { 100, machine "partition" },
        { 160, machine "recover" }, { 200, machine "unready" }, { 250, machine "recover" } },
    }
  end)
end)
