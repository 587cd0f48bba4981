-- SPDX-License-Identifier: MIT
-- The verbs tree, top, diff and explain.
local scenario = require "wl.scenario"
local support = require "spec.support.words"

local printed, refusal = support.printed, support.refusal

-- Names of pods and ReplicaSets without what is drawn by lot.
local function plain(text)
  text = text:gsub("web%-%w+%-%w+", "POD"):gsub("web%-%w+", "SET")
  return (text:gsub(" +", " "):gsub(" \n", "\n"))
end

local function rolled_out(replicas)
  local words = scenario.new():environment()
  words.cluster { nodes = 2 }
  words.Deployment "web" { replicas = replicas, image = "nginx:1",
    resources = { requests = { cpu = "250m", memory = "64Mi" }, limits = { memory = "128Mi" } } }
  words.wait("deploy/web", "rolled out")
  return words
end

describe("tree", function()
  it("shows what an object owns, with how it does", function()
    local words = rolled_out(2)
    assert.equal([[
NAME READY STATUS AGE
Deployment/web 2/2 1s
└─ReplicaSet/SET 2/2 1s
 ├─Pod/POD 1/1 Running 1s
 └─Pod/POD 1/1 Running 1s
]], plain(printed(words.tree, "deploy/web")))
  end)

  it("shows the owners above, and marks what was asked for", function()
    local words = rolled_out(2)
    local name = words.list("pods")[1].metadata.name
    assert.equal([[
NAME READY STATUS AGE
Deployment/web 2/2 1s
└─ReplicaSet/SET 2/2 1s
 └─Pod/POD * 1/1 Running 1s
]], plain(printed(words.tree, "pod/" .. name)))
  end)

  it("tells of many alike how many there are, unless all are wanted", function()
    local words = rolled_out(24)
    local text = plain(printed(words.tree, "deploy/web"))
    assert.matches("\n └─12 more of kind Pod 12/12\n$", text)
    local _, pods = printed(words.tree, "deploy/web", { all = true }):gsub("Pod/", "")
    assert.equal(24, pods)
  end)

  it("shows Jobs, and what has no state", function()
    local words = scenario.new():environment()
    words.CronJob "tick" { schedule = "* * * * *", image = "busybox" }
    words.ConfigMap "x" {}
    words.run "90s"
    local text = plain(printed(words.tree, "cronjob/tick"))
    assert.matches("\nCronJob/tick %- 90s\n└─Job/tick%-%d+ 1/1 Complete 30s\n", text)
    assert.equal("NAME READY STATUS AGE\nConfigMap/x - 90s\n", plain(printed(words.tree, "cm/x")))
  end)
end)

describe("top", function()
  it("shows what is asked of nodes", function()
    local words = rolled_out(4)
    assert.equal([[
NAME     CPU REQUESTS   CPU%   MEMORY REQUESTS   MEMORY%   PODS
node-1   500m           12%    128Mi             0%        2/110
node-2   500m           12%    128Mi             0%        2/110
]], printed(words.top, "nodes"))
  end)

  it("shows what pods ask for, most first when told so", function()
    local words = rolled_out(1)
    words.Pod "big" { image = "x", resources = { requests = { cpu = "2", memory = "16Mi" } } }
    words.Pod "done" { image = "x", restartPolicy = "Never" }
    words.behave("pod/done", { exit = 0, after = "1s" })
    words.run "10s"
    local text = printed(words.top, "pods", { sort_by = "cpu" })
    assert.matches("^NAME +CPU REQUESTS +CPU LIMITS +MEMORY REQUESTS +MEMORY LIMITS +NODE\n"
      .. "big +2000m +<none> +16Mi +<none> +node%-%d\n"
      .. "web%-%w+%-%w+ +250m +<none> +64Mi +128Mi +node%-%d\n$", text)
    assert.matches("\nweb", (printed(words.top, "pods", { sort_by = "memory" }):sub(1, 160)))
  end)

  it("says what it knows", function()
    local words = rolled_out(1)
    assert.matches('top: "nodes" or "pods" expected', refusal(words.top, "deploy").message)
    assert.matches('did you mean "cpu"', refusal(words.top, "pods", { sort_by = "cpus" }).message)
    assert.equal("No resources found\n", printed(words.top, "pods", { selector = "a=b" }))
  end)
end)

