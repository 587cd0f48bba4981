-- SPDX-License-Identifier: MIT
-- The rules of the kinds beside pods and their controllers, each broken once.
-- A case: what it is about, an object in YAML, what is said.
local refusals = require "spec.support.refusals"

local created, changed = refusals.created, refusals.changed

describe("metadata:", function()
  created("apiVersion: v1\nkind: ConfigMap", {
    { "a name", "metadata: { name: A_b }", "metadata.name invalid" },
    { "labels", "metadata: { labels: { 'a b': c, d: 'e f' } }", "metadata.labels invalid" },
    { "annotations", "metadata: { annotations: { 'a b': c } }", "metadata.annotations invalid" },
    { "owners", "metadata: { ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: a, "
        .. "uid: a, controller: true }, { apiVersion: apps/v1, kind: ReplicaSet, name: b, "
        .. "uid: b, controller: true }, { apiVersion: '', kind: '', name: '', uid: '' }] }",
      "metadata.ownerReferences invalid", "metadata.ownerReferences.apiVersion invalid",
      "metadata.ownerReferences.kind invalid", "metadata.ownerReferences.name invalid",
      "metadata.ownerReferences.uid invalid" },
    { "finalizers", "metadata: { finalizers: [x] }", "metadata.finalizers[0] invalid" },
  })

  changed("apiVersion: v1\nkind: ConfigMap", {
    { "another uid", "metadata: { uid: x }", "metadata.uid invalid" },
    { "labels", "metadata: { labels: { 'a b': c } }", "metadata.labels invalid" },
  })
end)

describe("a Namespace:", function()
  created("apiVersion: v1\nkind: Namespace", {
    { "a name with a dot", "metadata: { name: a.b }", "metadata.name invalid" },
    { "a finalizer", "metadata: { name: a }\nspec: { finalizers: [x] }",
      "spec.finalizers invalid" },
  })
end)

describe("a Node:", function()
  created("apiVersion: v1\nkind: Node", {
    { "taints", "spec: { taints: [{ key: a, effect: X }, { key: b, effect: NoExecute }, "
        .. "{ key: b, effect: NoExecute }] }",
      "metadata.taints[0].effect unsupported", "metadata.taints[2] duplicate" },
    { "amounts", "status: { capacity: { cpu: -1 } }", "status.allocatable.cpu invalid",
      "status.capacity.cpu invalid" },
  })
  changed("apiVersion: v1\nkind: Node\nspec: { providerID: a, podCIDRs: [10.0.0.0/24] }", {
    { "what is set once", "spec: { providerID: b, podCIDR: 10.0.1.0/24, podCIDRs: [10.0.1.0/24] }",
      "spec.podCIDRs forbidden", "spec.providerID forbidden" },
    { "unschedulable", "spec: { unschedulable: true }" },
  })
end)

describe("a ConfigMap:", function()
  created("apiVersion: v1\nkind: ConfigMap", {
    { "keys", "data: { 'a b': c, ..: d }", "data[..] invalid", "data[a b] invalid" },
    { "a key of two", "data: { a: x }\nbinaryData: { a: eA== }", "data[a] invalid" },
    { "its size", "data: { a: " .. ("x"):rep(1024 * 1024 + 1) .. " }", " too long" },
  })
  changed("{ apiVersion: v1, kind: ConfigMap, immutable: true, data: { a: b } }", {
    { "data of an immutable one", "data: { a: c }", "data forbidden" },
    { "an immutable one to a mutable one", "immutable: false", "immutable forbidden" },
    { "labels of an immutable one", "metadata: { labels: { a: b } }" },
  })
end)

describe("a Secret:", function()
  created("apiVersion: v1\nkind: Secret", {
    { "keys that its type must have", "type: kubernetes.io/tls\ndata: { tls.crt: eA== }",
      "data[tls.key] required" },
    { "plain data", "stringData: { a: b }" },
    { "logins in JSON", "type: kubernetes.io/dockerconfigjson\ndata: { .dockerconfigjson: "
      .. "eyJhdXRocyI6IHt9fQ== }" },
    { "logins that are cut short", "type: kubernetes.io/dockerconfigjson\ndata: { "
      .. ".dockerconfigjson: eyJhdXRocyI6IHs= }", "data[.dockerconfigjson] invalid" },
    { "logins that are no object", "type: kubernetes.io/dockercfg\ndata: { .dockercfg: WzFd }",
      "data[.dockercfg] invalid" },
  })
  changed("{ apiVersion: v1, kind: Secret, data: { a: eA== } }", {
    { "its type", "type: x", "type invalid" },
  })
end)

