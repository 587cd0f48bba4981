-- SPDX-License-Identifier: MIT
-- What the program says of input that is wrong: always exit status 2, and a
-- text that says where it is, what was found and what to write instead.
local manifests = require "spec.support.manifests"
local process = require "spec.support.process"
local shared = require "spec.support.shared"

local web = manifests.web

local function refused(text, run)
  assert.equal(2, run.status, run.err)
  assert.is_truthy(run.err:find(text, 1, true), ("%q is not in:\n%s"):format(text, run.err))
  assert.is_nil(run.err:find("lua/wl", 1, true), run.err)
  assert.is_nil(run.err:find("[C]", 1, true), run.err)
end

describe("a manifest that is refused:", function()
  for _, case in ipairs {
    { "an unknown kind", "apiVersion: batch/v1\nkind: Jobs\nmetadata: {name: x}\n",
      'in.yaml:2:7: kind "Jobs" in batch/v1: did you mean "Job"?' },
    { "a kind of another version", "apiVersion: apps/v2\nkind: Deployment\nmetadata: {name: x}\n",
      'in.yaml:2:7: kind "Deployment" in apps/v2: write apiVersion: apps/v1' },
    { "no kind", "apiVersion: v1\nmetadata: {name: x}\n", "in.yaml:1: this has no kind" },
    { "no object", "hello\n", "in.yaml:1: this has no apiVersion and kind" },
    { "an unknown field", web { ["  replicas: 2"] = "  replica: 2" },
      'in.yaml:6:12: unknown field "spec.replica"; did you mean "replicas"?' },
    { "a text for a number", web { ["replicas: 2"] = 'replicas: "2"' },
      'in.yaml:6:13: spec.replicas: expected integer, got string "2"; remove the quotes' },
    { "a boolean for a text", web { ["image: nginx:1.14"] = "image: yes" },
      "in.yaml:17:16: spec.template.spec.containers[0].image: expected string, got boolean true" },
    { "negative replicas", web { ["replicas: 2"] = "replicas: -2" },
      "in.yaml:6:13: spec.replicas: Invalid value: -2: must be greater than or equal to 0" },
    { "a selector that does not match",
      web { ["  labels:\n        app: web"] = "  labels:\n        app: x" },
      'spec.template.metadata.labels: Invalid value: {"app":"x"}: '
        .. "`selector` does not match template `labels`" },
    { "an invalid name", web { ["name: web\nspec"] = "name: Web_1\nspec" },
      'in.yaml:4:9: metadata.name: Invalid value: "Web_1": a lowercase RFC 1123 subdomain must' },
    { "an invalid quantity",
      web { ["image: nginx:1.14"] = "image: x\n        resources: {limits: {cpu: 1x}}" },
      "in.yaml:18:35: spec.template.spec.containers[0].resources.limits.cpu: expected quantity "
        .. 'such as "500m" or "128Mi", got string "1x"' },
    { "both budgets zero",
      web { ["replicas: 2"] = "strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0}}" },
      "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when "
        .. "`maxSurge` is 0" },
    { "a key twice", "apiVersion: v1\nkind: ConfigMap\nkind: Pod\n",
      'in.yaml:3:1: key "kind" occurs twice' },
    { "broken YAML", "a: [1, 2\nb: 3\n", "in.yaml:2:" },
    { "a tab", "a:\n\tb: 3\n", "in.yaml:2:1:" },
    { "nothing", "", "in.yaml: there is no object in this file" },
    { "only comments", "# nothing\n---\n", "in.yaml: there is no object in this file" },
    { "binary junk", "\x7fELF\0\1\2\xff\xfe", "in.yaml:1:1: " },
    { "bytes that are no UTF-8", "a: \xff\n", "is not UTF-8 text: is this a binary file?" },
    { "10,000 levels of lists", ("["):rep(10000) .. ("]"):rep(10000),
      "lists and maps nested deeper than 1000 levels" },
    { "10,000 levels of maps", ("{a: "):rep(10000) .. ("}"):rep(10000),
      "lists and maps nested deeper than 1000 levels" },
  } do
    it(case[1], function()
      refused(case[3], process.run({ "in.yaml" }, { ["in.yaml"] = case[2] }))
    end)
  end

  it("an alias bomb", function()
    local lines, last = { "a: &a [x,x,x,x,x,x,x,x,x,x]" }, "a"
    for name in ("bcdefghijk"):gmatch "." do
      lines[#lines + 1] = ("%s: &%s [%s*%s]"):format(name, name, ("*" .. last .. ","):rep(9), last)
      last = name
    end
    refused("the aliases stand for more than 1000000 values when written out",
      process.run({ "in.yaml" }, { ["in.yaml"] = table.concat(lines, "\n") }))
  end)

  it("the article's Job as it was printed", function()
    local text = shared.text "manifests/article/job-as-printed.yaml"
    if not text then return end
    refused('job.yaml:9:5: this line is indented as if it were inside "activeDeadlineSeconds", '
      .. "which already has the value 100 (line 8)",
      process.run({ "job.yaml" }, { ["job.yaml"] = text }))
  end)

  it("with every violation, not only the first", function()
    local run = process.run({ "in.yaml" }, { ["in.yaml"] = web {
      ["name: web\nspec"] = "name: Web_1\nspec", ["replicas: 2"] = "replicas: -2",
      ["image: nginx:1.14"] = "image: nginx\n        imagePullPolicy: Sometimes" } })
    refused("metadata.name: Invalid value", run)
    refused("spec.replicas: Invalid value", run)
    refused('spec.template.spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": '
      .. 'supported values: "Always", "IfNotPresent", "Never"', run)
  end)
end)

describe("one bad document", function()
  local files = { ["good.yaml"] = manifests.config "good", ["bad.yaml"] =
    manifests.config "one" .. "---\n" .. web { ["replicas: 2"] = "replicas: -2" } .. "---\n"
      .. manifests.config "two", ["worse.yaml"] = manifests.config "B_d" }

  it("is told with its line, and nothing is applied", function()
    local run = process.run({ "--trace", "-", "bad.yaml" }, files)
    refused('bad.yaml:6: Deployment.apps "web" is invalid:\n  bad.yaml:11:13: spec.replicas:', run)
    assert.is_nil(run.out:find("created", 1, true))
    assert.is_nil(run.out:find("ConfigMap", 1, true))
  end)

  it("keeps back the documents of other files, too", function()
    local run = process.run({ "good.yaml", "bad.yaml", "worse.yaml" }, files)
    refused("bad.yaml:6:", run)
    refused("worse.yaml:1:", run)
    assert.equal("", run.out)
  end)

  it("leaves a scenario's cluster as it was", function()
    local run = process.scenario([[
      apply "good.yaml"
      local before = #list "cm"
      local ok, refusal = pcall(apply, "bad.yaml")
      print(ok, refusal.code, refusal.causes[1].field, refusal.causes[1].reason,
        refusal.causes[1].message, #list "cm" - before)
    ]], files)
    assert.equal("false\tInvalid\tspec.replicas\tFieldValueInvalid\tInvalid value: -2: must be "
      .. "greater than or equal to 0\t0\n", run.out, run.err)
  end)
end)

describe("a file that cannot be read:", function()
  it("a missing manifest", function()
    refused("no.yaml: there is no such file", process.run { "no.yaml" })
  end)
  it("a missing scenario", function()
    refused("no.lua: there is no such file", process.run { "no.lua" })
  end)
  it("a directory", function()
    refused("dir: there are no .yaml, .yml or .json files in this directory",
      process.run({ "dir" }, { ["dir/"] = true }))
    refused("dir.lua: this is a directory, not a file",
      process.run({ "dir.lua" }, { ["dir.lua/"] = true }))
  end)
  it("a scenario that is no text", function()
    refused("x.lua:1: this is not text", process.run({ "x.lua" }, { ["x.lua"] = "\0\1\2" }))
    refused("x.lua:1: this is not text", process.run({ "x.lua" }, { ["x.lua"] = "\x1bLua\xff" }))
  end)
end)

describe("a scenario that is wrong:", function()
  for _, case in ipairs {
    { "syntax", "run '1s'\nlocal x = = 3\n", "run.lua:2: unexpected symbol near '='" },
    { "an unknown name", "aply 'x'",
      'run.lua:1: there is no verb or variable "aply"; did you mean "apply"?' },
    { "a kind in lower case", "deployment 'x'", 'did you mean "Deployment"?' },
    { "an unfinished kind", "\nDeployment 'x'", 'run.lua:2: Deployment "x" was not applied' },
    { "a missing object", "\nget 'deploy/x'", 'run.lua:2: deployments.apps "x" not found' },
    { "a missing manifest", "apply 'no.yaml'", "run.lua:1: no.yaml: there is no such file" },
    { "a wrong duration", "run '1 m'",
      'run.lua:1: run: "1 m" is not a duration, write it as in "90s"' },
    { "a wrong option", "cluster { nods = 2 }", 'run.lua:1: cluster: unknown option "nods"' },
    { "a wrong behaviour", "behave('app=x', { redy = '1s' })",
      'run.lua:1: behaviour: unknown field "redy"; did you mean "ready"?' },
    { "a cluster made too late", "show 'pods'\ncluster { }",
      "run.lua:2: cluster: an earlier verb has made" },
    { "an error of one's own", "error 'mine'", "run.lua:1: mine" },
    { "an error in a timer", "at('1s', function() error 'late' end)\nrun '5s'", "run.lua:1: late" },
  } do
    it(case[1], function() refused(case[3], process.scenario(case[2])) end)
  end

  it("at run time, with the user's frames and no others", function()
    local run = process.scenario [[
local function inner(x) return x.y end
local function outer() local r = inner(nil) return r end
at("30s", function() outer() end)
run "1m"
]]
    assert.equal(2, run.status)
    assert.matches("^run.lua:1: attempt to index a nil value %(local 'x'%)\n"
      .. "  run.lua:1: in [^\n]*inner'[^\n]*\n  run.lua:2: in [^\n]*outer'[^\n]*\n"
      .. "  run.lua:3: in [^\n]*\n  run.lua:4: in main chunk\n$", run.err)
  end)

  it("in a module", function()
    refused("m.lua:1: unexpected symbol near '='",
      process.scenario("require 'm'", { ["m.lua"] = "x = = 1" }))
  end)
end)

describe("a command line that is wrong:", function()
  for _, case in ipairs {
    { { "--sed", "4", "x.yaml" }, 'wlrun: unknown option --sed; did you mean "--seed"?' },
    { { "--seed", "four", "x.yaml" }, '--seed: expected an integer, got "four"' },
    { { "--nodes" }, "--nodes needs a value" },
    { { "--nodes=-1", "x.yaml" }, '--nodes: expected a number of nodes, got "-1"' },
    { { "--for", "soon", "x.yaml" }, '--for: expected a duration like 30s or 5m, got "soon"' },
    { { "--for", "5m", "x.lua" }, "--for is for manifests" },
    { { "run" }, "a scenario (.lua) or manifests (.yaml) expected" },
    { { "x.yaml", "x.lua" }, 'x.lua: a scenario stands alone' },
    { { "--trace", "/no/such/t", "x.lua" }, "--trace: /no/such/t: No such file or directory" },
    { { "--load", "no.lua", "x.lua" }, "no.lua: there is no such file" },
  } do
    it(table.concat(case[1], " "), function()
      refused(case[2], process.run(case[1], { ["x.lua"] = "" }))
    end)
  end
end)
