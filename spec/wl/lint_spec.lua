-- SPDX-License-Identifier: MIT
--- Lint: each rule finds what it is about, at its place, and nothing in what is mended.
local lint = require "wl.lint"
local manifest = require "wl.manifest"
local process = require "spec.support.process"

-- The findings of manifests in a text; those of one rule.
local function findings(text, rule)
  local found = {}
  for _, finding in ipairs(lint.documents(assert(manifest.parse(text, "x.yaml")))) do
    if not rule or finding.rule == rule then found[#found + 1] = finding end
  end
  return found
end

local function deployment(fields)
  return ([[
apiVersion: apps/v1
kind: Deployment
metadata: { name: %s }
spec:
  replicas: %d
  progressDeadlineSeconds: %d
  strategy: { rollingUpdate: { maxUnavailable: %d, maxSurge: 1 } }
  selector: { matchLabels: { app: %s } }
  template:
    metadata: { labels: { app: %s, tier: front } }
    spec:
%s
      containers:
      - { name: web, image: nginx%s }
---
]]):format(fields.name or "web", fields.replicas or 2, fields.deadline or 600,
    fields.unavailable or 1, fields.app or "web", fields.app or "web",
    fields.pod and "      " .. fields.pod or "",
    fields.container and ", " .. fields.container or "")
end

local function cron_job(schedule, more, job)
  return ([[
apiVersion: batch/v1
kind: CronJob
metadata: { name: c }
spec:
  schedule: "%s"
  concurrencyPolicy: Forbid
  %s
  jobTemplate:
    spec:
      backoffLimit: 0
      %s
      template:
        spec: { restartPolicy: Never, containers: [ { name: x, image: busybox } ] }
]]):format(schedule, more or "", job or "")
end

local function object(text) return text .. "---\n" end

local function service(selector, port)
  return object(("apiVersion: v1\nkind: Service\nmetadata: { name: web }\n"
    .. "spec: { selector: { app: %s }, ports: [ { port: 80, targetPort: %s } ] }\n")
    :format(selector, port or 80))
end

local function pdb(spec, name)
  return object(("apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: %s }\n"
    .. "spec: { %s, selector: { matchLabels: { app: web } } }\n"):format(name or "web", spec))
end

local function quota(pods)
  return object(("apiVersion: v1\nkind: ResourceQuota\nmetadata: { name: q }\n"
    .. 'spec: { hard: { pods: "%d" } }\n'):format(pods))
end

local function autoscaler(target)
  return object(([[
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: h }
spec:
  maxReplicas: 5
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: %s }
  metrics:
  - type: Resource
    resource: { name: cpu, target: { type: Utilization, averageUtilization: 50 } }
]]):format(target))
end

local function ingress(name, port)
  return object(("apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: i }\n"
    .. "spec: { defaultBackend: { service: { name: %s, port: { number: %d } } } }\n")
    :format(name, port))
end

local function stateful_set(partition, grace, sleep)
  return object(([[
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: s }
spec:
  replicas: 3
  updateStrategy: { rollingUpdate: { partition: %d } }
  selector: { matchLabels: { app: s } }
  template:
    metadata: { labels: { app: s } }
    spec:
      terminationGracePeriodSeconds: %d
      containers:
      - { name: x, image: nginx, lifecycle: { preStop: { sleep: { seconds: %d } } } }
]]):format(partition, grace, sleep))
end

local function node_terms(...)
  local terms = {}
  for i, expressions in ipairs { ... } do
    terms[i] = "{ matchExpressions: [ " .. expressions .. " ] }"
  end
  return "affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: "
    .. "{ nodeSelectorTerms: [ " .. table.concat(terms, ", ") .. " ] } } }"
end

local function spread(app)
  return "topologySpreadConstraints: [ { maxSkew: 1, topologyKey: zone, whenUnsatisfiable: "
    .. "DoNotSchedule, labelSelector: { matchLabels: { app: " .. app .. " } } } ]"
end

local function pod_affinity(app)
  return "affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [ "
    .. "{ topologyKey: zone, labelSelector: { matchLabels: { app: " .. app .. " } } } ] } }"
end

local SSD, NOT_SSD = "{ key: disk, operator: In, values: [ ssd ] }",
  "{ key: disk, operator: NotIn, values: [ ssd ] }"
local PORT = "ports: [ { containerPort: 80, name: http, hostPort: 80 } ]"
local NAMED = "ports: [ { containerPort: 80, name: http } ]"
local READY_AFTER_60 = "readinessProbe: { httpGet: { path: /, port: 80 }, initialDelaySeconds: 60 }"
local DIES_AFTER_30 = ", livenessProbe: { httpGet: { path: /, port: 80 } }"
local DIES_AFTER_90 = ", livenessProbe: { httpGet: { path: /, port: 80 }, failureThreshold: 9 }"
local CPU = "resources: { requests: { cpu: 100m } }"

