-- SPDX-License-Identifier: MIT
local Cluster = require "wl.cluster"
local small_kubelet = require "spec.support.small_kubelet"
local value = require "wl.value"

local function service(name, spec)
  spec.ports = spec.ports or { { port = 80 } }
  return { apiVersion = "v1", kind = "Service", metadata = { name = name }, spec = spec }
end

local function pod(name, more)
  local container = { name = "a", image = "a",
    ports = { { name = "http", containerPort = more and more.port or 8080 } } }
  return { apiVersion = "v1", kind = "Pod", metadata = { name = name, labels = { app = "web" },
    finalizers = more and more.held and { "example.com/held" } },
    spec = { containers = { container } } }
end

local SELECTED = { app = "web" }

describe("a Service's addresses", function()
  local cluster

  before_each(function() cluster = Cluster.new { nodes = 0 } end)

  local function create(name, spec) return cluster:create(service(name, spec)) end

  it("are given out, each once", function()
    local seen = {}
    for i = 1, 50 do
      local made = assert(create("s" .. i, { selector = SELECTED }))
      assert.matches("^10%.%d+%.%d+%.%d+$", made.spec.clusterIP)
      assert.equal(made.spec.clusterIP, made.spec.clusterIPs[1])
      assert.is_nil(seen[made.spec.clusterIP])
      seen[made.spec.clusterIP] = true
    end
  end)

  it("may be asked for", function()
    assert.equal("10.96.0.10", assert(create("dns", { clusterIP = "10.96.0.10" })).spec.clusterIP)
    local made, message = create("second", { clusterIP = "10.96.0.10" })
    assert.is_nil(made)
    assert.matches("failed to allocate IP 10.96.0.10: provided IP is already allocated", message,
      1, true)
    assert(cluster:delete((cluster:get("Service", nil, "dns"))))
    assert(create("second", { clusterIP = "10.96.0.10" }))
  end)

  it("are of the cluster's range", function()
    local made, message = create("far", { clusterIP = "10.0.0.1" })
    assert.is_nil(made)
    assert.matches("the provided IP (10.0.0.1) is not in the valid range. "
      .. "The range of valid IPs is 10.96.0.0/12", message, 1, true)
  end)

  it("are none for headless services and names from outside", function()
    assert.equal("None", assert(create("headless", { clusterIP = "None" })).spec.clusterIP)
    local outside = assert(create("outside", { type = "ExternalName", externalName = "a.b" }))
    assert.is_nil(outside.spec.clusterIP)
  end)

  it("have node ports when they want them", function()
    local made = assert(create("open", { type = "NodePort", ports = {
      { name = "a", port = 80 }, { name = "b", port = 81, nodePort = 30001 } } }))
    local port = made.spec.ports[1].nodePort
    assert.is_true(port >= 30000 and port <= 32767)
    local refused, message = create("other", { type = "NodePort",
      ports = { { port = 80, nodePort = 30001 } } })
    assert.is_nil(refused)
    assert.matches("spec.ports[0].nodePort: Invalid value: 30001: "
      .. "provided port is already allocated", message, 1, true)
    refused, message = create("low", { type = "NodePort",
      ports = { { port = 80, nodePort = 80 } } })
    assert.is_nil(refused)
    assert.matches("The range of valid ports is 30000-32767", message, 1, true)
  end)

  it("follow the type", function()
    local made = assert(create("web", { selector = SELECTED }))
    local address = made.spec.clusterIP
    made = assert(cluster:update(made, function(draft) draft.spec.type = "NodePort" end))
    assert.truthy(made.spec.ports[1].nodePort)
    made = assert(cluster:update(made, function(draft) draft.spec.type = "ClusterIP" end))
    assert.is_nil(made.spec.ports[1].nodePort)
    assert.equal(address, made.spec.clusterIP)
  end)
end)

