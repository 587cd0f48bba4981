-- SPDX-License-Identifier: MIT
-- The rules of a pod, each broken once. A case: what it is about, fields of the
-- spec (or of its only container), what is said.
local refusals = require "spec.support.refusals"

local function pod(fields)
  local spec = { containers = { { name = "c", image = "i" } } }
  for field, x in pairs(refusals.read(fields)) do spec[field] = x end
  return { apiVersion = "v1", kind = "Pod", metadata = { name = "web" }, spec = spec }
end

local function container(fields)
  local c = refusals.read(fields)
  c.name, c.image = c.name or "c", c.image or "i"
  return pod { containers = { c }, volumes = { { name = "v", emptyDir = {} } } }
end

local function each(make, cases, prefix)
  for _, case in ipairs(cases) do
    it(case[1], function()
      local expected = {}
      for i = 3, #case do expected[i - 2] = prefix .. case[i] end
      table.sort(expected)
      assert.same(expected, refusals.of_create(make(case[2])))
    end)
  end
end

local function specs(cases) each(pod, cases, "spec.") end

local function containers(cases) each(container, cases, "spec.containers[0].") end

describe("a container's", function()
  containers {
    { "names", "{ name: C_, image: ' i' }", "name invalid", "image invalid" },
    { "ports", "ports: [{ containerPort: 0 }, { containerPort: 70000, protocol: X }]",
      "ports[0].containerPort required", "ports[1].containerPort invalid",
      "ports[1].protocol unsupported" },
    { "port names",
      "ports: [{ containerPort: 1, name: toolongportnameeeee }, { containerPort: 2, name: a }, "
        .. "{ containerPort: 3, name: a }]",
      "ports[0].name invalid", "ports[2].name duplicate" },
    { "pull policy", "imagePullPolicy: Maybe", "imagePullPolicy unsupported" },
    { "variables", "env: [{ name: a=b }, { name: o, value: v, valueFrom: { fieldRef: "
        .. "{ fieldPath: metadata.name } } }, { name: p, valueFrom: { fieldRef: "
        .. "{ fieldPath: metadata.nothing } } }]",
      "env[0].name invalid", "env[1].valueFrom invalid",
      "env[2].valueFrom.fieldRef.fieldPath invalid" },
    { "maps of variables", "envFrom: [{ configMapRef: { name: a }, secretRef: { name: b } }]",
      "envFrom invalid" },
    { "mounts", "volumeMounts: [{ name: nothing, mountPath: /a }, { name: v, mountPath: /a }, "
        .. "{ name: v, mountPath: /b, subPath: ../x }]",
      "volumeMounts[0].name not found", "volumeMounts[1].mountPath invalid",
      "volumeMounts.subPath invalid" },
    { "requests above limits", "resources: { requests: { cpu: 2 }, limits: { cpu: 1 } }",
      "resources.requests invalid" },
    { "resource names", "resources: { limits: { bogus: 1 } }", "resources.limits[bogus] invalid",
      "resources.requests[bogus] invalid" },
    { "resources that come whole",
      "resources: { limits: { example.com/gpu: 500m }, requests: { example.com/gpu: 500m } }",
      "resources.limits[example.com/gpu] invalid", "resources.requests[example.com/gpu] invalid" },
    { "probes", "livenessProbe: { httpGet: { port: 80 }, exec: { command: [a] } }",
      "livenessProbe.httpGet forbidden" },
    { "probes' numbers", "livenessProbe: { exec: { command: [a] }, successThreshold: 2, "
        .. "periodSeconds: -1 }",
      "livenessProbe.periodSeconds invalid", "livenessProbe.successThreshold invalid" },
    { "probes without a handler", "readinessProbe: { periodSeconds: 1 }",
      "readinessProbe required" },
    { "hooks", "lifecycle: { preStop: { sleep: { seconds: 100 } } }",
      "lifecycle.preStop.sleep invalid" },
    { "user", "securityContext: { runAsUser: -1 }", "securityContext.runAsUser invalid" },
    { "privileges", "securityContext: { privileged: true, allowPrivilegeEscalation: false }",
      "securityContext invalid" },
    { "seccomp profile", "securityContext: { seccompProfile: { type: Localhost } }",
      "securityContext.seccompProfile.localhostProfile required" },
  }
end)