-- rule, what is wrong, what is found (the field, and words of the message), what is mended
local CASES = {
  { "selects-nothing", deployment {} .. service "wbe", "spec.selector",
    "has all of these labels", deployment {} .. service "web" },
  { "selects-nothing", deployment { app = "x" } .. pdb "maxUnavailable: 1", "spec.selector",
    "protects nothing", deployment {} .. pdb "maxUnavailable: 1" },
  { "term-matches-nothing", deployment { pod = node_terms(SSD .. ", " .. NOT_SSD) },
    "spec.template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"
    .. ".nodeSelectorTerms[0]", "no value of disk", deployment { pod = node_terms(SSD, NOT_SSD) } },
  { "term-matches-nothing", deployment { pod = node_terms(
    "{ key: size, operator: Gt, values: [ '4' ] }, { key: size, operator: Lt, values: [ '5' ] }") },
    "spec.template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"
    .. ".nodeSelectorTerms[0]", "no value of size", deployment { pod =
    node_terms("{ key: size, operator: Gt, values: [ '4' ] }, "
    .. "{ key: size, operator: Lt, values: [ '6' ] }") } },
  { "term-matches-nothing", deployment { pod = spread "wbe" },
    "spec.template.spec.topologySpreadConstraints[0].labelSelector", "not counted",
    deployment { pod = spread "web" } },
  { "term-matches-nothing", deployment { pod = pod_affinity "db" },
    "spec.template.spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]"
    .. ".labelSelector", "Pending", deployment { pod = pod_affinity "db" }
    .. deployment { name = "db", app = "db" } },
  { "selectors-overlap", deployment {} .. deployment { name = "web2" }, "spec.selector",
    "Deployment/web2", deployment {} .. deployment { name = "web2", app = "web2" } },
  { "budget-never-allows", deployment {} .. pdb "minAvailable: 2", "spec.minAvailable",
    "2 of 2", deployment {} .. pdb "minAvailable: 1" },
  { "budget-never-allows", deployment {} .. pdb 'minAvailable: "51%"', "spec.minAvailable",
    "51%% of 2", deployment {} .. pdb 'minAvailable: "50%"' },
  { "budget-never-allows", deployment {} .. pdb "maxUnavailable: 0", "spec.maxUnavailable",
    "without end", deployment {} .. pdb 'maxUnavailable: "1%"' },
  { "budget-never-allows",
    deployment {} .. pdb "maxUnavailable: 1" .. pdb("maxUnavailable: 1", "b"),
    "spec.selector", "PodDisruptionBudget/web already", deployment {} .. pdb "maxUnavailable: 1" },
  { "rollout-cannot-move", deployment { unavailable = 0, container = PORT },
    "spec.template.spec.containers[0].ports[0].hostPort", "port 80",
    deployment { unavailable = 1, container = PORT } },
  { "rollout-cannot-move", stateful_set(3, 60, 1), "spec.updateStrategy.rollingUpdate.partition",
    "no pod is updated", stateful_set(2, 60, 1) },
  { "quota-holds-up-rollout", deployment { unavailable = 0 } .. quota(2), "spec.hard.pods",
    "stands still", deployment { unavailable = 0 } .. quota(3) },
  { "quota-holds-up-rollout", deployment {} .. quota(1), "spec.hard.pods", "need 2",
    deployment {} .. quota(2) },
  { "deadline-too-short", deployment { deadline = 60, container = READY_AFTER_60 },
    "spec.progressDeadlineSeconds", "60 s are over", deployment { deadline = 61,
    container = READY_AFTER_60 } },
  { "probe-kills-starting-pod", deployment { container = READY_AFTER_60 .. DIES_AFTER_30 },
    "spec.template.spec.containers[0].livenessProbe", "gives up after 30 s",
    deployment { container = READY_AFTER_60 .. DIES_AFTER_90 } },
  { "probe-kills-starting-pod", stateful_set(0, 30, 30),
    "spec.template.spec.containers[0].lifecycle.preStop.sleep.seconds", "30 s use up",
    stateful_set(0, 31, 30) },
  { "schedule", cron_job "0 0 30 2 *", "spec.schedule", "never fires", cron_job "0 0 29 2 *" },
  { "schedule", cron_job("30 2 30-31 3 *", "timeZone: Europe/Berlin"), "spec.schedule",
    "2024%-03%-31 02:30 in Europe/Berlin does not exist",
    cron_job("30 2 * 3 *", "timeZone: Etc/UTC") },
  { "schedule", cron_job("30 2 * 10 *", "timeZone: Europe/Berlin"), "spec.schedule",
    "comes twice", cron_job("30 3 * 10 *", "timeZone: Europe/Berlin") },
  { "runs-pile-up",
    cron_job("*/5 * * * *", "", "activeDeadlineSeconds: 301"):gsub("Forbid", "Allow"),
    "spec.concurrencyPolicy", "301 s", cron_job("*/5 * * * *", "", "activeDeadlineSeconds: 300")
    :gsub("Forbid", "Allow") },
  { "job-runs-again", cron_job("0 0 * * *"):gsub("backoffLimit: 0", "backoffLimit: 2"),
    "spec.jobTemplate.spec.backoffLimit", "up to 2 times", cron_job "0 0 * * *" },
  { "autoscaler", deployment {} .. autoscaler "wbe", "spec.scaleTargetRef", "no Deployment",
    deployment { container = CPU }:gsub("  replicas: 2\n", "") .. autoscaler "web" },
  { "autoscaler", deployment {}:gsub("  replicas: 2\n", "") .. autoscaler "web",
    "spec.template.spec.containers[0].resources", "never scales",
    deployment { container = CPU }:gsub("  replicas: 2\n", "") .. autoscaler "web" },
  { "service-port", deployment { container = NAMED } .. service("web", "htpp"),
    "spec.ports[0].targetPort", "no container of Deployment/web", deployment { container = NAMED }
    .. service("web", "http") },
  { "service-port", deployment {} .. service "web" .. ingress("wbe", 80),
    "spec.defaultBackend.service.name", 'no Service "wbe"', deployment {} .. service "web"
    .. ingress("web", 80) },
  { "service-port", deployment {} .. service "web" .. ingress("web", 81),
    "spec.defaultBackend.service.port", "no such port", deployment {} .. service "web"
    .. ingress("web", 80) },
  { "missing-object", deployment { container = "envFrom: [ { configMapRef: { name: m } } ]" },
    "spec.template.spec.containers[0].envFrom[0].configMapRef.name", 'ConfigMap "m"',
    deployment { container = "envFrom: [ { configMapRef: { name: m, optional: true } } ]" } },
}

