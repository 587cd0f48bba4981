-- SPDX-License-Identifier: MIT
-- The command line, as a user has it: each test is a process.
local manifests = require "spec.support.manifests"
local process = require "spec.support.process"

local WEB = { ["web.yaml"] = manifests.web() }
local TOO_BIG = { ["web.yaml"] = manifests.web {
  ["image: nginx:1.14"] = "image: nginx\n        resources: {requests: {cpu: 100}}" } }

local function succeeds(run)
  assert.equal(0, run.status, run.err)
  return run
end

describe("the exit status", function()
  it("is 0 when all is as expected", function()
    succeeds(process.scenario "expect(1).is(1)")
    succeeds(process.scenario "")
  end)

  it("is 1 when an expectation fails, with its line", function()
    local run = process.scenario "\nexpect(1, 'one').is(2)"
    assert.same({ 1, "run.lua:2: one: expected to be 2, got 1\n" }, { run.status, run.err })
  end)

  it("is 1 when what was waited for does not come, with what was seen", function()
    local run = process.scenario([[
      apply "web.yaml"
      wait("deploy/web", "rolled out", "30s")]], TOO_BIG)
    assert.equal(1, run.status)
    assert.matches("^run.lua:2: deployment/web was not rolled out within 30s; last seen:\n",
      run.err)
    assert.matches("\n  Available=False %(MinimumReplicasUnavailable%)", run.err)
  end)

  it("is 1 when an invariant is broken, with the moment", function()
    local run = process.scenario([[
      apply "web.yaml"
      wait "deploy/web"
      always("two run", function() return get "deploy/web".status.availableReplicas >= 2 end)
      at("30s", function() scale("deploy/web", 1) end)
      run "1m"]], WEB)
    assert.equal(1, run.status)
    assert.matches("^run.lua:5: two run: not always so: at 30s it did not hold\n$", run.err)
  end)

  it("is 1 when an invariant is broken by the last thing that is done", function()
    local run = process.scenario([[
      apply "web.yaml"
      always("three", function() return get "deploy/web".spec.replicas >= 2 end)
      scale("deploy/web", 1)]], WEB)
    assert.equal(1, run.status)
    assert.matches("^run.lua:3: three: not always so", run.err)
  end)

  it("is 1 when a manifest does not become available", function()
    local run = process.run({ "web.yaml" }, TOO_BIG)
    assert.equal(1, run.status)
    assert.matches("\ndeployment.apps/web did not become available\nwarnings:\n"
      .. "  pod/web%-%w+%-%w+: FailedScheduling: 0/3 nodes are available: 3 Insufficient cpu",
      run.out)
  end)

  it("is the one of os.exit", function()
    assert.equal(7, process.scenario("os.exit(7)").status)
  end)
end)

describe("a scenario", function()
  it("gets its arguments", function()
    local run = succeeds(process.run({ "-q", "run.lua", "a", "-q", "--seed" },
      { ["run.lua"] = "print(#arg, arg[0], arg[1], arg[2], arg[3], ...)" }))
    assert.equal("3\trun.lua\ta\t-q\t--seed\ta\t-q\t--seed\n", run.out)
  end)

  it("may begin with #!", function()
    assert.equal("1\n", succeeds(process.scenario "#!/usr/bin/env wlrun\nprint(1)").out)
  end)

  it("finds modules beside it, which have the verbs", function()
    local run = succeeds(process.run({ "dir/run.lua" }, {
      ["dir/run.lua"] = "print(require('lib.web').up())",
      ["dir/lib/web.lua"] = [[
        return { up = function()
          Deployment "web" { image = "nginx", replicas = 2 }
          wait "deploy/web"
          return get "deploy/web".status.readyReplicas
        end }]],
    }))
    assert.equal("2\n", run.out)
  end)

  it("reads manifests from where it is run", function()
    local files = { ["dir/run.lua"] = "print(apply('web.yaml').metadata.name)",
      ["web.yaml"] = manifests.web() }
    assert.equal("web\n", succeeds(process.run({ "dir/run.lua" }, files)).out)
  end)
end)

describe("--nodes and --seed", function()
  it("make the default cluster", function()
    local run = succeeds(process.scenario("print(#list 'nodes')", nil, { "--nodes", "5" }))
    assert.equal("5\n", run.out)
    assert.equal("3\n", succeeds(process.scenario "print(#list 'nodes')").out)
  end)

  it("go before what the scenario says", function()
    local text = "local c = cluster { nodes = 2, seed = 3 } print(#list 'nodes', c.seed)"
    assert.equal("2\t3\n", succeeds(process.scenario(text)).out)
    assert.equal("0\t-9\n", succeeds(process.scenario(text, nil, { "--nodes=0", "--seed=-9" })).out)
  end)
end)