describe("a PersistentVolumeClaim:", function()
  local GOOD = "{ apiVersion: v1, kind: PersistentVolumeClaim, spec: { accessModes: "
    .. "[ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }"
  created("apiVersion: v1\nkind: PersistentVolumeClaim", {
    { "no spec", "spec: {}", "spec.accessModes required", "spec.resources[storage] required" },
    { "an access mode", "spec: { accessModes: [X], resources: { requests: { storage: 0 } } }",
      "spec.accessModes unsupported", "spec.resources[storage] invalid" },
  })
  changed(GOOD, {
    { "its access mode", "spec: { accessModes: [ReadWriteMany] }", "spec forbidden" },
    { "its size while it is not bound", "spec: { resources: { requests: { storage: 2Gi } } }",
      "spec forbidden" },
    { "its volume", "spec: { volumeName: v }" },
    { "its class", "spec: { storageClassName: fast }" },
  })
  changed("{ apiVersion: v1, kind: PersistentVolumeClaim, spec: { accessModes: [ReadWriteOnce], "
    .. "storageClassName: fast, volumeName: v, resources: { requests: { storage: 2Gi } } }, "
    .. "status: { phase: Bound, capacity: { storage: 2Gi } } }", {
    { "more of it", "spec: { resources: { requests: { storage: 3Gi } } }" },
    { "less of it", "spec: { resources: { requests: { storage: 1Gi } } }",
      "spec.resources.requests.storage forbidden" },
    { "its class", "spec: { storageClassName: slow }", "spec forbidden" },
    { "its volume", "spec: { volumeName: w }", "spec forbidden" },
  })
end)

describe("a PersistentVolume:", function()
  created("apiVersion: v1\nkind: PersistentVolume", {
    { "no spec", "spec: {}", "spec required", "spec.accessModes required",
      "spec.capacity required", "spec.capacity unsupported" },
  })
end)

describe("a StorageClass:", function()
  created("apiVersion: storage.k8s.io/v1\nkind: StorageClass", {
    { "no provisioner", "provisioner: ''", "provisioner required" },
    { "words", "provisioner: a\nreclaimPolicy: X\nvolumeBindingMode: Z",
      "reclaimPolicy unsupported", "volumeBindingMode unsupported" },
  })
  changed("{ apiVersion: storage.k8s.io/v1, kind: StorageClass, provisioner: a }", {
    { "provisioner", "provisioner: b", "provisioner forbidden" },
  })
end)

describe("a PriorityClass:", function()
  created("apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass", {
    { "above what users may have", "value: 1000000001", "value forbidden" },
    { "a name of the system's", "metadata: { name: system-x }\nvalue: 1",
      "metadata.name forbidden" },
    { "one of the system's own", "metadata: { name: system-node-critical }\nvalue: 2000001000" },
    { "one of the system's own with another value",
      "metadata: { name: system-node-critical }\nvalue: 1", "metadata.name forbidden" },
    { "a policy", "value: 1\npreemptionPolicy: X", "preemptionPolicy unsupported" },
  })
  changed("{ apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, value: 1 }", {
    { "value", "value: 2", "value forbidden" },
    { "policy", "preemptionPolicy: Never", "preemptionPolicy invalid" },
    { "what it is for", "description: all of them" },
  })
end)

describe("a PodDisruptionBudget:", function()
  created("apiVersion: policy/v1\nkind: PodDisruptionBudget", {
    { "two numbers", "spec: { minAvailable: 1, maxUnavailable: 1 }", "spec invalid" },
    { "numbers", "spec: { minAvailable: 101% }", "spec.minAvailable invalid" },
    { "a policy", "spec: { unhealthyPodEvictionPolicy: X }",
      "spec.unhealthyPodEvictionPolicy unsupported" },
    { "numbers below zero", "spec: { maxUnavailable: -1 }", "spec.maxUnavailable invalid" },
    { "no number", "spec: { minAvailable: x }", "spec.minAvailable invalid" },
    { "a selector", "spec: { minAvailable: 1, selector: { matchExpressions: [{ key: a, operator: "
        .. "X }, { key: b, operator: In }, { key: c, operator: Exists, values: [d] }] } }",
      "spec.selector.matchExpressions[0].operator invalid",
      "spec.selector.matchExpressions[1].values required",
      "spec.selector.matchExpressions[2].values forbidden" },
  })
  changed("{ apiVersion: policy/v1, kind: PodDisruptionBudget, spec: { minAvailable: 1 } }", {
    { "all of it", "spec: { minAvailable: null, maxUnavailable: 50%, selector: {} }" },
    { "to two numbers", "spec: { maxUnavailable: 1 }", "spec invalid" },
  })
end)

