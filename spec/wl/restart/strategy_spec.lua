-- SPDX-License-Identifier: MIT
-- Strategies in steps, workflows and users' own kinds, stopped at every write: what
-- they have reached stands in the objects.
local restarts = require "spec.support.restarts"

local workload, set_image = restarts.workload, restarts.set_image

local function updated(kind, fields)
  return { nodes = 2, last = 80, objects = { workload(kind, "web", fields) },
    behaviours = { ["app=web"] = { ready = "2s" } },
    actions = { { 10, set_image(kind, "web", "app:2") } } }
end

local STEPS = { { setWeight = 50 }, { pause = { duration = "10s" } } }

describe("Stopped at any write,", function()
  it("a Deployment turns from blue to green", function()
    local scenario = updated("Deployment", { replicas = 2, strategy = { type = "BlueGreen",
      blueGreen = { activeService = "web", autoPromotionEnabled = false,
        autoPromotionSeconds = 15 } } })
    table.insert(scenario.objects, 1, { apiVersion = "v1", kind = "Service",
      metadata = { name = "web" },
      spec = { selector = { app = "web" }, ports = { { port = 80 } } } })
    restarts.check(scenario)
  end)

  it("a Deployment goes on in batches", function()
    restarts.check(updated("Deployment", { replicas = 3, strategy = { type = "Batches",
      batches = { first = 1, factor = 2, rest = "5s" } } }))
  end)

  it("a Deployment surges first", function()
    restarts.check(updated("Deployment", { replicas = 2, strategy = { type = "SurgeFirst",
      surgeFirst = { maxSurge = 1, maxUnavailable = 0 } } }))
  end)

  it("a StatefulSet goes on in steps", function()
    restarts.check(updated("StatefulSet", { serviceName = "web", replicas = 2,
      updateStrategy = { type = "Canary", canary = { steps = STEPS } } }))
  end)

  it("a DaemonSet goes on in steps, and zone by zone", function()
    restarts.check(updated("DaemonSet", { updateStrategy = { type = "Canary",
      canary = { steps = STEPS } } }))
    restarts.check(updated("DaemonSet", { updateStrategy = { type = "ByZone",
      byZone = { topologyKey = "kubernetes.io/hostname", rest = "5s" } } }))
  end)

  it("a Workflow runs its tasks, and deals with what fails", function()
    local function job(name)
      return { backoffLimit = 0,
        template = restarts.template(name, { restartPolicy = "Never" }) }
    end
    restarts.check {
      last = 60, behaviours = { ["app"] = { work = "2s" },
        ["job-name=nightly-load-1"] = { after = "3s", exit = 1 } },
      objects = { { apiVersion = "wlrun.dev/v1", kind = "Workflow", metadata = { name = "nightly" },
        spec = { tasks = {
          { name = "extract", job = job "extract" },
          { name = "load", items = { "eu", "us" }, dependsOn = { { task = "extract" } },
            job = job "load" },
          { name = "report", dependsOn = { { task = "load" } }, job = job "report" },
          { name = "alert", dependsOn = { { task = "load", result = "Failed" } },
            job = job "alert" },
        } } } },
    }
  end)

  it("a CloneSet updates in place", function()
    restarts.check {
      kinds = { (require "examples.kinds.clone_set") }, nodes = 2, last = 60,
      behaviours = { ["app=web"] = { ready = "2s" } },
      objects = { { apiVersion = "apps.example.org/v1", kind = "CloneSet",
        metadata = { name = "web" },
        spec = { replicas = 3, template = restarts.template "web" } } },
      actions = { { 10, set_image("CloneSet", "web", "app:2") } },
    }
  end)

  it("a BroadcastJob runs on each node once", function()
    restarts.check {
      kinds = { (require "examples.kinds.broadcast_job") }, nodes = 3, last = 60,
      behaviours = { ["app"] = { work = "2s" } }, places = true,
      objects = { { apiVersion = "apps.example.org/v1", kind = "BroadcastJob",
        metadata = { name = "b" },
        spec = { parallelism = 2, template = restarts.template("b",
          { restartPolicy = "Never" }) } } },
    }
  end)
end)
