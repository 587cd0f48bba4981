-- SPDX-License-Identifier: MIT
-- The scenario language: clusters, objects, rollouts, in this process.
local manifests = require "spec.support.manifests"
local scenario = require "wl.scenario"
local support = require "spec.support.words"

local new, printed = support.new, support.printed
local refusal, settled = support.refusal, support.settled

describe("get, exists and list", function()
  local words = settled()

  it("get an object by name, or as it is now", function()
    local web = words.get "deploy/web"
    assert.equal("web", web.metadata.name)
    assert.equal(web.metadata.uid, words.get("Deployment/web").metadata.uid)
    assert.equal(web.metadata.uid, words.get(web).metadata.uid)
    assert.equal("node-1", words.get("node/node-1").metadata.name)
  end)

  it("tell what there is not", function()
    local problem = refusal(words.get, "deploy/x")
    assert.equal("NotFound", problem.code)
    assert.equal('deployments.apps "x" not found', tostring(problem))
    assert.is_false(words.exists "deploy/x")
    assert.is_true(words.exists "deploy/web")
    assert.equal('there is no kind "deploi"; did you mean "deploy"?',
      refusal(words.get, "deploi/x").message)
    assert.equal('"web": write a kind and a name, as in "deploy/web"',
      refusal(words.get, "web").message)
    assert.equal('an object expected, as in "deploy/web"; got the integer 5',
      refusal(words.get, 5).message)
  end)

  it("list by labels and fields", function()
    assert.equal(2, #words.list("pods", "app=web"))
    assert.equal(0, #words.list("pods", "app!=web"))
    assert.equal(2, #words.list("pods", { selector = { matchLabels = { app = "web" } } }))
    assert.equal(2, #words.list("po", { field = "status.phase=Running" }))
    assert.equal(0, #words.list("pods", { field = "status.phase!=Running" }))
    assert.equal(0, #words.list("pods", { namespace = "kube-system" }))
  end)

  it("refuse what cannot be asked", function()
    assert.equal([[list: selector the text "app in (web": found '', expected: ',' or ')']],
      refusal(words.list, "pods", "app in (web").message)
    assert.equal('field "status.fase" does not exist; did you mean "phase"?',
      refusal(words.list, "pods", { field = "status.fase=x" }).message)
    assert.matches('^list: there is no option "selectr"',
      refusal(words.list, "pods", { selectr = "x" }).message)
  end)
end)

describe("kinds as constructors", function()
  it("apply, and sort fields", function()
    local words = new()
    local job = words.Job "pi" { image = "perl", completions = 3, labels = { a = "b" },
      nodeSelector = { disk = "ssd" }, env = { B = 2, A = 1 } }
    assert.equal("b", job.metadata.labels.a)
    assert.equal(3, job.spec.completions)
    local pod = job.spec.template.spec
    assert.same({ "Never", "ssd", "perl", "A", "2" }, { pod.restartPolicy, pod.nodeSelector.disk,
      pod.containers[1].image, pod.containers[1].env[1].name, pod.containers[1].env[2].value })
  end)

  it("select their pods by app", function()
    local web = new().Deployment "x" { image = "nginx" }
    assert.equal("x", web.spec.selector.matchLabels.app)
    assert.equal("x", web.spec.template.metadata.labels.app)
    local other = new().Deployment "y" { image = "nginx", selector = { matchLabels = { a = "1" } } }
    assert.equal("1", other.spec.template.metadata.labels.a)
  end)

  it("reach the pods of a CronJob", function()
    local object = require("wl.verbs.build").object(require("wl.registry").new():resolve "CronJob",
      "x", { schedule = "* * * * *", image = "a", suspend = true })
    assert.same({ schedule = "* * * * *", suspend = true, jobTemplate = { spec = { template = {
      metadata = { labels = { app = "x" } },
      spec = { restartPolicy = "OnFailure", containers = { { name = "x", image = "a" } } },
    } } } }, object.spec)
  end)

  it("leave the user's tables alone", function()
    local template = { spec = { containers = { { name = "a", image = "b" } } } }
    new().Deployment "x" { template = template }
    assert.is_nil(template.metadata)
  end)

  it("want a name and fields", function()
    local words = new()
    assert.equal('Deployment: a name expected, as in Deployment "web" { ... }; got a map',
      refusal(words.Deployment, { name = "x" }).message)
    assert.matches('unknown field "spec.replica"',
      refusal(words.Deployment "x", { image = "a", replica = 1 }).message)
    assert.equal('ConfigMap: unknown field "dat"; did you mean "data"?',
      refusal(words.ConfigMap "x", { dat = { a = "b" } }).message)
  end)
end)

describe("patch, scale, set_image, label and annotate", function()
  it("change an object and return it", function()
    local words = new()
    assert.equal(5, words.scale("deploy/web", 5).spec.replicas)
    assert.equal("nginx:2",
      words.set_image("deploy/web", "web=nginx:2").spec.template.spec.containers[1].image)
    assert.equal("nginx:3",
      words.set_image("deploy/web", "*=nginx:3").spec.template.spec.containers[1].image)
    local labelled = words.label("deploy/web", "tier=web,env=prod")
    assert.same({ "web", "prod" }, { labelled.metadata.labels.tier, labelled.metadata.labels.env })
    labelled = words.label("deploy/web", { tier = false })
    assert.same({ nil, "prod" }, { labelled.metadata.labels.tier, labelled.metadata.labels.env })
    assert.is_nil(words.label("deploy/web", "env-").metadata.labels)
    assert.equal("x y", words.annotate("deploy/web", "note=x y").metadata.annotations.note)
  end)

  it("patch in every way", function()
    local words = new()
    assert.equal(3, words.patch("deploy/web", { spec = { replicas = 3 } }).spec.replicas)
    assert.equal(4, words.patch("deploy/web", { spec = { replicas = 4 } }, { type = "merge" })
      .spec.replicas)
    assert.equal(5, words.patch("deploy/web",
      { { op = "replace", path = "/spec/replicas", value = 5 } }, { type = "json" }).spec.replicas)
    local six = words.patch("deploy/web", function(web) web.spec.replicas = 6 end)
    assert.equal(6, six.spec.replicas)
    local two = words.patch("deploy/web", { spec = { template = { spec = { containers = {
      { name = "log", image = "log" } } } } } })
    assert.equal(2, #two.spec.template.spec.containers)
  end)

  it("refuse what Kubernetes refuses, and change nothing", function()
    local words = new()
    local problem = refusal(words.scale, "deploy/web", -1)
    assert.same({ "Invalid", "spec.replicas" }, { problem.code, problem.causes[1].field })
    assert.equal("Invalid", refusal(words.label, "deploy/web", "a=b c").code)
    assert.matches("field is immutable", refusal(words.patch, "deploy/web",
      { spec = { selector = { matchLabels = { app = "x" } } } }).message)
    assert.equal(2, words.get("deploy/web").spec.replicas)
  end)

  it("tell what to write instead", function()
    local words = new()
    for _, case in ipairs {
      { "scale", { "deploy/web" }, 'as in scale("deploy/web", 5); got nothing' },
      { "scale", { "deploy/web", "5" }, 'got the text "5"' },
      { "set_image", { "deploy/web", "nginx" }, "write container=image" },
      { "set_image", { "deploy/web", "wep=x" }, 'no container "wep"; did you mean "web"?' },
      { "label", { "deploy/web", "a" }, '"a": write key=value to set and key- to remove' },
      { "annotate", { "deploy/web" }, "got nothing" },
      { "patch", { "deploy/web", "x" }, 'got the text "x"' },
      { "patch", { "deploy/web", {}, { type = "x" } }, 'use "strategic", "merge" or "json"' },
      { "delete", { "deploy/web", { grace = "x" } }, 'delete: grace: "x" is not a duration' },
      { "delete", { "deploy/web", { propagation = "x" } },
        'propagation is "Background", "Foreground" or "Orphan"' },
      { "apply", {}, "got nothing" },
      { "apply", { {} }, "this has no apiVersion" },
      { "apply", { "a.yaml", { unknown = true } }, 'apply: there is no option "unknown"' },
    } do
      local message = refusal(words[case[1]], table.unpack(case[2])).message
      assert.is_truthy(message:find(case[3], 1, true), message)
    end
  end)
end)

describe("delete", function()
  it("takes what it owns along, unless told not to", function()
    local words = settled()
    words.delete "deploy/web"
    words.run "1m"
    assert.equal(0, #words.list "deploy" + #words.list "rs" + #words.list "pods")
    words = settled()
    words.delete("deploy/web", { propagation = "orphan" })
    words.run "1m"
    assert.same({ 0, 1, 2 }, { #words.list "deploy", #words.list "rs", #words.list "pods" })
  end)
end)

describe("rollout", function()
  local function twice()
    local words = settled()
    words.set_image("deploy/web", "web=nginx:2")
    words.wait("deploy/web", "rolled out")
    return words
  end

  it("tells status and history", function()
    local words = twice()
    assert.equal('deployment "web" successfully rolled out\n',
      printed(words.rollout.status, "deploy/web"))
    assert.equal("deployment.apps/web \nREVISION  CHANGE-CAUSE\n1         <none>\n"
      .. "2         <none>\n", printed(words.rollout.history, "deploy/web"))
  end)

  it("undoes, to a revision, too", function()
    local words = twice()
    words.rollout.undo "deploy/web"
    assert.equal("nginx:1.14", words.get("deploy/web").spec.template.spec.containers[1].image)
    words.wait("deploy/web", "rolled out")
    words.rollout.undo("deploy/web", 2)
    assert.equal("nginx:2", words.get("deploy/web").spec.template.spec.containers[1].image)
    assert.equal("NotFound", refusal(words.rollout.undo, "deploy/web", 9).code)
    assert.matches("the number of a revision",
      refusal(words.rollout.undo, "deploy/web", "x").message)
  end)

  it("pauses, resumes and restarts", function()
    local words = settled()
    words.rollout.pause "deploy/web"
    assert.is_true(words.get("deploy/web").spec.paused)
    assert.matches("already paused", refusal(words.rollout.pause, "deploy/web").message)
    words.rollout.resume "deploy/web"
    assert.is_nil(words.get("deploy/web").spec.paused)
    words.rollout.restart "deploy/web"
    words.wait("deploy/web", "rolled out")
    assert.equal(2, #words.list "rs")
  end)

  it("knows its words", function()
    local words = new()
    assert.matches('rollout.stats: there is no such verb; did you mean "status"?',
      refusal(function() return words.rollout.stats end).message)
  end)
end)

describe("clusters", function()
  it("have the verbs as methods", function()
    local words = scenario.new():environment()
    local big, small = words.cluster { nodes = 5 }, words.cluster { nodes = 1 }
    small:apply(manifests.web())
    assert.same({ 5, 1, 5 }, { #big:list "nodes", #small:list "nodes", #words.list "nodes" })
    assert.is_true(small:exists "deploy/web")
    assert.is_false(words.exists "deploy/web")
    small:wait "deploy/web"
    assert.same({ 0, 1 }, { big:now(), small:now() })
    small.rollout.restart "deploy/web"
    assert.equal('a cluster has no verb "aply"; did you mean "apply"?',
      refusal(function() return big:aply() end).message)
  end)

  it("check their options", function()
    local words = scenario.new():environment()
    for _, case in ipairs {
      { { nods = 3 }, 'cluster: unknown option "nods"' },
      { { nodes = "3" }, "cluster: nodes is an integer of at least 0, not string 3" },
      { { nodes = -1 }, "cluster: nodes is an integer of at least 0, not number -1" },
      { { seed = 1.5 }, "cluster: seed is an integer, not number 1.5" },
      { { start = "today" }, 'cluster: start: "today" is not a time' },
      { 3, "cluster: a table of options expected" },
    } do
      local message = refusal(words.cluster, case[1]).message
      assert.is_truthy(message:find(case[2], 1, true), message)
    end
  end)

  it("come before other verbs", function()
    local words = scenario.new():environment()
    words.list "pods"
    assert.matches("put cluster { } first", refusal(words.cluster, {}).message)
  end)

  it("warn once", function()
    local warned = {}
    local words = scenario.new({ on_cluster = function(cluster)
      cluster.on_warning = function(text) warned[#warned + 1] = text end
    end }):environment()
    local old = manifests.web { ["apps/v1"] = "apps/v1beta1" }
    words.apply(old)
    words.apply(old)
    assert.equal(1, #warned)
  end)
end)

describe("a name that is nothing", function()
  it("is an error with the nearest right word", function()
    local words = scenario.new():environment()
    for given, wanted in pairs { aply = "apply", Deploymnet = "Deployment", prnt = "print" } do
      assert.equal(('there is no verb or variable "%s"; did you mean "%s"?'):format(given, wanted),
        refusal(function() return words[given] end).message)
    end
  end)
end)
