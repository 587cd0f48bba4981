-- SPDX-License-Identifier: MIT
-- Kinds as constructors: what goes where, and what may be said in fewer words.
local admission = require "wl.admission"
local build = require "wl.verbs.build"
local registry = require "wl.registry"
local value = require "wl.value"

local kinds = registry.new()

local KINDS = {}
for kind, api in pairs { Pod = "v1", Service = "v1", ConfigMap = "v1", Namespace = "v1",
  PersistentVolumeClaim = "v1", ReplicationController = "v1", Deployment = "apps/v1",
  StatefulSet = "apps/v1", Job = "batch/v1", CronJob = "batch/v1",
  PodDisruptionBudget = "policy/v1", HorizontalPodAutoscaler = "autoscaling/v2" } do
  KINDS[kind] = kinds:find(api, kind)
end

-- The object, which the API server must accept.
local function made(kind, fields)
  local object = value.table(value.of(build.object(KINDS[kind], "web", fields)))
  object.metadata.namespace = KINDS[kind].namespaced and "default" or nil
  assert(admission.create(KINDS[kind], value.table(value.of(object)), "uid"))
  return object
end

local function refused(kind, fields)
  local ok, problem = pcall(build.object, KINDS[kind], "web", fields)
  assert.is_false(ok)
  return type(problem) == "table" and problem.message or problem
end

describe("a constructor", function()
  it("gives the container what it asks for, also of a Pod", function()
    local resources = { requests = { cpu = "1" } }
    local pod = made("Pod", { image = "i", resources = resources, workingDir = "/", tty = true,
      nodeSelector = { a = "b" } }).spec
    assert.same(resources, pod.containers[1].resources)
    assert.is_nil(pod.resources)
    assert.same({ "/", true }, { pod.containers[1].workingDir, pod.containers[1].tty })
    assert.same({ a = "b" }, pod.nodeSelector)
    local template = made("Deployment", { image = "i", resources = resources }).spec.template
    assert.same(resources, template.spec.containers[1].resources)
  end)

  it("takes ports as numbers", function()
    assert.same({ { containerPort = 80 } },
      made("Pod", { image = "i", ports = 80 }).spec.containers[1].ports)
    assert.same({ { port = 80 } }, made("Service", { ports = 80 }).spec.ports)
    assert.same({ { port = 80, name = "port-80" }, { port = 443, name = "port-443" } },
      made("Service", { ports = { 80, 443 } }).spec.ports)
    assert.same({ { port = 80, targetPort = 8080 } },
      made("Service", { ports = { { port = 80, targetPort = 8080 } } }).spec.ports)
  end)

  it("takes variables, mounts and claims by name", function()
    local set = made("StatefulSet", { image = "i", env = { LEVEL = 3, A = "b" },
      volumeMounts = { data = "/data" }, volumeClaimTemplates = { data = "1Gi" } }).spec
    local container = set.template.spec.containers[1]
    assert.same({ { name = "A", value = "b" }, { name = "LEVEL", value = "3" } }, container.env)
    assert.same({ { name = "data", mountPath = "/data" } }, container.volumeMounts)
    assert.same({ { metadata = { name = "data" }, spec = { accessModes = { "ReadWriteOnce" },
      resources = { requests = { storage = "1Gi" } } } } }, set.volumeClaimTemplates)
  end)

  it("gives a CronJob's Jobs what only a Job has", function()
    local spec = made("CronJob", { image = "i", schedule = "@daily", backoffLimit = 2,
      activeDeadlineSeconds = 9, suspend = true, concurrencyPolicy = "Forbid" }).spec
    assert.same({ 2, 9 }, { spec.jobTemplate.spec.backoffLimit,
      spec.jobTemplate.spec.activeDeadlineSeconds })
    assert.same({ true, "Forbid" }, { spec.suspend, spec.concurrencyPolicy })
    assert.equal("OnFailure", spec.jobTemplate.spec.template.spec.restartPolicy)
  end)

  it("gives a Job's own fields to the Job", function()
    local spec = made("Job", { image = "i", activeDeadlineSeconds = 9, command = { "a" },
      restartPolicy = "OnFailure" }).spec
    assert.equal(9, spec.activeDeadlineSeconds)
    assert.same({ "OnFailure", { "a" } }, { spec.template.spec.restartPolicy,
      spec.template.spec.containers[1].command })
  end)

  it("takes labels where a label selector goes, and labels the template with them", function()
    for _, selector in ipairs { "app=db", { app = "db" }, { matchLabels = { app = "db" } } } do
      local spec = made("Deployment", { image = "i", selector = selector }).spec
      assert.same({ matchLabels = { app = "db" } }, spec.selector)
      assert.same({ app = "db" }, spec.template.metadata.labels)
    end
    local controller = made("ReplicationController", { image = "i", selector = "app=db" }).spec
    assert.same({ { app = "db" }, { app = "db" } },
      { controller.selector, controller.template.metadata.labels })
    assert.same({ app = "db" }, made("Service", { ports = 80, selector = "app=db" }).spec.selector)
    assert.matches('selector: labels expected, as in "app=web"; got "app in %(a%)"',
      refused("Deployment", { image = "i", selector = "app in (a)" }))
  end)

  it("selects pods of its own name where nothing else is said", function()
    assert.same({ app = "web" }, made("Service", { ports = 80 }).spec.selector)
    assert.same({ matchLabels = { app = "web" } },
      made("PodDisruptionBudget", { minAvailable = 1 }).spec.selector)
    assert.is_nil(made("Service", { type = "ExternalName", externalName = "a.b" }).spec.selector)
    assert.is_nil(made("Service", { spec = { ports = { { port = 1 } } } }).spec.selector)
  end)

  it("completes a spec that is given whole", function()
    local spec = made("Deployment", { image = "i", replicas = 4, spec = { paused = true } }).spec
    assert.same({ 4, true }, { spec.replicas, spec.paused })
  end)

  it("takes what a claim asks for, and what an autoscaler scales", function()
    assert.same({ requests = { storage = "1Gi" } },
      made("PersistentVolumeClaim", { storage = "1Gi" }).spec.resources)
    local spec = made("HorizontalPodAutoscaler", { maxReplicas = 4, target = "deploy/web",
      cpu = 50 }).spec
    assert.same({ apiVersion = "apps/v1", kind = "Deployment", name = "web" },
      spec.scaleTargetRef)
    assert.equal(50, spec.metrics[1].resource.target.averageUtilization)
    assert.matches('as in "deploy/web"; got', refused("HorizontalPodAutoscaler",
      { target = "job/web" }))
    assert.matches("cpu = 50; got", refused("HorizontalPodAutoscaler", { cpu = "50%" }))
  end)

  it("says where what it does not know would go", function()
    assert.matches('ConfigMap: unknown field "level"; write data = { level = ... }',
      refused("ConfigMap", { level = "info" }))
    assert.same({ level = "info" }, made("ConfigMap", { data = { level = "info" } }).data)
    assert.matches("fields have names; got item", refused("Namespace", { "a" }))
  end)
end)