describe("manifests", function()
  it("are applied, run, and shown", function()
    local run = succeeds(process.run({ "web.yaml" }, WEB))
    assert.matches("^deployment.apps/web created\n", run.out)
    assert.matches("\nnothing changes any more after 1s; this is how it stands at 10m:\n", run.out)
    assert.matches("\ndeployment.apps/web   2/2     2            2           10m\n", run.out)
    assert.matches("\npod/web%-%w+%-%w+   1/1     Running   0          10m\n", run.out)
  end)

  it("may be several, with options among them", function()
    local run = succeeds(process.run({ "web.yaml", "-q", "a.yaml", "--nodes", "1" },
      { ["web.yaml"] = manifests.web(), ["a.yaml"] = manifests.config "a" }))
    assert.equal("", run.out .. run.err)
  end)

  it("may come from the standard input", function()
    local run = process.run({ "-" }, nil, { input = manifests.config "a" })
    assert.matches("^configmap/a created\n", succeeds(run).out)
    run = process.run({ "-" }, nil, { input = "kind: X\n" })
    assert.same({ 2, "(standard input):1: this has no apiVersion" },
      { run.status, run.err:match "^[^:]*:%d+: this has no apiVersion" })
  end)

  it("run no longer than --for", function()
    local run = succeeds(process.run({ "--for", "90s", "web.yaml" }, WEB))
    assert.matches("\nthis is how it stands at 90s, where %-%-for ends:\n", run.out)
    run = process.run({ "--for=0s", "web.yaml" }, WEB)
    assert.equal(1, run.status)
  end)

  it("of old versions are read and warned about once", function()
    local text = manifests.web { ["apps/v1"] = "extensions/v1beta1" }
    local run = succeeds(process.run({ "old.yaml" }, { ["old.yaml"] = text }))
    assert.equal("old.yaml:1: warning: extensions/v1beta1 Deployment is no longer served since "
      .. "Kubernetes 1.16; write apiVersion: apps/v1\n", run.err)
    assert.equal("", succeeds(process.run({ "-q", "old.yaml" }, { ["old.yaml"] = text })).err)
  end)
end)

describe("what manifests come to", function()
  local function outcome(...) return succeeds(process.run({ ..., "web.yaml" }, WEB)).out end

  it("is printed alone for programs", function()
    assert.equal("web", outcome "-ojsonpath={.items[?(@.kind=='Deployment')].metadata.name}")
    assert.matches("^deployment.apps/web\nreplicaset.apps/web%-%w+\npod/web%-",
      outcome "--output=name")
    assert.matches("^apiVersion: v1\nitems:\n%- apiVersion: apps/v1\n", outcome "-o=yaml")
    local list = require("wl.json").parse(outcome "-ojson")
    assert.equal("List", list.kind)
    assert.equal("2\n", succeeds(process.run({ "web.yaml", "--nodes=1", "-o",
      "custom-columns=R:.status.readyReplicas", "-l", "app=web" }, WEB)).out:match "R\n(2\n)")
  end)

  it("is shown wide, with labels, sorted, and of all namespaces", function()
    assert.matches("\nNAME +READY +STATUS .- NODE +NOMINATED NODE", outcome "-owide")
    assert.matches("LABELS\n", outcome "--show-labels")
    assert.matches("\nNAMESPACE +NAME ", outcome "-A")
    local run = process.run({ "--sort-by", ".x", "web.yaml" }, WEB)
    assert.same({ 2, "sort-by: no object has a field .x\n" }, { run.status, run.err })
  end)

  it("is of another namespace, which is made", function()
    local run = succeeds(process.run({ "-n", "shop", "web.yaml", "-o",
      "jsonpath={.items[*].metadata.namespace}" }, WEB))
    assert.matches("^shop shop shop", run.out)
  end)

  it("is selected by labels", function()
    local run = succeeds(process.run({ "-l", "app=other", "web.yaml" }, WEB))
    assert.matches("No resources found", run.out)
  end)
end)

describe("-f", function()
  it("applies manifests, and those of directories, first", function()
    local files = { ["d/web.yaml"] = manifests.web(), ["d/a.yml"] = manifests.config "a",
      ["d/notes.txt"] = "x: [" }
    local run = succeeds(process.scenario(
      "print(exists 'deploy/web', exists 'cm/a', #list 'nodes')", files,
      { "-f", "d", "--nodes", "1" }))
    assert.equal("true\ttrue\t1\n", run.out)
    run = succeeds(process.run({ "-qf", "d/web.yaml", "-f", "d/a.yml" }, files))
    assert.equal("", run.out)
    run = process.run({ "-f", "e" }, { ["e/"] = "" })
    assert.same({ 2, "e: there are no .yaml, .yml or .json files in this directory\n" },
      { run.status, run.err })
  end)
end)