describe("a ResourceQuota:", function()
  created("apiVersion: v1\nkind: ResourceQuota", {
    { "amounts", "spec: { hard: { bogus: 1, pods: 1500m } }", "spec.hard[bogus] invalid",
      "spec.hard[pods] invalid" },
    { "scopes", "spec: { scopes: [BestEffort, NotBestEffort] }", "spec.scopes invalid" },
  })
  changed("apiVersion: v1\nkind: ResourceQuota\nspec: { scopes: [BestEffort] }", {
    { "scopes", "spec: { scopes: [NotBestEffort] }", "spec.scopes invalid" },
  })
end)

describe("a LimitRange:", function()
  created("apiVersion: v1\nkind: LimitRange", {
    { "order", "spec: { limits: [{ type: Container, min: { cpu: 2 }, max: { cpu: 1 } }] }",
      "spec.limits[0].default[cpu] invalid", "spec.limits[0].defaultRequest[cpu] invalid",
      "spec.limits[0].min[cpu] invalid" },
    { "types", "spec: { limits: [{ type: X }, { type: Pod }, { type: Pod }] }",
      "spec.limits[0].type invalid", "spec.limits[2].type duplicate" },
  })
end)

describe("an Ingress:", function()
  created("apiVersion: networking.k8s.io/v1\nkind: Ingress", {
    { "neither rules nor a backend", "spec: {}", "spec invalid" },
    { "paths", "spec: { rules: [{ host: A_, http: { paths: [{ path: a, pathType: Exact, backend: "
        .. "{ service: { name: s, port: { number: 1 } } } }, { path: /a, pathType: X, backend: "
        .. "{ service: { name: s, port: {} } } }] } }] }",
      "spec.rules[0].host invalid", "spec.rules[0].http.paths[0].path invalid",
      "spec.rules[0].http.paths[1].backend required",
      "spec.rules[0].http.paths[1].pathType unsupported" },
  })
end)

describe("a NetworkPolicy:", function()
  created("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy", {
    { "ports", "spec: { podSelector: {}, ingress: [{ ports: [{ port: 0 }, { protocol: X }, "
        .. "{ port: 9, endPort: 8 }, { port: http, endPort: 8 }, { endPort: 8 }] }] }",
      "spec.ingress[0].ports[0].port invalid", "spec.ingress[0].ports[1].protocol unsupported",
      "spec.ingress[0].ports[2].endPort invalid", "spec.ingress[0].ports[3].endPort invalid",
      "spec.ingress[0].ports[4].endPort invalid" },
    { "peers", "spec: { podSelector: {}, egress: [{ to: [{}, { podSelector: {}, ipBlock: { cidr: "
        .. "10.0.0.0/8 } }, { ipBlock: { cidr: x } }] }] }",
      "spec.egress[0].to[0] required", "spec.egress[0].to[1] forbidden",
      "spec.egress[0].to[2].ipBlock.cidr invalid" },
    { "what is left out of a block", "spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: "
        .. "{ cidr: 10.1.0.0/17, except: [10.1.5.0/24, 10.1.128.0/24, 10.1.0.0/17] } }, { ipBlock: "
        .. "{ cidr: 'fd00:1::/20', except: ['fd00:fff::/32', 'fd00:1fff::/32'] } }] }] }",
      "spec.ingress[0].from[0].ipBlock.except[1] invalid",
      "spec.ingress[0].from[0].ipBlock.except[2] invalid",
      "spec.ingress[0].from[1].ipBlock.except[1] invalid" },
    { "types", "spec: { podSelector: {}, policyTypes: [X] }", "spec.policyTypes[0] unsupported" },
  })
end)
