-- SPDX-License-Identifier: MIT
-- Time at the prompt: steps, the past, other futures, causes.
local prompt = require "spec.support.prompt"

local WEB = 'Deployment "web" { replicas = 3, image = "nginx:1.27" }'

-- What lines print after a Deployment has come up, at 30s.
local function after(lines, files, options)
  local all = { WEB, 'run "30s"', 'print "----"', table.unpack(lines) }
  local said = prompt.lines(all, files, options)
  return said.out:match "%-%-%-%-\n(.*)$", said
end

local function output(...)
  local out, said = after { ... }
  assert.equal("", said.err)
  return out
end

local function complaint(...)
  local _, said = after { ... }
  assert.equal(1, said.status)
  return said.err
end

-- A line that prints all that there is.
local ALL = 'for _, k in ipairs { "deploy", "rs", "pods", "nodes" } do '
  .. 'for _, o in ipairs(list(k)) do print(o) end end print(now())'

describe("step", function()
  it("tells who was at work and what it wrote", function()
    local said = prompt.lines { WEB, "step()", "step 2" }
    assert.matches("\n +0s  deployment%-controller on Deployment default/web\n +created ReplicaSet "
      .. "web%-", said.out)
    assert.matches("\n +0s  replicaset%-controller on ReplicaSet default/web%-%x+\n +created Pod "
      .. "web%-%S+\n", said.out)
    assert.matches("said Normal ScalingReplicaSet about deployment/web: Scaled up", said.out)
  end)

  it("says when there is nothing left", function()
    assert.equal("nothing happens any more\n", output("until_settled", "step()")
      :match "nothing happens any more\n")
  end)

  it("wants a number", function()
    assert.matches("step: a number of steps expected", complaint 'step "x"')
  end)
end)

describe("until_settled", function()
  it("lets time pass until nothing changes any more", function()
    assert.matches("^deployment.apps/web scaled\nnothing changes any more since 3%ds\n",
      output("scale deploy/web --replicas=5", "until_settled()"))
  end)
end)

describe("back", function()
  it("goes to any earlier moment, exactly", function()
    local said = output( 'set_image("deploy/web", "web=nginx:2") _ = nil',
      'run "90s"', 'back "90s"', 'back "0s"')
    assert.matches("it is 30s again", said)
    local first = output('print "===="', ALL)
    local again = output("scale deploy/web --replicas=7", "run 40s", 'back "35s"', "run 35s",
      'back "5s"', "back", "back", "back", 'print "===="', ALL)
    assert.equal(first:match "====.*$", again:match "====.*$")
  end)

  it("stops in the midst of a run, and goes on from there as a branch", function()
    local straight = output('set_image("deploy/web", "web=nginx:2") _ = nil', "run 3s", "run 7s",
      "scale deploy/web --replicas=1", "run 10s", ALL)
    local branched = output('set_image("deploy/web", "web=nginx:2") _ = nil', "run 50s",
      "delete pods -l app=web", "run 10s", 'back "50s"', "scale deploy/web --replicas=1",
      "run 10s", ALL)
    local marker = "deployment.apps/web scaled\n"
    assert.equal(straight:match(marker .. "(.*)$"), branched:match(marker .. "(.*)$"))
  end)

  it("without a length takes the last input back that changed something", function()
    local out = output("scale deploy/web --replicas=5", "x = 7", "get deploy/web --no-headers",
      "back()", "x", 'get "deploy/web".spec.replicas', "back", "now()")
    assert.matches("`scale deploy/web %-%-replicas=5` is taken back: it is 30s\n7\n3\n"
      .. "`run \"30s\"` is taken back: it is 0s\n0\n$", out)
  end)

  it("takes an input back that failed half way", function()
    local out, said = after { 'scale("deploy/web", 9) error "half way"',
      'get "deploy/web".spec.replicas', "back", 'get "deploy/web".spec.replicas' }
    assert.matches("^9\n.*taken back.*\n3\n$", out)
    assert.equal("error: half way\n", said.err)
  end)

  it("knows a scenario's moments, variables, callbacks and modules", function()
    local files = { ["s.lua"] = 'local m = require "m"\ncluster { seed = 3 }\n' .. WEB
      .. '\nat("20s", function() m.hits = m.hits + 1 scale("deploy/web", 4) end)\n'
      .. 'behave("app=web", { crash = 0.2 })\nrun "1h"\nhits = m',
      ["m.lua"] = "return { hits = 0 }" }
    local said = prompt.lines({ "hits.hits", 'back(now() - 25)', 'get "deploy/web".spec.replicas',
      'back "10s"', 'get "deploy/web".spec.replicas', 'run "10s"', "require('m').hits", "now()" },
      files, { "s.lua" })
    assert.equal("", said.err)
    assert.matches("1\nit is 25s again[^\n]*\n4\nit is 15s again[^\n]*\n3\n1\n25\n$", said.out)
  end)

  it("reads files as they were", function()
    local cm = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata: { a: %s }\n"
    local out = after({ "apply -f cm.yaml", "run 5s",
      'f = io.open("cm.yaml", "w") f:write(("' .. cm:gsub("\n", "\\n") .. '"):format "new")',
      "f:close()",
      "run 5s", "back '5s'", 'get "cm/c".data.a' }, { ["cm.yaml"] = cm:format "old" })
    assert.matches("\nold\n$", out)
  end)

  it("says what it cannot", function()
    assert.matches("back: 2h ago nothing had begun: it is 30s after", complaint 'back "2h"')
    assert.matches("not a duration", complaint 'back "soon"')
    assert.equal("error: back: there is nothing to take back\n", prompt.lines({ "back" }).err)
  end)
end)

