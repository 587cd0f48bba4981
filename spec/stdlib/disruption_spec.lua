-- SPDX-License-Identifier: MIT
local Cluster = require "wl.cluster"
local Ctx = require "wl.ctx"
local conditions = require "wl.conditions"
local eviction = require "wl.eviction"
local small_kubelet = require "spec.support.small_kubelet"

local LABELS = { app = "web" }
local TEMPLATE = { metadata = { labels = LABELS },
  spec = { containers = { { name = "a", image = "a" } } } }

describe("a PodDisruptionBudget", function()
  local cluster, ctx

  before_each(function()
    cluster = Cluster.new { nodes = 0 }
    ctx = Ctx.new(cluster, "kubectl")
  end)

  local function budget(spec)
    spec.selector = spec.selector or { matchLabels = LABELS }
    assert(cluster:create { apiVersion = "policy/v1", kind = "PodDisruptionBudget",
      metadata = { name = "budget" }, spec = spec })
  end

  local function deployment(replicas, ready)
    assert(cluster:create { apiVersion = "apps/v1", kind = "Deployment",
      metadata = { name = "web" }, spec = { replicas = replicas,
        selector = { matchLabels = LABELS }, template = TEMPLATE } })
    cluster:settle()
    for i, pod in ipairs(cluster:list "Pod") do
      if i <= (ready or replicas) then
        assert(cluster:update_status(pod, { phase = "Running",
          conditions = { { type = "Ready", status = "True" } } }))
      else
        assert(cluster:update_status(pod, { phase = "Running" }))
      end
    end
    cluster:settle()
  end

  local function status() return cluster:get("PodDisruptionBudget", nil, "budget").status end

  local function counts()
    local now = status()
    return { now.disruptionsAllowed, now.currentHealthy, now.desiredHealthy, now.expectedPods }
  end

  local function evict(i)
    local list = cluster:list "Pod"
    ctx.now = cluster:now()
    return eviction.evict(ctx, list[i or 1])
  end

  for _, case in ipairs {
    { "a number available", { minAvailable = 2 }, { 1, 3, 2, 3 } },
    { "a share available, rounded up", { minAvailable = "50%" }, { 1, 3, 2, 3 } },
    { "a number unavailable", { maxUnavailable = 1 }, { 1, 3, 2, 3 } },
    { "a share unavailable, rounded up", { maxUnavailable = "34%" }, { 2, 3, 1, 3 } },
    { "nobody to go", { maxUnavailable = 0 }, { 0, 3, 3, 3 } },
    { "everybody to go", { maxUnavailable = "100%" }, { 3, 3, 0, 3 } },
    { "more than there are", { minAvailable = 5 }, { 0, 3, 5, 3 } },
  } do
    it("wants " .. case[1], function()
      budget(case[2])
      deployment(3)
      assert.same(case[3], counts())
      local said = conditions.find(status().conditions, "DisruptionAllowed")
      assert.equal(case[3][1] > 0 and "SufficientPods" or "InsufficientPods", said.reason)
    end)
  end

  it("counts Ready pods only", function()
    budget { minAvailable = 1 }
    deployment(3, 2)
    assert.same({ 1, 2, 1, 3 }, counts())
  end)

  it("allows nothing where there are no pods, and says so", function()
    budget { minAvailable = 0 }
    cluster:settle()
    assert.same({ 0, 0, 0, 0 }, counts())
    local object = cluster:get("PodDisruptionBudget", nil, "budget")
    assert.equal("No matching pods found", cluster.events:about(object)[1].message)
  end)

  it("does not guess for a controller without a scale", function()
    budget { maxUnavailable = 1 }
    local cron_job = assert(cluster:create { apiVersion = "batch/v1", kind = "CronJob",
      metadata = { name = "report" }, spec = { schedule = "@yearly", jobTemplate = { spec = {
        template = { spec = { restartPolicy = "Never",
          containers = TEMPLATE.spec.containers } } } } } })
    assert(cluster:create { apiVersion = "v1", kind = "Pod", spec = TEMPLATE.spec,
      metadata = { name = "p", labels = LABELS, ownerReferences = {
        require("wl.owner").reference(cron_job) } } })
    cluster:settle()
    local said = conditions.find(status().conditions, "DisruptionAllowed")
    assert.equal("SyncFailed", said.reason)
    assert.equal("cronjobs.batch does not implement the scale subresource", said.message)
    assert.equal(0, status().disruptionsAllowed)
    assert(cluster:update_status(cluster:get("Pod", nil, "p"), { phase = "Running",
      conditions = { { type = "Ready", status = "True" } } }))
    assert.equal("The disruption budget budget does not allow evicting pods currently because it "
      .. "failed sync: cronjobs.batch does not implement the scale subresource",
      select(4, evict())[1].message)
  end)

  it("does not ask who controls a StatefulSet", function()
    budget { maxUnavailable = 1 }
    local reference = require("wl.owner").reference
    local cron_job = assert(cluster:create { apiVersion = "batch/v1", kind = "CronJob",
      metadata = { name = "operator" }, spec = { schedule = "@yearly", jobTemplate = { spec = {
        template = { spec = { restartPolicy = "Never",
          containers = TEMPLATE.spec.containers } } } } } })
    assert(cluster:create { apiVersion = "apps/v1", kind = "StatefulSet",
      metadata = { name = "db", ownerReferences = { reference(cron_job) } },
      spec = { replicas = 3, selector = { matchLabels = LABELS }, template = TEMPLATE } })
    cluster:settle()
    assert.same({ 0, 0, 2, 3 }, counts())
  end)

  it("takes no pod twice that is not Ready and about to go", function()
    budget { minAvailable = 1 }
    deployment(3, 2)
    local pods = cluster:list "Pod"
    assert(cluster:update_status(cluster:get("PodDisruptionBudget", nil, "budget"), function(now)
      now.disruptedPods = { [pods[3].metadata.name] = cluster:timestamp() }
    end))
    assert(cluster:update_status(pods[3], { phase = "Running", message = "seen" }))
    cluster:settle()
    assert.same({ 1, 2, 1, 3 }, counts())
  end)

  it("tells about pods without a controller", function()
    budget { maxUnavailable = 1 }
    assert(cluster:create { apiVersion = "v1", kind = "Pod", spec = TEMPLATE.spec,
      metadata = { name = "p", labels = LABELS } })
    cluster:settle()
    local object = cluster:get("PodDisruptionBudget", nil, "budget")
    local told = cluster.events:about(object)
    assert.equal("UnmanagedPods", told[#told].reason)
  end)

  it("lets so many pods be evicted, and no more before they are back", function()
    budget { minAvailable = 2 }
    deployment(3)
    assert.is_true(evict())
    assert.equal(0, status().disruptionsAllowed)
    local done, message, code, causes = evict()
    assert.is_nil(done)
    assert.equal("Cannot evict pod as it would violate the pod's disruption budget.", message)
    assert.equal("TooManyRequests", code)
    assert.equal("The disruption budget budget does not allow evicting pods currently",
      causes[1].message)
    cluster:settle()
    assert.equal("The disruption budget budget needs 2 healthy pods and has 2 currently",
      select(4, evict())[1].message)
    small_kubelet.run(cluster, function() return true end)
    assert.same({ 1, 3, 2, 3 }, counts())
    assert.is_true(evict())
  end)

  it("is looked at first by the controller", function()
    deployment(3)
    budget { minAvailable = 1 }
    local done, message, _, causes = evict()
    assert.is_nil(done)
    assert.equal("Cannot evict pod as it would violate the pod's disruption budget.", message)
    assert.equal("The disruption budget budget is still being processed by the server.",
      causes[1].message)
  end)

  it("protects what is not Ready only while it is short", function()
    budget { minAvailable = 2 }
    deployment(3, 2)
    assert.is_true(evict(3), "two healthy ones are enough")
    assert.same({ 0, 2, 2, 3 }, counts())
    assert.is_nil((evict(1)))
  end)

  it("keeps what is not Ready when it is short, unless told otherwise", function()
    budget { minAvailable = 3 }
    deployment(3, 2)
    assert.is_nil((evict(3)))
    assert(cluster:update(cluster:get("PodDisruptionBudget", nil, "budget"), function(draft)
      draft.spec.unhealthyPodEvictionPolicy = "AlwaysAllow"
    end))
    assert.is_true(evict(3))
  end)

  it("stands alone: two over one pod let nobody go", function()
    budget { minAvailable = 0 }
    assert(cluster:create { apiVersion = "policy/v1", kind = "PodDisruptionBudget",
      metadata = { name = "second" },
      spec = { minAvailable = 0, selector = { matchLabels = LABELS } } })
    deployment(3)
    local done, message = evict()
    assert.is_nil(done)
    assert.matches("more than one PodDisruptionBudget", message)
  end)
end)