describe("lint", function()
  for number, case in ipairs(CASES) do
    local rule, wrong, field, words, mended = table.unpack(case)
    it(("%s (%d) finds it, and not what is mended"):format(rule, number), function()
      local found = findings(wrong, rule)[1]
      assert.is_not_nil(found)
      assert.equal(field, found.field)
      assert.matches(words, found.message)
      assert.matches("^x%.yaml:%d+:%d+$", found.place)
      assert.same({}, findings(mended, rule))
    end)
  end

  it("looks with every rule that ships, and each rule has a case", function()
    local tested = {}
    for _, case in ipairs(CASES) do tested[case[1]] = true end
    for _, rule in ipairs(lint.rules()) do assert.is_true(tested[rule.name], rule.name) end
  end)

  it("goes on after an object that is refused, and fails", function()
    local found = findings(deployment {}:gsub("nginx", "''") .. service "wbe")
    assert.equal("invalid", found[1].rule)
    assert.matches("containers%[0%]%.image: Required value", found[1].message)
    assert.is_true(lint.failed(found))
  end)

  it("tells of old versions with their place", function()
    local found = findings(cron_job "0 0 * * *":gsub("batch/v1", "batch/v1beta1"), "old-version")
    assert.matches("^x.yaml:1", found[1].place)
    assert.matches("write apiVersion: batch/v1", found[1].message)
  end)

  it("does not fail for notes", function()
    local found = findings(service "web")
    assert.equal("note", found[1].severity)
    assert.is_false(lint.failed(found))
  end)

  it("prints place, severity, field, reason and advice, and sums up", function()
    local text = lint.format(findings(deployment {} .. service "wbe"))
    assert.matches("x%.yaml:%d+:%d+: warning: Service/web: spec%.selector: no pod "
      .. ".-%[selects%-nothing%]", text)
    assert.matches('did you mean "app=web"', text)
    assert.matches("0 errors, 1 warning, 0 notes\n$", text)
  end)

  it("names the labels that there are once, and none that only Jobs have", function()
    local job = "apiVersion: batch/v1\nkind: Job\nmetadata: { name: j }\nspec: { template: { spec: "
      .. "{ restartPolicy: Never, containers: [ { name: c, image: c } ] } } }\n---\n"
    local found = findings(deployment {} .. deployment { name = "b" } .. job .. service "xyzzy",
      "selects-nothing")
    assert.matches("labels of pods here: app=web, tier=front$", found[1].advice)
  end)

  it("is a command, with directories, and status 1 when something is wrong", function()
    local files = { ["web.yaml"] = deployment {} .. service "wbe", ["good.yaml"] = deployment {} }
    local run = process.run({ "lint", "." }, files)
    assert.equal(1, run.status)
    assert.matches("web%.yaml:%d+:%d+: warning: Service/web: spec%.selector", run.out)
    assert.equal(0, process.run({ "lint", "good.yaml" }, files).status)
    run = process.run({ "lint", "none.yaml" }, files)
    assert.equal(2, run.status)
    assert.matches("none%.yaml", run.err)
  end)
end)