describe("diff", function()
  local is_any
  local function difference(words, ...)
    local arguments = table.pack(...)
    return printed(function() is_any = words.diff(table.unpack(arguments, 1, arguments.n)) end)
  end

  it("shows what a manifest would change, as kubectl diff", function()
    local words = support.settled()
    local manifests = require "spec.support.manifests"
    assert.equal("", difference(words, manifests.web()))
    assert.is_false(is_any)
    local text = difference(words, manifests.web { ["nginx:1.14"] = "nginx:1.15" })
    assert.is_true(is_any)
    assert.matches("^%-%-%- deployment.apps/web  %(is%)\n"
      .. "%+%+%+ deployment.apps/web  %(would be%)\n@@", text)
    assert.matches("\n%-      %- image: nginx:1.14\n%+      %- image: nginx:1.15\n", text)
    assert.is_nil(text:find "last%-applied")
    assert.equal("nginx:1.14", words.get "deploy/web".spec.template.spec.containers[1].image)
    text = difference(words, { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "c" } })
    assert.matches("^%-%-%- /dev/null\n%+%+%+ configmap/c  %(would be%)\n"
      .. "@@ %-0,0 %+1,%d+ @@\n", text)
  end)

  it("shows an object at two moments", function()
    local words = support.settled()
    words.run "10s"
    words.scale("deploy/web", 5)
    words.run "20s"
    local text = difference(words, "deploy/web", "25s")
    assert.matches("^%-%-%- deployment.apps/web  2024%-01%-01T00:00:06Z\n"
      .. "%+%+%+ deployment.apps/web  2024%-01%-01T00:00:31Z\n", text)
    assert.matches("\n%-  replicas: 2\n%+  replicas: 5\n", text)
    assert.equal("", difference(words, "deploy/web", "1s"))
    assert.is_false(is_any)
  end)

  it("shows objects that came and went", function()
    local words = support.settled()
    words.ConfigMap "old" {}
    words.run "10s"
    words.delete "cm/old"
    words.ConfigMap "new" {}
    assert.matches("\n%+%+%+ /dev/null\n", difference(words, "cm/old", "5s"))
    assert.matches("^%-%-%- /dev/null\n", difference(words, "cm/new", "5s"))
    local text = difference(words, "5s")
    assert.equal("removed ConfigMap old\ncreated ConfigMap new\n", text)
  end)

  it("says what cannot be compared", function()
    local words = support.settled()
    assert.matches('how long ago%? as in diff%("deploy/web", "30s"%)',
      refusal(words.diff, "deploy/web").message)
    assert.matches("1h ago is before the beginning, which was 1s ago",
      refusal(words.diff, "deploy/web", "1h").message)
    assert.matches("not found", refusal(words.diff, "deploy/x", "0s").message)
    assert.matches("there is no such file", (select(2, pcall(words.diff, "x.yaml"))))
  end)
end)

describe("explain", function()
  it("is a verb, too, and knows kinds of yours", function()
    local words = scenario.new():environment()
    local kind = require "wl.kind"
    words.define(kind "Backup" { api = "example.org/v1",
      spec = { keep = kind.int { default = 7, min = 1, doc = "How many are kept." } } })
    assert.matches("\nFIELD: keep <integer>\n\nDESCRIPTION:\n    How many are kept.\n\n"
      .. "  default: 7; at least 1\n$", printed(words.explain, "backup.spec.keep"))
    assert.matches("does not exist", refusal(words.explain, "backup.spec.x").message)
  end)
end)