describe("a pod's", function()
  specs {
    { "containers", "containers: []", "containers required" },
    { "containers of one name",
      "containers: [{ name: a, image: i }, { name: a, image: i }]",
      "containers[1].name duplicate" },
    { "init containers of a container's name", "initContainers: [{ name: c, image: i }]",
      "initContainers[0].name duplicate" },
    { "init containers, which have no probes",
      "initContainers: [{ name: i, image: i, readinessProbe: { exec: { command: [a] } } }]",
      "initContainers[0].readinessProbe forbidden" },
    { "host ports, used twice",
      "containers: [{ name: a, image: i, ports: [{ containerPort: 1, hostPort: 1 }] }, "
        .. "{ name: b, image: i, ports: [{ containerPort: 2, hostPort: 1 }] }]",
      "containers[1].ports[0].hostPort duplicate" },
    { "restart policy", "restartPolicy: Sometimes", "restartPolicy unsupported" },
    { "DNS", "dnsPolicy: None", "dnsConfig required" },
    { "DNS servers", "dnsConfig: { nameservers: [x] }", "dnsConfig.nameservers[0] invalid" },
    { "deadline", "activeDeadlineSeconds: 0", "activeDeadlineSeconds invalid" },
    { "host name", "hostname: A", "hostname invalid" },
    { "host aliases", "hostAliases: [{ ip: x, hostnames: [A_] }]",
      "hostAliases[0].hostnames[0] invalid", "hostAliases[0].ip invalid" },
    { "host ports on the host's network",
      "{ hostNetwork: true, containers: [{ name: c, image: i, ports: [{ containerPort: 1, "
        .. "hostPort: 2 }] }] }",
      "containers[0].ports[0].hostPort invalid" },
    { "scheduling gates", "schedulingGates: [{ name: a }, { name: a }]",
      "schedulingGates[1] duplicate" },
    { "gates with a node", "{ schedulingGates: [{ name: a }], nodeName: node }",
      "nodeName forbidden" },
    { "system settings", "securityContext: { sysctls: [{ name: kernel.x, value: '1' }, "
        .. "{ name: kernel.x, value: '1' }, { name: '' }] }",
      "securityContext.sysctls[1].name duplicate", "securityContext.sysctls[2].name required" },
  }
end)

describe("a pod's volumes:", function()
  specs {
    { "one of a name", "volumes: [{ name: v, emptyDir: {} }, { name: v, emptyDir: {} }]",
      "volumes[1].name duplicate" },
    { "two sources", "volumes: [{ name: v, emptyDir: {}, hostPath: { path: /a } }]",
      "volumes[0].hostPath forbidden" },
    { "a path with steps back", "volumes: [{ name: v, hostPath: { path: /a/.. } }]",
      "volumes[0].hostPath.path invalid" },
    { "a file outside", "volumes: [{ name: v, secret: { secretName: s, items: "
        .. "[{ key: a, path: /b }] } }]",
      "volumes[0].secret.items[0].path invalid" },
    { "a claim without a name", "volumes: [{ name: v, persistentVolumeClaim: { claimName: '' } }]",
      "volumes[0].persistentVolumeClaim.claimName required" },
    { "sources projected to one path",
      "volumes: [{ name: v, projected: { sources: [{ configMap: { name: a, items: [{ key: k, "
        .. "path: p }] } }, { secret: { name: b, items: [{ key: k, path: p }] } }] } }]",
      "volumes[0].projected invalid" },
  }
end)

