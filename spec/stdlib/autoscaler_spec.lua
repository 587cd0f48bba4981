-- SPDX-License-Identifier: MIT
local Cluster = require "wl.cluster"
local Metrics = require "wl.metrics"
local behavior = require "wl.autoscaler.behavior"
local conditions = require "wl.conditions"
local selector = require "wl.selector"
local time = require "wl.time"
local value = require "wl.value"

local LABELS = { app = "web" }
local EPOCH = time.parse "2024-01-01T00:00:00Z"

local cluster

-- Pods that have been running for ten minutes; those in `unready` are not ready.
local function pods(n, unready)
  for i = 1, n do
    local pod = assert(cluster:create { apiVersion = "v1", kind = "Pod",
      metadata = { name = "p" .. i, labels = LABELS },
      spec = { containers = { { name = "a", image = "a",
        resources = { requests = { cpu = "100m", memory = "100Mi" } } } } } })
    local waits = unready and unready[i]
    assert(cluster:update_status(pod, { phase = "Running", startTime = time.format(EPOCH - 600),
      conditions = value.list { { type = "Ready", status = waits and "False" or "True",
        lastTransitionTime = time.format(EPOCH - (waits and 600 or 500)) } } }))
  end
end

-- A target that nobody makes pods for.
local function target(replicas)
  assert(cluster:create { apiVersion = "apps/v1", kind = "Deployment", metadata = { name = "web" },
    spec = { replicas = replicas, paused = true, selector = { matchLabels = LABELS },
      template = { metadata = { labels = LABELS },
        spec = { containers = { { name = "a", image = "a" } } } } } })
end

local function autoscaler(metrics, more)
  local spec = { scaleTargetRef = { apiVersion = "apps/v1", kind = "Deployment", name = "web" },
    minReplicas = 1, maxReplicas = 100, metrics = metrics }
  for field, x in pairs(more or {}) do spec[field] = x end
  assert(cluster:create { apiVersion = "autoscaling/v2", kind = "HorizontalPodAutoscaler",
    metadata = { name = "web" }, spec = spec })
end

local function hpa() return (cluster:get("HorizontalPodAutoscaler", nil, "web")) end

local function replicas() return cluster:get("Deployment", nil, "web").spec.replicas end

local function said(type) return conditions.find(hpa().status.conditions, type) end

local function measure(name, source, about)
  Metrics.of(cluster):set(name, about or { selector = selector.parse "app=web" }, source)
end

local function cpu(percent)
  return { { type = "Resource", resource = { name = "cpu",
    target = { type = "Utilization", averageUtilization = percent } } } }
end

local function by_name(given) return function(_, pod) return given[pod.metadata.name] end end

