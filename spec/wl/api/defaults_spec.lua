-- SPDX-License-Identifier: MIT
--- Defaults that depend on other fields, kind by kind.
local admission = require "wl.admission"
local container = require "wl.api.defaults.container"
local registry = require "wl.registry"
local value = require "wl.value"

local kinds = registry.new()

local function read(api, name, fields)
  fields.apiVersion, fields.kind = api, name
  return assert(admission.read(assert(kinds:find(api, name)), fields))
end

local function create(api, name, fields)
  fields.apiVersion, fields.kind = api, name
  return assert(admission.create(assert(kinds:find(api, name)), fields, "u-1"))
end

describe("the tag of an image", function()
  for _, case in ipairs {
    { "nginx", "latest" },
    { "nginx:1.27", "1.27" },
    { "nginx:latest", "latest" },
    { "localhost:5000/team/web", "latest" },
    { "localhost:5000/team/web:v1", "v1" },
    { "registry.k8s.io/pause@sha256:" .. ("ab"):rep(32), nil },
    { "a__b/c--d", "latest" },
    { "Nginx", nil },
    { "", nil },
    { "-nginx", nil },
    { ("a"):rep(64), nil },
  } do
    it(("of %q"):format(case[1]), function()
      assert.equal(case[2], container.tag_of(case[1]))
    end)
  end
end)

