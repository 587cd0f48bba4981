-- SPDX-License-Identifier: MIT
--- Manifests of versions that Kubernetes no longer serves.
local admission = require "wl.admission"
local legacy = require "wl.api.legacy"
local registry = require "wl.registry"
local value = require "wl.value"

local kinds = registry.new()

-- The object as it is read, and the warnings on the way.
local function read(api, name, fields)
  fields.apiVersion, fields.kind = api, name
  local warnings = {}
  local object, message = admission.read(assert(kinds:find(api, name)), fields, {
    warn = function(text) warnings[#warnings + 1] = text end,
  })
  assert(object, message)
  return object, warnings
end

local function with_template(spec)
  spec = spec or {}
  spec.template = {
    metadata = { labels = { app = "web" } },
    spec = { containers = { { name = "web", image = "nginx:1.7.9" } } },
  }
  return { metadata = { name = "web" }, spec = spec }
end

describe("what is said about an old version", function()
  for _, case in ipairs {
    { "batch/v2alpha1", "CronJob", "1.21", "batch/v1" },
    { "batch/v1beta1", "CronJob", "1.25", "batch/v1" },
    { "extensions/v1beta1", "Deployment", "1.16", "apps/v1" },
    { "apps/v1beta2", "DaemonSet", "1.16", "apps/v1" },
    { "policy/v1beta1", "PodDisruptionBudget", "1.25", "policy/v1" },
    { "rbac.authorization.k8s.io/v1beta1", "Role", "1.22", "rbac.authorization.k8s.io/v1" },
    { "networking.k8s.io/v1beta1", "Ingress", "1.22", "networking.k8s.io/v1" },
  } do
    it(case[1] .. " " .. case[2], function()
      local object, warnings = read(case[1], case[2], {})
      assert.equal(case[4], object.apiVersion)
      assert.same({ ("%s %s is no longer served since Kubernetes %s; write apiVersion: %s")
        :format(table.unpack(case)) }, warnings)
    end)
  end

  it("is what to write now, for every one of them", function()
    for name, versions in pairs(legacy) do
      for api in pairs(versions) do
        local now = kinds:find(api, name)
        local object, warnings = read(api, name, {})
        assert.equal(now.api, object.apiVersion)
        local told = not api:find "v%d+$"
          and ("%s %s is no longer served since Kubernetes 1.%%d+; write apiVersion: %s")
            :format(api, name, now.api) or ""
        assert.matches(told, warnings[1] or "")
      end
    end
  end)

  it("says nothing of a version that is still served", function()
    local _, warnings = read("autoscaling/v1", "HorizontalPodAutoscaler", {})
    assert.same({}, warnings)
  end)
end)

describe("a Deployment", function()
  it("of extensions/v1beta1 selects the pods of its template, one at a time", function()
    local object = read("extensions/v1beta1", "Deployment", with_template())
    assert.same({ matchLabels = { app = "web" } }, object.spec.selector)
    assert.same({ app = "web" }, object.metadata.labels)
    assert.same({ type = "RollingUpdate", rollingUpdate = { maxSurge = 1, maxUnavailable = 1 } },
      object.spec.strategy)
    assert.equal(2147483647, object.spec.progressDeadlineSeconds)
    assert.equal(2147483647, object.spec.revisionHistoryLimit)
  end)

  it("of extensions/v1beta1 keeps its rollbackTo as an annotation", function()
    local object = read("extensions/v1beta1", "Deployment",
      with_template { rollbackTo = { revision = 3 } })
    assert.equal("3", object.metadata.annotations["deprecated.deployment.rollback.revision"])
  end)

  it("of apps/v1beta1 keeps two revisions", function()
    local object = read("apps/v1beta1", "Deployment", with_template())
    assert.equal(2, object.spec.revisionHistoryLimit)
    assert.equal("25%", object.spec.strategy.rollingUpdate.maxSurge)
    assert.same({ app = "web" }, object.spec.selector.matchLabels)
  end)

  it("of apps/v1beta2 must name its selector, as today", function()
    local object = read("apps/v1beta2", "Deployment", with_template())
    assert.is_nil(object.spec.selector)
    assert.equal(10, object.spec.revisionHistoryLimit)
  end)

  it("keeps what its author said", function()
    local object = read("extensions/v1beta1", "Deployment", with_template {
      selector = { matchLabels = { tier = "front" } }, revisionHistoryLimit = 5,
      strategy = { type = "Recreate" },
    })
    assert.same({ tier = "front" }, object.spec.selector.matchLabels)
    assert.equal(5, object.spec.revisionHistoryLimit)
    assert.same({ type = "Recreate" }, object.spec.strategy)
  end)
end)

describe("other workloads", function()
  it("a DaemonSet of extensions/v1beta1 waits for someone to delete its pods", function()
    local object = read("extensions/v1beta1", "DaemonSet", with_template { templateGeneration = 4 })
    assert.same({ type = "OnDelete" }, object.spec.updateStrategy)
    assert.equal("4", object.metadata.annotations["deprecated.daemonset.template.generation"])
    assert.same({ app = "web" }, object.spec.selector.matchLabels)
  end)

  it("so does a StatefulSet of apps/v1beta1, but not of apps/v1beta2", function()
    local old = read("apps/v1beta1", "StatefulSet", with_template())
    local newer = read("apps/v1beta2", "StatefulSet", with_template())
    assert.equal("OnDelete", old.spec.updateStrategy.type)
    assert.equal("RollingUpdate", newer.spec.updateStrategy.type)
  end)

  it("a ReplicaSet of extensions/v1beta1 selects the pods of its template", function()
    local object = read("extensions/v1beta1", "ReplicaSet", with_template())
    assert.same({ app = "web" }, object.spec.selector.matchLabels)
  end)
end)

describe("other kinds", function()
  it("an Ingress of v1beta1 had flat backends", function()
    local object = read("extensions/v1beta1", "Ingress", { spec = {
      backend = { serviceName = "all", servicePort = 80 },
      rules = { { http = { paths = {
        { path = "/a", backend = { serviceName = "a", servicePort = "web" } },
      } } } },
    } })
    assert.same({ service = { name = "all", port = { number = 80 } } }, object.spec.defaultBackend)
    assert.equal(value.of {
      path = "/a", pathType = "ImplementationSpecific",
      backend = { service = { name = "a", port = { name = "web" } } },
    }, value.of(object.spec.rules[1].http.paths[1]))
  end)

  it("an autoscaler of v1 knows the cpu's share only", function()
    local object = read("autoscaling/v1", "HorizontalPodAutoscaler",
      { spec = { maxReplicas = 3, targetCPUUtilizationPercentage = 50 } })
    assert.equal(50, object.spec.metrics[1].resource.target.averageUtilization)
  end)

  it("an autoscaler of v2beta1 wrote targets beside metrics", function()
    local metrics = read("autoscaling/v2beta1", "HorizontalPodAutoscaler", { spec = { metrics = {
      { type = "Resource", resource = { name = "memory", targetAverageValue = "1Gi" } },
      { type = "Pods", pods = { metricName = "qps", targetAverageValue = "10" } },
      { type = "External", external = { metricName = "q", targetValue = "3" } },
    } } }).spec.metrics
    assert.same({ type = "AverageValue", averageValue = "1Gi" }, metrics[1].resource.target)
    assert.same({ name = "qps" }, metrics[2].pods.metric)
    assert.same({ type = "Value", value = "3" }, metrics[3].external.target)
  end)

  it("an empty selector of a budget matched nothing", function()
    local object, warnings = read("policy/v1beta1", "PodDisruptionBudget",
      { spec = { selector = {} } })
    assert.equal("Exists", object.spec.selector.matchExpressions[1].operator)
    assert.equal(2, #warnings)
  end)
end)

describe("an old version with mistakes", function()
  for _, case in ipairs {
    { "a spec that is text", { spec = "x" } },
    { "a template that is a list", { spec = { template = { 1 } } } },
    { "labels that are a number", { spec = { template = { metadata = { labels = 1 } } } } },
    { "a strategy that is a number", { spec = { strategy = 1 } } },
    { "metadata that is text", { metadata = "x" } },
  } do
    it("is refused for " .. case[1] .. ", as today", function()
      local object = { apiVersion = "extensions/v1beta1", kind = "Deployment" }
      for name, x in pairs(case[2]) do object[name] = x end
      local kind = kinds:find(object.apiVersion, object.kind)
      local read_object, _, code = admission.read(kind, object)
      assert.is_nil(read_object)
      assert.equal("BadRequest", code)
    end)
  end
end)