describe("-v", function()
  it("tells each event on standard error", function()
    local run = succeeds(process.run({ "-v", "-o", "name", "web.yaml" }, WEB))
    assert.matches("^    0s  Normal   ScalingReplicaSet  deployment/web  Scaled up", run.err)
    assert.is_nil(run.out:find "Scaled")
  end)
end)

describe("--trace", function()
  it("writes every write as a line of JSON", function()
    local json = require "wl.json"
    local run = succeeds(process.run({ "-q", "--trace", "t", "web.yaml" }, WEB, { keep = { "t" } }))
    local revision, kinds = 0, {}
    for line in run.files.t:gmatch "[^\n]+" do
      local write = assert(json.parse(line))
      assert.matches("^2024%-01%-01T00:%d%d:%d%d%.%d%d%dZ$", write.time)
      assert.is_true(write.revision > revision)
      revision = write.revision
      kinds[write.kind .. " " .. write.type .. " " .. write.writer] = true
    end
    assert.is_true(kinds["Deployment ADDED kubectl"])
    assert.is_true(kinds["Deployment MODIFIED deployment-controller"])
    assert.is_true(kinds["ReplicaSet ADDED deployment-controller"])
    assert.is_true(kinds["Pod ADDED replicaset-controller"])
    assert.is_true(kinds["Pod MODIFIED default-scheduler"])
    assert.is_true(kinds["Pod MODIFIED kubelet"])
  end)

  it("tells what a scenario's verbs write from what controllers do", function()
    local run = succeeds(process.scenario(
      "apply 'web.yaml' wait 'deploy/web' scale('deploy/web', 3) delete 'deploy/web' run '1m'",
      WEB, { "--trace", "-" }))
    assert.matches('"kind":"Deployment"[^\n]*"type":"MODIFIED","writer":"kubectl"', run.out)
  end)
end)

describe("--load", function()
  local KIND = [[
    local kind = require "wl.kind"
    return kind "Backup" {
      api = "example.org/v1", plural = "backups", short = { "bk" },
      spec = { keep = kind.int { default = 7, min = 1 } },
      status = { seen = kind.int },
      columns = { { "NAME", ".metadata.name" }, { "KEEP", ".spec.keep" } },
      reconcile = function(ctx, backup)
        ctx:update_status(backup, { seen = backup.spec.keep })
      end,
    }]]

  it("has the kinds that a file returns", function()
    local run = succeeds(process.scenario([[
      Backup "db" { keep = 3 }
      wait("bk/db", function(backup) return backup.status.seen == 3 end)
      show "backups"]], { ["kinds.lua"] = KIND }, { "--load", "kinds.lua" }))
    assert.equal("NAME   KEEP\ndb     3\n", run.out)
    run = process.run({ "--load", "kinds.lua", "b.yaml" }, { ["kinds.lua"] = KIND, ["b.yaml"] =
      "apiVersion: example.org/v1\nkind: Backup\nmetadata: {name: db}\nspec: {keep: 0}\n" })
    assert.equal(2, run.status)
    assert.matches("b.yaml:4:14: spec.keep: Invalid value: 0", run.err)
  end)

  it("shares its globals with the scenario, and may be repeated", function()
    local files = { ["a.lua"] = "function one() return 1 end", ["b.lua"] = "two = 2" }
    local run = succeeds(process.scenario("print(one() + two)", files,
      { "--load", "a.lua", "--load=b.lua" }))
    assert.equal("3\n", run.out)
  end)

  it("is done by define, too", function()
    local run = succeeds(process.scenario([[
      cluster { nodes = 1 }
      define(require "kinds")
      print(Backup "db" {}.spec.keep)]], { ["kinds.lua"] = KIND }))
    assert.equal("7\n", run.out)
  end)

  it("says what else a file returned", function()
    local run = process.scenario("", { ["a.lua"] = "return 3" }, { "--load", "a.lua" })
    assert.same({ 2, 'a.lua: define: a kind or a policy expected, as in define(require "backup"); '
      .. "got the integer 3\n" }, { run.status, run.err })
  end)
end)

describe("the rest", function()
  it("prints help and the version", function()
    assert.matches("^wlrun %- see what", succeeds(process.run { "--help" }).out)
    assert.matches("^wlrun %- see what", succeeds(process.run { "-h", "x.yaml" }).out)
    assert.matches("^wlrun %d+%.%d+%.%d+\n$", succeeds(process.run { "--version" }).out)
  end)

  it("keeps quiet with -q", function()
    local run = process.run({ "-q", "web.yaml" }, TOO_BIG)
    assert.same({ 1, "", "" }, { run.status, run.out, run.err })
  end)
end)