describe("where a pod may run:", function()
  specs {
    { "tolerations", "tolerations: [{ operator: Equal }, { key: a, operator: Exists, value: x, "
        .. "effect: NoExecute }, { key: a, operator: Exists, tolerationSeconds: 1, effect: "
        .. "NoSchedule }]",
      "tolerations[0].operator invalid", "tolerations[1].operator invalid",
      "tolerations[2].effect invalid" },
    { "nodes, required", "affinity: { nodeAffinity: { "
        .. "requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } }",
      "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms "
        .. "required" },
    { "pods, without a topology", "affinity: { podAntiAffinity: { "
        .. "requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: '' }] } }",
      "affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey "
        .. "required",
      "affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey "
        .. "invalid" },
    { "spread", "topologySpreadConstraints: [{ maxSkew: 0, topologyKey: '', "
        .. "whenUnsatisfiable: x }, { maxSkew: 1, topologyKey: z, whenUnsatisfiable: "
        .. "DoNotSchedule }, { maxSkew: 1, topologyKey: z, whenUnsatisfiable: DoNotSchedule }]",
      "topologySpreadConstraints[0].maxSkew invalid",
      "topologySpreadConstraints[0].topologyKey required",
      "topologySpreadConstraints[0].whenUnsatisfiable unsupported",
      "topologySpreadConstraints[1].{topologyKey, whenUnsatisfiable} duplicate" },
  }
end)

describe("a change of a pod:", function()
  local function change(old, fields)
    return refusals.of_update(pod(old), { spec = refusals.read(fields) })
  end

  it("another image", function()
    assert.same({}, change({}, "containers: [{ name: c, image: j, imagePullPolicy: Always }]"))
  end)

  it("another command", function()
    assert.same({ "spec forbidden" },
      change({}, "containers: [{ name: c, image: i, command: [x] }]"))
  end)

  it("another container", function()
    assert.same({ "spec.containers forbidden" },
      change({}, "containers: [{ name: c, image: i }, { name: d, image: i }]"))
  end)

  it("a shorter deadline, a longer one, none", function()
    assert.same({}, change("activeDeadlineSeconds: 9", "activeDeadlineSeconds: 8"))
    assert.same({ "spec.activeDeadlineSeconds invalid" },
      change("activeDeadlineSeconds: 9", "activeDeadlineSeconds: 10"))
    assert.same({ "spec.activeDeadlineSeconds invalid" },
      change("activeDeadlineSeconds: 9", "activeDeadlineSeconds: null"))
  end)

  it("more tolerations, fewer", function()
    local all = "tolerations: [{ operator: Exists }]"
    assert.same({}, change(all, "tolerations: [{ operator: Exists }, { key: a, "
      .. "operator: Exists }]"))
    assert.same({ "spec.tolerations forbidden" }, change(all, "tolerations: null"))
  end)

  it("fewer gates, other ones", function()
    local gate = "schedulingGates: [{ name: a }]"
    assert.same({}, change(gate, "schedulingGates: null"))
    assert.same({ "spec.schedulingGates[0].name forbidden" },
      change(gate, "schedulingGates: [{ name: b }]"))
  end)

  it("more of a node selector, while there are gates", function()
    local gate = "schedulingGates: [{ name: a }]"
    assert.same({}, change(gate, "nodeSelector: { disk: ssd }"))
    assert.same({ "spec.nodeSelector invalid" },
      change(gate .. "\nnodeSelector: { disk: ssd }", "nodeSelector: { disk: hdd }"))
    assert.same({ "spec forbidden" }, change({}, "nodeSelector: { disk: ssd }"))
  end)
end)

describe("a pod's status:", function()
  local function statuses(state)
    return ("containerStatuses: [{ name: c, ready: false, restartCount: 0, image: i, "
      .. "imageID: i, state: { %s } }]"):format(state)
  end

  -- A container that has ended with the code and runs again.
  local function again(policy, code)
    local object = pod { restartPolicy = policy }
    object.status = refusals.read(statuses(("terminated: { exitCode: %d }"):format(code)))
    return refusals.of_status(object, { status = refusals.read(statuses "running: {}") })
  end

  it("a container runs again only where the policy has it so", function()
    local refused = { "status.containerStatuses[0].state forbidden" }
    assert.same({}, again("Always", 0))
    assert.same({}, again("OnFailure", 1))
    assert.same(refused, again("OnFailure", 0))
    assert.same(refused, again("Never", 1))
  end)

  it("one address of a family", function()
    assert.same({ "status.podIPs invalid" }, refusals.of_status(pod {},
      "status: { podIPs: [{ ip: 10.0.0.1 }, { ip: 10.0.0.2 }] }"))
    assert.same({}, refusals.of_status(pod {},
      "status: { podIPs: [{ ip: 10.0.0.1 }, { ip: 'fd00::1' }] }"))
  end)
end)