describe("forward", function()
  it("returns to where back came from, and again", function()
    assert.matches("it is 10s again[^\n]*\nit is 30s\nit is 10s\nit is 30s\n30\n$",
      output('back "20s"', "forward()", "forward()", "forward", "now()"))
    assert.matches("nowhere to return to", complaint "forward()")
  end)
end)

describe("fork", function()
  it("is another future; here stays as it is", function()
    local out = output("a = fork()", 'a:scale("deploy/web", 7)', 'a:run "10s"',
      'a:get "deploy/web".status.replicas', 'get "deploy/web".status.replicas', "a", "now()")
    assert.matches("\n7\n3\nfork 1, at 40s\n30\n$", out)
  end)

  it("does at once what a function or a text says", function()
    assert.equal("5\n3\n2\n3\n", output('a = fork(function() scale("deploy/web", 5) end)',
      'a:get "deploy/web".spec.replicas', 'get "deploy/web".spec.replicas',
      'b = fork [[ scale("deploy/web", 2) ]]', 'b:get "deploy/web".spec.replicas',
      'get "deploy/web".spec.replicas'))
  end)

  it("is still there after going back behind what came later", function()
    assert.matches("taken back.*\n5\n$", output('a = fork(function() scale("deploy/web", 5) end)',
      "run 1m", "back", 'a:get "deploy/web".spec.replicas'))
  end)

  it("wants an input of its own", function()
    assert.matches("in an input of its own", complaint 'scale("deploy/web", 5) a = fork()')
    assert.matches("what to do in it expected", complaint "a = fork(7)")
  end)
end)

