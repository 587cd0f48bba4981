-- SPDX-License-Identifier: MIT
-- Rollouts in steps whose process is stopped at every write and goes on from the objects.
local restarts = require "spec.support.restarts"

local workload, set_image = restarts.workload, restarts.set_image
local SLOW = { ["app=web"] = { ready = "2s" } }

local function service(name)
  return { apiVersion = "v1", kind = "Service", metadata = { name = name },
    spec = { selector = { app = "web" }, ports = { { port = 80 } } } }
end

local function release()
  return { apiVersion = "wlrun.dev/v1", kind = "Release", metadata = { name = "next" },
    spec = { deadlineSeconds = 15, workloads = {
      { kind = "Deployment", name = "web", images = { c = "app:2" } },
      { kind = "Deployment", name = "api", images = { c = "app:9" } } } } }
end

describe("Stopped at any write,", function()
  it("BlueGreen switches, waits and ends", function()
    restarts.check {
      nodes = 1, last = 60, behaviours = SLOW,
      objects = { service "web", workload("Deployment", "web", { replicas = 2,
        strategy = { type = "BlueGreen", blueGreen = { activeService = "web",
          scaleDownDelaySeconds = 10 } } }) },
      actions = { { 10, set_image("Deployment", "web", "app:2") } },
    }
  end)

  it("a StatefulSet's batches go on where they were", function()
    restarts.check {
      nodes = 1, last = 90, behaviours = SLOW,
      objects = { workload("StatefulSet", "web", { replicas = 3, serviceName = "web",
        updateStrategy = { type = "Batches", batches = { rest = "5s" } } }) },
      actions = { { 15, set_image("StatefulSet", "web", "app:2") } },
    }
  end)

  it("a DaemonSet's canary goes on, and back when it makes no progress", function()
    restarts.check {
      nodes = 2, last = 90,
      behaviours = { ["app=web"] = { image = "app:2", never_ready = true } },
      objects = { workload("DaemonSet", "web", { updateStrategy = { type = "Canary",
        autoRollback = true, progressDeadlineSeconds = 20,
        canary = { steps = { { setWeight = 50 } } } } }) },
      actions = { { 10, set_image("DaemonSet", "web", "app:2") } },
    }
  end)

  it("a rolling update without progress goes back", function()
    restarts.check {
      nodes = 1, last = 90,
      behaviours = { ["app=web"] = { image = "app:2", never_ready = true } },
      objects = { workload("Deployment", "web", { replicas = 2, progressDeadlineSeconds = 20,
        strategy = { type = "RollingUpdate", autoRollback = true } }) },
      actions = { { 10, set_image("Deployment", "web", "app:2") } },
    }
  end)

  it("a Release goes on, and back in reverse", function()
    restarts.check {
      nodes = 1, last = 90,
      behaviours = { ["app=api"] = { image = "app:9", never_ready = true } },
      objects = { workload("Deployment", "web", { replicas = 1 }),
        workload("Deployment", "api", { replicas = 1 }) },
      actions = { { 10, restarts.create(release()) } },
    }
  end)
end)