describe("an autoscaler", function()
  before_each(function() cluster = Cluster.new { nodes = 0 } end)

  local function case(name, given)
    it(name, function()
      pods(given.pods, given.unready)
      target(given.pods)
      cluster:settle()
      for metric, source in pairs(given.measured or {}) do
        measure(metric, source, given.about)
      end
      autoscaler(given.metrics or cpu(given.target), given.more)
      cluster:settle()
      assert.equal(given.becomes, replicas())
      if given.reason then assert.equal(given.reason, said(given.condition).reason) end
    end)
  end

  case("goes up with the load", { pods = 3, target = 30, becomes = 5,
    measured = { cpu = by_name { p1 = "30m", p2 = "50m", p3 = "70m" } } })
  case("goes down with the load", { pods = 5, target = 50, becomes = 5,
    measured = { cpu = "28m" }, condition = "AbleToScale", reason = "ScaleDownStabilized" })
  case("does not mind a tenth", { pods = 3, target = 100, becomes = 3,
    measured = { cpu = "109m" } })
  case("at most doubles, or makes four", { pods = 3, target = 10, becomes = 6,
    measured = { cpu = "1" }, condition = "ScalingLimited", reason = "ScaleUpLimit" })
  case("goes no higher than its maximum", { pods = 3, target = 10, becomes = 5,
    measured = { cpu = "1" }, more = { maxReplicas = 5 }, condition = "ScalingLimited",
    reason = "TooManyReplicas" })
  case("comes down to its maximum at once", { pods = 3, target = 10, becomes = 2,
    more = { maxReplicas = 2 } })
  case("comes up to its minimum at once", { pods = 1, target = 10, becomes = 4,
    more = { minReplicas = 4 } })
  case("counts pods that are not ready as using nothing", { pods = 3, target = 30, becomes = 4,
    unready = { [1] = true }, measured = { cpu = by_name { p1 = "40m", p2 = "50m", p3 = "60m" } } })
  case("does not go up for what it does not know", { pods = 4, target = 50, becomes = 4,
    measured = { cpu = by_name { p1 = "70m", p2 = "70m" } } })
  case("stays where nothing is known", { pods = 3, target = 50, becomes = 3,
    condition = "ScalingActive", reason = "FailedGetResourceMetric" })
  case("takes the metric that wants the most", { pods = 2, becomes = 4,
    measured = { cpu = "50m", rps = 20 }, metrics = { cpu(50)[1],
      { type = "Pods", pods = { metric = { name = "rps" },
        target = { type = "AverageValue", averageValue = "10" } } } } })
  case("goes up on one metric while another is not known", { pods = 2, becomes = 4,
    measured = { rps = 20 }, metrics = { cpu(50)[1],
      { type = "Pods", pods = { metric = { name = "rps" },
        target = { type = "AverageValue", averageValue = "10" } } } } })
  case("does not go down while a metric is not known", { pods = 3, becomes = 3,
    measured = { rps = 1 }, metrics = { cpu(50)[1],
      { type = "Pods", pods = { metric = { name = "rps" },
        target = { type = "AverageValue", averageValue = "10" } } } },
    condition = "ScalingActive", reason = "FailedGetResourceMetric" })
  case("follows the world outside", { pods = 2, becomes = 4, about = {},
    measured = { queue = 40 }, metrics = { { type = "External",
      external = { metric = { name = "queue" },
        target = { type = "AverageValue", averageValue = "10" } } } } })
  case("follows an object", { pods = 2, becomes = 3, measured = { rps = 150 },
    about = { kind = "Ingress", name = "front" }, metrics = { { type = "Object", object = {
      describedObject = { kind = "Ingress", name = "front", apiVersion = "networking.k8s.io/v1" },
      metric = { name = "rps" }, target = { type = "Value", value = "100" } } } } })
  case("waits as it is told before it goes down", { pods = 5, target = 50, becomes = 1,
    measured = { cpu = "1m" },
    more = { behavior = { scaleDown = { stabilizationWindowSeconds = 0 } } } })
  case("does not go where it may not", { pods = 5, target = 50, becomes = 5,
    measured = { cpu = "1m" }, more = { behavior = { scaleDown = {
      stabilizationWindowSeconds = 0, selectPolicy = "Disabled" } } },
    condition = "ScalingLimited", reason = "ScaleDownLimit" })
  case("minds more than a tenth when told so", { pods = 4, target = 100, becomes = 4,
    measured = { cpu = "120m" }, more = { behavior = { scaleUp = { tolerance = "300m" } } } })

  it("does nothing for a target that somebody scaled to zero", function()
    target(0)
    autoscaler(cpu(50))
    cluster:run "1m"
    assert.equal(0, replicas())
    assert.equal("ScalingDisabled", said("ScalingActive").reason)
  end)

  it("says that there is no target", function()
    autoscaler(cpu(50))
    cluster:settle()
    assert.equal("FailedGetScale", said("AbleToScale").reason)
    assert.equal("the HPA controller was unable to get the target's current scale: "
      .. 'deployments.apps "web" not found', said("AbleToScale").message)
  end)

  it("wants to know what pods request", function()
    pods(1)
    assert(cluster:create { apiVersion = "v1", kind = "Pod", metadata = { name = "bare",
      labels = LABELS }, spec = { containers = { { name = "a", image = "a" } } } })
    target(2)
    measure("cpu", "10m")
    autoscaler(cpu(50))
    cluster:settle()
    assert.equal("the HPA was unable to compute the replica count: failed to get cpu utilization: "
      .. "missing request for cpu in container a of Pod bare", said("ScalingActive").message)
  end)

  it("goes down after five minutes, and tells about it", function()
    pods(4)
    target(4)
    measure("cpu", "10m")
    autoscaler(cpu(50))
    cluster:run "4m50s"
    assert.equal(4, replicas())
    cluster:run "30s"
    assert.equal(1, replicas())
    local told = cluster.events:about(hpa())
    assert.equal("New size: 1; reason: All metrics below target", told[#told].message)
    assert.equal(1, hpa().status.desiredReplicas)
  end)

  it("is not moved by pods without metrics while the others use what they should", function()
    pods(3)
    target(3)
    measure("cpu", by_name { p1 = "50m", p2 = "50m" })
    autoscaler(cpu(50))
    cluster:settle()
    assert.equal(3, replicas())
  end)

  it("counts what sidecars request", function()
    local box = { name = "a", image = "a", resources = { requests = { cpu = "100m" } } }
    local pod = assert(cluster:create { apiVersion = "v1", kind = "Pod",
      metadata = { name = "p", labels = LABELS }, spec = { containers = { box },
        initContainers = { { name = "s", image = "s", restartPolicy = "Always",
          resources = { requests = { cpu = "300m" } } } } } })
    assert(cluster:update_status(pod, { phase = "Running", startTime = time.format(EPOCH - 600),
      conditions = value.list { { type = "Ready", status = "True",
        lastTransitionTime = time.format(EPOCH - 500) } } }))
    target(1)
    measure("cpu", "200m")
    autoscaler(cpu(50))
    cluster:settle()
    assert.equal(50, hpa().status.currentMetrics[1].resource.current.averageUtilization)
    assert.equal(1, replicas())
  end)

  it("has nothing to divide by where pods request nothing", function()
    local pod = assert(cluster:create { apiVersion = "v1", kind = "Pod",
      metadata = { name = "p", labels = LABELS }, spec = { containers = { { name = "a",
        image = "a", resources = { requests = { cpu = "0" } } } } } })
    assert(cluster:update_status(pod, { phase = "Running", startTime = time.format(EPOCH - 600),
      conditions = value.list { { type = "Ready", status = "True",
        lastTransitionTime = time.format(EPOCH - 500) } } }))
    target(1)
    measure("cpu", "200m")
    autoscaler(cpu(50))
    cluster:settle()
    assert.equal("the HPA was unable to compute the replica count: failed to get cpu utilization: "
      .. "no metrics returned matched known pods", said("ScalingActive").message)
  end)

  it("shares a load among the ready pods", function()
    pods(4, { [4] = true })
    measure("cpu", { total = 0.3 })
    local values = Metrics.of(cluster):of_pods("cpu", cluster:list "Pod")
    local list = {}
    for i, pod in ipairs(cluster:list "Pod") do list[i] = values[pod.metadata.uid] end
    assert.same({ 100, 100, 100, 0 }, list)
  end)
end)

describe("the rate of an autoscaler", function()
  local function rules(up, down)
    return { scaleUp = up or { policies = { { type = "Pods", value = 4, periodSeconds = 60 } } },
      scaleDown = down or { policies = { { type = "Percent", value = 50, periodSeconds = 60 } } } }
  end

  local function limit(memory, now, current, desired, given)
    return (behavior.limit(memory, now, current, desired, { least = 1, most = 1000 }, given))
  end

  local function fresh() return { ups = {}, downs = {} } end

  it("counts what was done within the period", function()
    local memory, given = fresh(), rules()
    assert.equal(14, limit(memory, 0, 10, 100, given))
    behavior.note(memory, 0, 10, 14, given)
    assert.equal(14, limit(memory, 30, 14, 100, given))
    assert.equal(18, limit(memory, 60, 14, 100, given))
  end)

  it("is a share of what there was when the period began", function()
    local memory, given = fresh(), rules()
    assert.equal(50, limit(memory, 0, 100, 1, given))
    behavior.note(memory, 0, 100, 50, given)
    assert.equal(50, limit(memory, 59, 50, 1, given))
    assert.equal(25, limit(memory, 60, 50, 1, given))
  end)

  for _, case in ipairs { { "Max", 20, 5 }, { "Min", 14, 8 }, { "Disabled", 10, 10 } } do
    it("is chosen by selectPolicy " .. case[1], function()
      local up = { selectPolicy = case[1], policies = {
        { type = "Pods", value = 4, periodSeconds = 15 },
        { type = "Percent", value = 100, periodSeconds = 15 } } }
      local down = { selectPolicy = case[1], policies = {
        { type = "Pods", value = 2, periodSeconds = 15 },
        { type = "Percent", value = 50, periodSeconds = 15 } } }
      assert.equal(case[2], limit(fresh(), 0, 10, 1000, rules(up, down)))
      assert.equal(case[3], limit(fresh(), 0, 10, 1, rules(up, down)))
    end)
  end

  it("is a share in floating point", function()
    local tenth = { policies = { { type = "Percent", value = 10, periodSeconds = 60 } } }
    local most = { policies = { { type = "Percent", value = 90, periodSeconds = 60 } } }
    assert.equal(111, limit(fresh(), 0, 100, 1000, rules(tenth)))
    assert.equal(2, limit(fresh(), 0, 30, 1, rules(nil, most)))
  end)

  it("holds back for five minutes to the second", function()
    local function after(seconds, given)
      return (behavior.stabilize({ recommendations = { { at = 0, replicas = 9 } } }, seconds, 9, 2,
        given))
    end
    local given = { scaleUp = { stabilizationWindowSeconds = 0 },
      scaleDown = { stabilizationWindowSeconds = 300 } }
    assert.equal(9, after(300))
    assert.equal(2, after(301))
    assert.equal(9, after(299, given))
    assert.equal(2, after(300, given))
  end)

  it("is steadied by what was recommended before", function()
    local memory = { recommendations = { { at = 0, replicas = 6 }, { at = 30, replicas = 9 } } }
    local given = { scaleUp = { stabilizationWindowSeconds = 60 },
      scaleDown = { stabilizationWindowSeconds = 60 } }
    assert.equal(6, (behavior.stabilize(memory, 50, 5, 12, given)))
    memory.recommendations = { { at = 0, replicas = 6 }, { at = 30, replicas = 9 } }
    assert.equal(9, (behavior.stabilize(memory, 50, 10, 2, given)))
  end)
end)