describe("a Pod", function()
  local function pod(spec)
    return read("v1", "Pod", { metadata = { name = "p", namespace = "default" }, spec = spec })
  end

  it("pulls what may have changed", function()
    local read_pod = pod {
      containers = { { name = "a", image = "i" }, { name = "b", image = "i:1" } },
    }
    assert.equal("Always", read_pod.spec.containers[1].imagePullPolicy)
    assert.equal("IfNotPresent", read_pod.spec.containers[2].imagePullPolicy)
  end)

  it("requests what it is limited to", function()
    local resources = { limits = { cpu = "1", memory = "1Gi" }, requests = { cpu = "500m" } }
    local read_pod = pod { containers = { { name = "a", resources = resources } } }
    assert.same({ cpu = "500m", memory = "1Gi" }, read_pod.spec.containers[1].resources.requests)
  end)

  it("uses the node's ports on the node's network", function()
    local ports = { { containerPort = 80 }, { containerPort = 81, hostPort = 8081 } }
    local read_pod = pod { hostNetwork = true, containers = { { name = "a", ports = ports } } }
    assert.equal(80, read_pod.spec.containers[1].ports[1].hostPort)
    assert.equal(8081, read_pod.spec.containers[1].ports[2].hostPort)
  end)

  it("asks as a whole for what its containers ask together", function()
    local read_pod = pod {
      resources = { limits = { cpu = "4", memory = "1Gi" } },
      initContainers = {
        { name = "side", restartPolicy = "Always", resources = { requests = { cpu = "1" } } },
        { name = "init", resources = { requests = { cpu = "2" } } },
      },
      containers = { { name = "a", resources = { requests = { cpu = "500m" } } } },
    }
    assert.same({ cpu = "3", memory = "1Gi" }, read_pod.spec.resources.requests)
  end)

  it("writes both names of its service account", function()
    assert.equal("robot", pod({ serviceAccount = "robot" }).spec.serviceAccountName)
    assert.equal("robot", pod({ serviceAccountName = "robot" }).spec.serviceAccount)
  end)

  it("fills in volumes", function()
    local volumes = pod({ volumes = {
      { name = "none" }, { name = "secret", secret = { secretName = "s" } },
      { name = "host", hostPath = { path = "/" } },
      { name = "image", image = { reference = "i" } },
      { name = "token", projected = { sources = { { serviceAccountToken = { path = "t" } } } } },
    } }).spec.volumes
    assert.same({}, volumes[1].emptyDir)
    assert.equal(420, volumes[2].secret.defaultMode)
    assert.equal("", volumes[3].hostPath.type)
    assert.equal("Always", volumes[4].image.pullPolicy)
    assert.equal(3600, volumes[5].projected.sources[1].serviceAccountToken.expirationSeconds)
  end)

  it("fills in probes", function()
    local probe = pod({ containers = {
      { name = "a", livenessProbe = { httpGet = { port = 80 }, timeoutSeconds = 0 } },
    } }).spec.containers[1].livenessProbe
    assert.equal(value.of {
      httpGet = { port = 80, path = "/", scheme = "HTTP" },
      timeoutSeconds = 1, periodSeconds = 10, successThreshold = 1, failureThreshold = 3,
    }, value.of(probe))
  end)

  local function created(spec, labels)
    spec.containers = { { name = "a", image = "i" } }
    return create("v1", "Pod",
      { metadata = { name = "p", namespace = "default", labels = labels }, spec = spec })
  end

  it("starts pending and stays five minutes on a failing node", function()
    local pod_created = created {}
    assert.equal("Pending", pod_created.status.phase)
    assert.equal("BestEffort", pod_created.status.qosClass)
    assert.equal(2, #pod_created.spec.tolerations)
    assert.equal(300, pod_created.spec.tolerations[2].tolerationSeconds)
    assert.equal(0, pod_created.spec.priority)
    assert.equal("default", pod_created.spec.serviceAccountName)
  end)

  it("leaves its author's tolerations alone", function()
    local tolerations = { { operator = "Exists" } }
    assert.equal(1, #created({ tolerations = tolerations }).spec.tolerations)
  end)

  it("waits at its scheduling gates", function()
    local conditions = created({ schedulingGates = { { name = "g" } } }).status.conditions
    assert.equal("SchedulingGated", conditions[1].reason)
  end)

  it("spreads among pods with its own values of the keys it names", function()
    local spread = created({ topologySpreadConstraints = { {
      maxSkew = 1, topologyKey = "zone", whenUnsatisfiable = "DoNotSchedule",
      labelSelector = { matchLabels = { app = "web" } }, matchLabelKeys = { "hash", "none" },
    } } }, { hash = "x" }).spec.topologySpreadConstraints[1]
    assert.equal(value.of { { key = "hash", operator = "In", values = { "x" } } },
      value.of(spread.labelSelector.matchExpressions))
  end)
end)

describe("a Service", function()
  local function service(spec, status)
    return read("v1", "Service", { metadata = { name = "s" }, spec = spec, status = status }).spec
  end

  it("is reached inside the cluster", function()
    local spec = service { ports = { { port = 80 } } }
    assert.equal("ClusterIP", spec.type)
    assert.equal("None", spec.sessionAffinity)
    assert.equal("Cluster", spec.internalTrafficPolicy)
    assert.is_nil(spec.externalTrafficPolicy)
    assert.same({ port = 80, protocol = "TCP", targetPort = 80 }, spec.ports[1])
  end)

  it("is reached from outside when it says so", function()
    local spec = service { type = "LoadBalancer", ports = { { port = 80, targetPort = "web" } } }
    assert.equal("Cluster", spec.externalTrafficPolicy)
    assert.is_true(spec.allocateLoadBalancerNodePorts)
    assert.equal("web", spec.ports[1].targetPort)
  end)

  it("is only a name when it is external", function()
    assert.is_nil(service({ type = "ExternalName", externalName = "x" }).internalTrafficPolicy)
  end)

  it("remembers a client for three hours", function()
    assert.equal(10800,
      service({ sessionAffinity = "ClientIP" }).sessionAffinityConfig.clientIP.timeoutSeconds)
  end)

  it("keeps its addresses and node ports on an update", function()
    local kind = kinds:find("v1", "Service")
    local function object(spec)
      return { apiVersion = "v1", kind = "Service", spec = spec,
        metadata = { name = "s", namespace = "default", uid = "u", resourceVersion = "1" } }
    end
    local old = assert(admission.read(kind, object { type = "NodePort", clusterIP = "10.0.0.1",
      clusterIPs = { "10.0.0.1" }, ports = { { port = 80, nodePort = 30080 } } }))
    local new = assert(admission.update(kind,
      object { type = "NodePort", ports = { { port = 80, name = "web" } } }, old)).spec
    assert.equal("10.0.0.1", new.clusterIP)
    assert.equal(30080, new.ports[1].nodePort)
    local inner = assert(admission.update(kind, object { ports = { { port = 80 } } }, old)).spec
    assert.is_nil(inner.ports[1].nodePort)
  end)
end)

describe("other kinds", function()
  it("a Node offers all it has", function()
    local node = read("v1", "Node", { status = { capacity = { cpu = "2000m" } } })
    assert.same({ cpu = "2" }, node.status.allocatable)
  end)

  it("a Namespace is labelled with its name, and holds on until it is empty", function()
    local namespace = create("v1", "Namespace", { metadata = { name = "team" } })
    assert.equal("team", namespace.metadata.labels["kubernetes.io/metadata.name"])
    assert.equal("kubernetes", namespace.spec.finalizers[1])
    assert.equal("Active", namespace.status.phase)
  end)

  it("a ReplicationController selects the pods of its template", function()
    local rc = read("v1", "ReplicationController",
      { spec = { template = { metadata = { labels = { app = "x" } } } } })
    assert.same({ app = "x" }, rc.spec.selector)
    assert.same({ app = "x" }, rc.metadata.labels)
    assert.equal(1, rc.spec.replicas)
  end)

  it("a LimitRange fills defaults from its limits", function()
    local item = read("v1", "LimitRange", { spec = { limits = {
      { type = "Container", max = { cpu = "2" }, min = { memory = "1Mi" } },
    } } }).spec.limits[1]
    assert.same({ cpu = "2" }, item.default)
    assert.same({ cpu = "2", memory = "1Mi" }, item.defaultRequest)
  end)

  it("a Secret keeps text as data", function()
    local secret = read("v1", "Secret", { stringData = { a = "hello", b = "", c = "ab" } })
    assert.same({ a = "aGVsbG8=", b = "", c = "YWI=" }, secret.data)
    assert.equal("Opaque", secret.type)
  end)

  it("a HorizontalPodAutoscaler aims at four fifths of the cpu", function()
    local spec = read("autoscaling/v2", "HorizontalPodAutoscaler", { spec = {
      maxReplicas = 3, behavior = { scaleDown = { stabilizationWindowSeconds = 60 } },
    } }).spec
    assert.equal(80, spec.metrics[1].resource.target.averageUtilization)
    assert.equal(2, #spec.behavior.scaleUp.policies)
    assert.equal(60, spec.behavior.scaleDown.stabilizationWindowSeconds)
    assert.equal("Max", spec.behavior.scaleDown.selectPolicy)
  end)

  it("a NetworkPolicy is about egress when it speaks of it", function()
    local function types_of(spec)
      return table.concat(read("networking.k8s.io/v1", "NetworkPolicy", { spec = spec })
        .spec.policyTypes, ",")
    end
    assert.equal("Ingress", types_of {})
    assert.equal("Ingress,Egress", types_of { egress = { { ports = { { port = 1 } } } } })
  end)

  it("a CronJob leaves its jobs as they are written", function()
    local spec = read("batch/v1", "CronJob", { spec = { schedule = "* * * * *" } }).spec
    assert.is_nil(spec.jobTemplate.spec.backoffLimit)
    assert.equal(3, spec.successfulJobsHistoryLimit)
  end)

  it("a StatefulSet's claims are whole objects", function()
    local claim = read("apps/v1", "StatefulSet", { spec = {
      volumeClaimTemplates = { { metadata = { name = "data" } } },
    } }).spec.volumeClaimTemplates[1]
    assert.equal("PersistentVolumeClaim", claim.kind)
    assert.equal("Filesystem", claim.spec.volumeMode)
    assert.equal("Pending", claim.status.phase)
  end)

  it("an explicit RollingUpdate of a StatefulSet keeps no partition", function()
    local strategy = read("apps/v1", "StatefulSet",
      { spec = { updateStrategy = { type = "RollingUpdate" } } }).spec.updateStrategy
    assert.is_nil(strategy.rollingUpdate)
  end)
end)