describe("EndpointSlices", function()
  local cluster

  before_each(function() cluster = Cluster.new { nodes = 0 } end)

  local function start(name, more)
    local made = assert(cluster:create(pod(name, more)))
    local number = #cluster:list "Pod"
    assert(cluster:update_status(made, { phase = "Running", podIP = "10.0.0." .. number,
      conditions = value.list { { type = "Ready", status = more and more.ready or "True" } } }))
    cluster:settle()
  end

  local function change(name, edit)
    assert(cluster:update_status((cluster:get("Pod", nil, name)), edit))
    cluster:settle()
  end

  local function slices() return cluster:list "EndpointSlice" end

  -- "pod ready serving terminating" of each endpoint
  local function said()
    local list = {}
    for _, slice in ipairs(slices()) do
      for _, one in ipairs(slice.endpoints or {}) do
        local is = one.conditions
        list[#list + 1] = ("%s %s%s%s"):format(one.targetRef.name, is.ready and "R" or "-",
          is.serving and "S" or "-", is.terminating and "T" or "-")
      end
    end
    table.sort(list)
    return list
  end

  it("follow the readiness of pods", function()
    assert(cluster:create(service("web", { selector = SELECTED })))
    start "a"
    start("b", { ready = "False" })
    assert.same({ "a RS-", "b ---" }, said())
    change("b", function(status) status.conditions[1].status = "True" end)
    assert.same({ "a RS-", "b RS-" }, said())
    change("a", function(status) status.phase = "Failed" end)
    assert.same({ "b RS-" }, said())
  end)

  it("leave out pods without an address, and what does not match", function()
    assert(cluster:create(service("web", { selector = SELECTED })))
    start "a"
    assert(cluster:create(pod "waiting"))
    assert(cluster:update((cluster:get("Pod", nil, "a")), function(draft)
      draft.metadata.labels.app = "other"
    end))
    cluster:settle()
    assert.same({}, said())
    assert.equal(1, #slices(), "one stays, with nothing in it")
  end)

  it("say when a pod is ending", function()
    assert(cluster:create(service("web", { selector = SELECTED })))
    start("a", { held = true })
    assert(cluster:delete((cluster:get("Pod", nil, "a"))))
    cluster:settle()
    assert.same({ "a -ST" }, said())
    assert.is_nil(cluster:get("Endpoints", nil, "web").subsets)
    assert(cluster:update((cluster:get("Pod", nil, "a")), function(draft)
      draft.metadata.finalizers = nil
    end))
    cluster:settle()
    assert.same({}, said())
  end)

  it("call all pods ready with publishNotReadyAddresses", function()
    assert(cluster:create(service("web", { selector = SELECTED, clusterIP = "None",
      publishNotReadyAddresses = true })))
    start("a", { ready = "False", held = true })
    assert.same({ "a R--" }, said())
    assert(cluster:delete((cluster:get("Pod", nil, "a"))))
    cluster:settle()
    assert.same({ "a R-T" }, said())
    assert.equal("", slices()[1].metadata.labels["service.kubernetes.io/headless"])
  end)

  it("look up named ports in each pod, and differ where they do", function()
    assert(cluster:create(service("web", { selector = SELECTED,
      ports = { { port = 80, targetPort = "http" } } })))
    start "a"
    start("b", { port = 9090 })
    local ports = {}
    for i, slice in ipairs(slices()) do ports[i] = slice.ports[1].port end
    table.sort(ports)
    assert.same({ 8080, 9090 }, ports)
  end)

  it("hold a hundred each, and are written where something changed", function()
    assert(cluster:create(service("web", { selector = SELECTED })))
    assert(cluster:create { apiVersion = "apps/v1", kind = "ReplicaSet",
      metadata = { name = "web" }, spec = { replicas = 250, selector = { matchLabels = SELECTED },
        template = { metadata = { labels = SELECTED },
          spec = { containers = { { name = "a", image = "a" } } } } } })
    small_kubelet.run(cluster, function() return true end)
    for i, one in ipairs(cluster:list "Pod") do
      assert(cluster:update_status(one, function(status) status.podIP = "10.0.1." .. i end))
    end
    cluster:settle()
    local counts = {}
    for i, slice in ipairs(slices()) do counts[i] = #slice.endpoints end
    table.sort(counts)
    assert.same({ 50, 100, 100 }, counts)
    local before = cluster.store:revision()
    change(cluster:list("Pod")[7].metadata.name, function(status)
      status.conditions[1].status = "False"
    end)
    local written = 0
    for _, slice in ipairs(slices()) do
      if tonumber(slice.metadata.resourceVersion) > before then written = written + 1 end
    end
    assert.equal(1, written)
  end)

  it("are read again when somebody else wrote them", function()
    assert(cluster:create(service("web", { selector = SELECTED })))
    start "a"
    start "b"
    assert(cluster:update(slices()[1], function(draft) draft.endpoints = value.list {} end))
    cluster:settle()
    change("b", function(status) status.conditions[1].status = "False" end)
    assert.same({ "a RS-", "b ---" }, said())
    assert(cluster:delete(slices()[1]))
    cluster:settle()
    assert.same({ "a RS-", "b ---" }, said())
  end)

  it("go with their Service, and come not without a selector", function()
    assert(cluster:create(service("web", { selector = SELECTED })))
    assert(cluster:create(service("own", {})))
    start "a"
    assert.equal(1, #slices())
    assert(cluster:delete((cluster:get("Service", nil, "web"))))
    cluster:settle()
    assert.equal(0, #slices())
    assert.equal(0, #cluster:list "Endpoints")
  end)

  it("have an Endpoints beside them", function()
    assert(cluster:create(service("web", { selector = SELECTED })))
    start "a"
    start("b", { ready = "False" })
    local subset = cluster:get("Endpoints", nil, "web").subsets[1]
    assert.equal("10.0.0.1", subset.addresses[1].ip)
    assert.equal("b", subset.notReadyAddresses[1].targetRef.name)
    assert.equal(80, subset.ports[1].port)
  end)
end)