describe("diff", function()
  it("shows objects, availability and events of two futures", function()
    local out = output('a = fork(function() node "node-1":fail() run "2m" end)',
      'b = fork [[ set_image("deploy/web", "web=nginx:2") run "2m" ]]', "diff(a, b)")
    assert.matches("^ +fork 1 %(2m30s%) +fork 2 %(2m30s%)\n", out)
    assert.matches("\nnode/node%-1\n  STATUS +NotReady +Ready\n", out)
    assert.matches("\navailable\n  deployment.apps/web +at least 2 of 3, short for %S+ +at least 3 "
      .. "of 3\n", out)
    assert.matches("\nevents\n.*NodeNotReady %(node%) +1 +0\n", out)
    assert.matches("\nonly fork 2 %(2m30s%): replicaset.apps/web%-", out)
  end)

  it("shows what has changed since a moment", function()
    local out = output("scale deploy/web --replicas=5", "run 10s", 'diff "10s"')
    assert.matches("10s ago %(30s%) +here %(40s%)\n", out)
    assert.matches("deployment.apps/web\n  READY +3/5 +5/5\n", out)
  end)

  it("says when there is no difference", function()
    assert.equal("fork 1 (30s) and here (30s) are the same\n", output("a = fork()", "diff(a)"))
  end)

  it("is that of scenarios for manifests and objects", function()
    assert.matches("%+  readyReplicas: 5\n", output("scale deploy/web --replicas=5", "run 5s",
      'diff("deploy/web", "5s") _ = nil'))
    assert.matches("what with", complaint "diff()")
  end)
end)

describe("why", function()
  it("follows causes to what you did", function()
    local out = output('set_image("deploy/web", "web=nginx:2") _ = nil', "run 1s",
      'why(list("rs")[2])')
    assert.matches(" is as it is because\n", out)
    assert.matches("kubelet changed Pod web%-%S+: status.phase Pending %-> Running", out)
    assert.matches("default%-scheduler changed Pod web%-%S+: spec.nodeName node%-%d", out)
    assert.matches("deployment%-controller created ReplicaSet web%-%x+ %(version %d+%)\n +at "
      .. "lua/wl/rollout/%S+:%d+, for stdlib/kinds/deployment.lua:%d+\n +read Deployment web "
      .. "%(version %d+%)", out)
    assert.matches("asked rollout RollingUpdate %(stdlib/rollout/rolling_update.lua:%d+%)", out)
    assert.matches('kubectl changed Deployment web: spec.template.spec.containers[^\n]*\n'
      .. ' +you: set_image%("deploy/web", "web=nginx:2"%)', out)
  end)

  it("passes over what a controller did to itself", function()
    local out = output('Job "j" { image = "x", restartPolicy = "Never" } _ = nil',
      'behave("job-name=j", { exit = 1 })', "run 5s", "why job/j")
    assert.matches("job%-controller changed Job j: status.failed.-because\n[^\n]*kubelet "
      .. "changed Pod j%-%S+: status.phase Running %-> Failed", out)
  end)

  it("tells of what is gone", function()
    local out = output('n = list("pods")[1].metadata.name', "scale deploy/web --replicas=0",
      "run 1m", 'why("pod/" .. n)')
    assert.matches("is gone because\n.*kubelet removed Pod.*replicaset%-controller changed Pod.*"
      .. "you: scale deploy/web %-%-replicas=0", out)
  end)

  it("tells that a controller had asked to be woken", function()
    assert.matches("it had asked at 30s to look again",
      output('CronJob "b" { schedule = "*/5 * * * *", image = "x" }', "run 5m1s",
        'why(list("jobs")[1])'))
  end)

  it("names the line of a policy of the user's", function()
    local policy = [[
local strategy = require "wl.strategy"
return strategy "Mine" {
  plan = function(view)
    return { new = view.replicas, old = 0 }
  end,
}]]
    local said = prompt.lines({ 'Deployment "web" { replicas = 1, image = "x", strategy = { type = '
      .. '"Mine" } }', "run 5s", 'why(list("rs")[1])' }, { ["mine.lua"] = policy },
      { "--load", "mine.lua" })
    assert.equal("", said.err)
    assert.matches("asked rollout Mine %(mine.lua:%d%)", said.out)
  end)

  it("says what it does not know", function()
    assert.matches('pods "x" not found', complaint 'why "pod/x"')
    assert.matches("nothing has changed node/node%-1", complaint 'why "node/node-1"')
  end)
end)
