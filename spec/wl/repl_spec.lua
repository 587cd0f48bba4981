-- SPDX-License-Identifier: MIT
-- The prompt from a pipe: Lua, kubectl's words, errors.
local process = require "spec.support.process"
local prompt = require "spec.support.prompt"

local WEB = 'Deployment "web" { replicas = 3, image = "nginx:1.27" }'

-- What lines print after a Deployment has come up.
local function after(lines, files)
  local all = { WEB, 'run "30s"', 'print "----"', table.unpack(lines) }
  local said = prompt.lines(all, files)
  return said.out:match "%-%-%-%-\n(.*)$", said
end

local function output(...)
  local out, said = after { ... }
  assert.equal("", said.err)
  assert.equal(0, said.status)
  return out
end

local function complaint(...)
  local _, said = after { ... }
  assert.equal(1, said.status)
  return said.err
end

describe("from a pipe", function()
  it("there is neither prompt nor colour", function()
    local said = prompt.lines { "1+1" }
    assert.same({ "2\n", "", 0 }, { said.out, said.err, said.status })
  end)

  it("the exit status is 1 when an input failed, and the others are done", function()
    local said = prompt.lines { "1+1", "expect(1).is(2)", "2+2" }
    assert.same({ "2\n4\n", "failed: expected to be 2, got 1\n", 1 },
      { said.out, said.err, said.status })
  end)

  it("a scenario goes before, and what it made is there", function()
    local said = prompt.lines({ "get deploy -o name", "x", "arg[1]" },
      { ["s.lua"] = WEB .. " x = 7" }, { "s.lua", "more" })
    assert.equal("deployment.apps/web\n7\nmore\n", said.out)
  end)

  it("a scenario that fails leaves everything as it was then", function()
    local said = prompt.lines({ "now()" },
      { ["s.lua"] = WEB .. "\nrun '10s'\nfail 'here'\nrun '1h'" }, { "s.lua" })
    assert.same({ "10\n", "failed: here\n  s.lua:3: in main chunk\n", 1 },
      { said.out, said.err, said.status })
  end)

  it("options of the command line hold", function()
    local said = prompt.lines({ "get nodes -o name", "get cm -o name" },
      { ["cm.yaml"] = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\n" },
      { "--nodes", "1", "-f", "cm.yaml" })
    assert.equal("node/node-1\nconfigmap/c\n", said.out)
  end)
end)

describe("values", function()
  it("nil is nothing, scalars are themselves", function()
    assert.equal("7\nx\ntrue\n1.5\n", output("nil", "7", '"x"', "true", "1.5"))
  end)

  it("an object is a row, a list of objects a table", function()
    assert.matches("^NAME +READY +UP%-TO%-DATE +AVAILABLE +AGE\nweb +3/3 +3 +3 +30s\n$",
      output 'get "deploy/web"')
    assert.matches("^NAME +STATUS.*node%-1.*node%-2.*node%-3", output 'list "nodes"')
  end)

  it("a part of an object, and a table, is YAML", function()
    assert.equal("rollingUpdate:\n  maxSurge: 25%\n  maxUnavailable: 25%\ntype: RollingUpdate\n",
      output 'get "deploy/web".spec.strategy')
    assert.equal("- 1\n- 2\n", output "{ 1, 2 }")
    assert.equal("a: 1\n", output "{ a = 1 }")
  end)

  it("the last one is _", function()
    assert.equal("3\n4\n", output("1 + 2", "_ + 1"))
  end)

  it("locals last", function()
    assert.equal("3\n5\n", output("local x = 3", "x", "local function f() return 5 end", "f()"))
  end)

  it("input goes on until it is whole", function()
    assert.equal("1\n2\n", output("for i = 1, 2 do", "  print(i)", "end"))
    assert.matches("cm.*1", output("apply [[", "apiVersion: v1", "kind: ConfigMap",
      "metadata: { name: cm }", "data: { a: b }", "]]"))
  end)
end)

describe("kubectl's words", function()
  it("get", function()
    assert.matches("^NAME +READY.*\nweb%-.-Running", output "get pods")
    assert.matches("NODE.*node%-%d", output "get pods -l app=web -o wide")
    assert.equal("No resources found in default namespace.\n", output "get pods -l app=x")
    assert.equal("No resources found in kube-system namespace.\n", output "get pods -n kube-system")
    assert.equal("web", output "get deploy/web -o jsonpath={.metadata.name}":match "%S+")
    assert.equal("deployment.apps/web\n", output "kubectl get deploy web --output=name")
    assert.matches("LABELS.*app=web", output "get pods --show-labels")
    assert.matches("^NAMESPACE", output "get pods -A")
    assert.matches("replicaset.apps/web%-", output "get deploy,rs")
    assert.matches("APP\n.*web\n", output "get pods -L app")
    assert.matches("ScalingReplicaSet", output "get events")
    assert.matches("^kind: Deployment", output "get deploy/web -o yaml":match "\n(kind: .*)$")
  end)

  it("get -w", function()
    assert.matches("TIME +NAME.*ContainerCreating", output("get pods -w", "scale deploy/web "
      .. "--replicas=4", "run 5s"))
  end)

  it("describe", function()
    assert.matches("^Name: +web", output "describe deploy/web")
    assert.matches("^Name: +web", output "describe deploy web")
    assert.matches("Name: +web%-.*Name: +web%-", output "describe pods -l app=web")
  end)

  it("apply, create and delete of files", function()
    local file = { ["cm.yaml"] = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\n" }
    local out, said = after({ "apply -f cm.yaml", "create -f cm.yaml", "delete -f cm.yaml",
      "get cm" }, file)
    assert.equal("configmap/c applied\nconfigmap/c deleted\n"
      .. "No resources found in default namespace.\n", out)
    assert.equal('Error from server (AlreadyExists): configmaps "c" already exists\n', said.err)
  end)

  it("create job, create namespace", function()
    local out = output('CronJob "b" { schedule = "0 0 1 1 *", image = "x" }',
      "create job --from=cronjob/b now", "create ns shop", "get job,ns -o name")
    assert.matches("job.batch/now created\nnamespace/shop created\njob.batch/now\n", out)
    assert.matches("namespace/shop\n$", out)
  end)

  it("delete", function()
    assert.matches("^pod/web%-%S+ deleted\npod/web%-%S+ deleted\npod/web%-%S+ deleted\n$",
      output "delete pods -l app=web --grace-period=0")
    assert.equal("deployment.apps/web deleted\nfalse\n",
      output("delete deploy web", 'exists "deploy/web"'))
  end)

  it("scale", function()
    assert.equal("deployment.apps/web scaled\n5\n",
      output("scale deploy/web --replicas=5", 'get "deploy/web".spec.replicas'))
    assert.equal("deployment.apps/web scaled\n", output "scale --replicas 2 deployment web")
  end)

  it("set image", function()
    assert.equal("deployment.apps/web image updated\nnginx:1.28\n",
      output("set image deploy/web web=nginx:1.28",
        'get "deploy/web".spec.template.spec.containers[1].image'))
  end)

  it("rollout", function()
    assert.matches("successfully rolled out", output "rollout status deploy/web")
    assert.matches("REVISION", output "rollout history deploy/web")
    assert.equal("deployment.apps/web image updated\ndeployment.apps/web rolled back\nnginx:1.27\n",
      output("set image deploy/web *=nginx:2", "run 1m", "rollout undo deploy/web",
        'get "deploy/web".spec.template.spec.containers[1].image'))
    assert.equal("deployment.apps/web paused\ndeployment.apps/web resumed\n"
      .. "deployment.apps/web restarted\n",
      output("rollout pause deploy/web", "rollout resume deploy/web", "rollout restart deploy web"))
  end)

  it("label, annotate, patch", function()
    assert.equal("deployment.apps/web labeled\nfront\ndeployment.apps/web labeled\n",
      output("label deploy/web tier=front", 'get "deploy/web".metadata.labels.tier',
        "label deploy web tier-", 'get "deploy/web".metadata.labels'))
    assert.equal("deployment.apps/web annotated\nshop\n",
      output("annotate deploy/web team=shop", 'get "deploy/web".metadata.annotations.team'))
    assert.equal("deployment.apps/web patched\n1\n",
      output([[patch deploy/web -p '{"spec":{"replicas":1}}']], 'get "deploy/web".spec.replicas'))
  end)

  it("cordon, uncordon, drain, taint", function()
    local out = output("cordon node-1", "get node node-1 --no-headers", "uncordon node-1",
      "drain node/node-2 --ignore-daemonsets", "run 1m", "get pods -o wide",
      "taint nodes node-3 gpu=true:NoSchedule", "kubectl taint nodes node-3 gpu-")
    assert.matches("^node/node%-1 cordoned\nnode%-1 +Ready,SchedulingDisabled.-\n"
      .. "node/node%-1 uncordoned\nnode/node%-2 cordoned", out)
    assert.is_nil(out:match("Running[^\n]*node%-2"))
    assert.matches("node/node%-3 tainted\nnode/node%-3 tainted\n$", out)
  end)

  it("wait", function()
    assert.equal("deployment/web condition met\n",
      output "wait deploy/web --for=condition=available --timeout=60s")
    assert.matches("was not Complete within 5s",
      complaint "wait --for=condition=complete deploy/web --timeout=5s")
    assert.equal("pod/x condition met\n",
      output('Pod "x" { image = "x" }' .. " _ = nil", "delete pod/x --grace-period=0",
        "wait pod/x --for=delete"):match "pod/x condition met\n")
  end)

  it("top, tree, explain, events, diff", function()
    assert.matches("CPU%%", output "top nodes")
    assert.matches("ReplicaSet/web", output "tree deploy/web")
    assert.matches("maxSurge", output "explain deploy.spec.strategy --recursive")
    assert.matches("ScalingReplicaSet", output "events --for=deploy/web")
    local out = after({ "diff -f web.yaml" }, { ["web.yaml"] = "apiVersion: apps/v1\n"
      .. "kind: Deployment\nmetadata: { name: web }\nspec: { replicas: 9 }\n" })
    assert.is_string(out)
  end)

  it("api-resources, version, cluster-info", function()
    assert.matches("deployments +deploy +apps/v1 +true +Deployment", output "api-resources")
    assert.matches("^wlrun", output "version")
    assert.matches("3 nodes", output "cluster-info")
  end)

  it("what a model cannot do is explained", function()
    for _, line in ipairs { "logs web-x -f", "exec -it web-x -- sh", "port-forward svc/web 80:80",
      "edit deploy/web", "cp a b", "attach x", "config use-context x" } do
      assert.matches("^error: " .. line:match "%S+":gsub("%-", "%%-") .. ": %a", complaint(line))
    end
  end)

  it("node and behave, which only a model has", function()
    assert.matches("node/node%-1: fail\n.*NotReady", output("node node-1 fail", "run 2m",
      "get node node-1"))
    assert.equal("deployment.apps/web scaled\n3\n", output("behave app=web ready=1h",
      "scale deploy/web 5", "run 1m", 'get "deploy/web".status.readyReplicas'))
    assert.matches("nothing to do with a node", complaint "node node-1 explode")
  end)

  it("give way to variables", function()
    assert.equal("7\n8\n", output("top = 7", "top", "top + 1"))
  end)

  it("verbs can be written so, too", function()
    assert.equal("90\n", output("run 1m", "now"))
    assert.matches("example:", output "help wait")
  end)
end)

describe("errors", function()
  it("say what was meant", function()
    assert.equal('Error from server (NotFound): deployments.apps "wbe" not found; did you mean '
      .. '"web"?\n', complaint "get deploy/wbe")
    assert.equal('error: deployments.apps "wbe" not found; did you mean "web"?\n',
      complaint 'get "deploy/wbe"')
    assert.matches('did you mean "deploy', complaint "get deplyo")
    assert.matches('did you mean "get"%?', complaint "gte pods")
    assert.matches('did you mean "%-%-selector"%?', complaint "get pods --selctor app=web")
    assert.matches('did you mean "scale"', complaint 'scael("deploy/web", 3)')
  end)

  it("tell who comes from a shell that this is none", function()
    assert.matches('^error: "|": no shell reads this: ', complaint "get pods | grep web")
    assert.matches("^error: run: unknown flag %-%-image=web: it is a verb of wlrun",
      complaint "run web --image=web")
    assert.equal("error: none.yaml: there is no such file\n", complaint "apply -f none.yaml")
  end)

  it("a scenario that is not there ends it before it begins", function()
    local run = process.run { "repl", "none.lua" }
    assert.same({ 2, "none.lua: there is no such file\n" }, { run.status, run.err })
  end)

  it("say how a word is used", function()
    for _, word in ipairs { "get", "scale", "set", "rollout", "label", "delete", "apply", "create",
      "drain", "taint", "wait", "patch", "describe" } do
      assert.matches("; for example: ", complaint(word))
    end
    assert.matches("needs a value", complaint "get pods -o")
    assert.matches("which of them", complaint "delete pods")
    assert.matches("quote at column", complaint "label deploy/web 'a=b")
  end)

  it("name lines of input with several, and of files", function()
    assert.matches("prompt:2: boom", complaint("do", "error 'boom'", "end"))
    local _, said = after({ "require 'm'" }, { ["m.lua"] = "error 'inside'" })
    assert.equal(1, said.status)
  end)
end)
