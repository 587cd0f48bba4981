-- SPDX-License-Identifier: MIT
local Profile = require "wl.kubelet.profile"
local behaviour = require "wl.behaviour"
local behave = require("wl.verbs.nodes").behave
local default = require "stdlib.behaviour.default"
local lifecycle = require "wl.kubelet.lifecycle"
local play = require "spec.support.play"

local START = 1704067200 -- 2024-01-01T00:00:00Z

local WEB = { { name = "web", image = "nginx" } }

local function mark(status)
  local state = status.state
  local what = state.waiting and state.waiting.reason or state.running and "running"
    or ("%s %d"):format(state.terminated.reason, state.terminated.exitCode)
  local restarts = status.restartCount > 0 and " x" .. status.restartCount or ""
  return ("%s: %s%s%s"):format(status.name, what, restarts, status.ready and ", ready" or "")
end

local function describe_status(status)
  local marks = { status.phase }
  for _, field in ipairs { "initContainerStatuses", "containerStatuses" } do
    for _, one in ipairs(status[field] or {}) do
      marks[#marks + 1] = mark(one)
    end
  end
  return table.concat(marks, "; ")
end

-- The life of a pod: "second status" for each write, at most n.
local function life(spec, given, n)
  local pod = { metadata = { name = "p", namespace = "default", uid = "u" }, spec = spec }
  local read, stories = given and behaviour.read(given), {}
  local lines, now = {}, START
  for i = 1, n do
    local profile = Profile.new(read, default, pod, "1", stories)
    local step = lifecycle.advance(pod, profile, now)
    pod.status = step.status or pod.status
    lines[i] = ("%g %s"):format(now - START, describe_status(pod.status))
    if not step.due then
      lines[#lines + 1] = "and so on"
      break
    end
    now = step.due
  end
  return lines
end

describe("a pod's life", function()
  for _, case in ipairs {
    { "is to be created, and to run", { containers = WEB }, nil, 9, {
      "0 Pending; web: ContainerCreating",
      "1 Running; web: running, ready",
      "and so on" } },
    { "waits for its readiness probe",
      { containers = { { name = "web", readinessProbe = { initialDelaySeconds = 5,
                         periodSeconds = 2, successThreshold = 3 } } } }, nil, 9, {
      "0 Pending; web: ContainerCreating",
      "1 Running; web: running",
      "10 Running; web: running, ready",
      "and so on" } },
    { "runs init containers one after another, and sidecars beside them",
      { containers = WEB, initContainers = {
        { name = "a" }, { name = "side", restartPolicy = "Always" }, { name = "b" } } }, nil, 9, {
      "0 Pending; a: PodInitializing; side: PodInitializing; b: PodInitializing; "
        .. "web: PodInitializing",
      "1 Pending; a: running; side: PodInitializing; b: PodInitializing; web: PodInitializing",
      "2 Pending; a: Completed 0; side: running, ready; b: running; web: PodInitializing",
      "3 Running; a: Completed 0; side: running, ready; b: Completed 0; web: running, ready",
      "and so on" } },
    { "ends with its work when it is not to be restarted",
      { containers = WEB, restartPolicy = "Never" }, nil, 9, {
      "0 Pending; web: ContainerCreating",
      "1 Running; web: running, ready",
      "6 Succeeded; web: Completed 0",
      "and so on" } },
    { "ends its sidecars with its work",
      { containers = WEB, restartPolicy = "OnFailure",
        initContainers = { { name = "side", restartPolicy = "Always" } } }, nil, 9, {
      "0 Pending; side: PodInitializing; web: PodInitializing",
      "1 Running; side: running, ready; web: running, ready",
      "6 Succeeded; side: Completed 0; web: Completed 0",
      "and so on" } },
    { "fails with its container",
      { containers = WEB, restartPolicy = "Never" }, { after = "3s", exit = 2 }, 9, {
      "0 Pending; web: ContainerCreating",
      "1 Running; web: running, ready",
      "4 Failed; web: Error 2",
      "and so on" } },
    { "is restarted at once, then after 10 s, doubling",
      { containers = WEB }, { after = "5s", exit = 1 }, 8, {
      "0 Pending; web: ContainerCreating",
      "1 Running; web: running, ready",
      "6 Running; web: running x1, ready",
      "11 Running; web: CrashLoopBackOff x1",
      "21 Running; web: running x2, ready",
      "26 Running; web: CrashLoopBackOff x2",
      "46 Running; web: running x3, ready",
      "51 Running; web: CrashLoopBackOff x3" } },
    { "starts again from no backoff after ten minutes of running",
      { containers = WEB }, { after = "11m" }, 4, {
      "0 Pending; web: ContainerCreating",
      "1 Running; web: running, ready",
      "661 Running; web: running x1, ready",
      "1321 Running; web: running x2, ready" } },
    { "cannot pull its image",
      { containers = WEB }, { pull_error = true }, 9, {
      "0 Pending; web: ContainerCreating",
      "1 Pending; web: ErrImagePull",
      "11 Pending; web: ImagePullBackOff",
      "and so on" } },
    { "cannot get past a failing init container",
      { containers = WEB, initContainers = { { name = "a" } } },
      { containers = { a = { after = "2s", exit = 3 } } }, 5, {
      "0 Pending; a: PodInitializing; web: PodInitializing",
      "1 Pending; a: running; web: PodInitializing",
      "3 Pending; a: running x1; web: PodInitializing",
      "5 Pending; a: CrashLoopBackOff x1; web: PodInitializing",
      "15 Pending; a: running x2; web: PodInitializing" } },
    { "ends with a failing init container that is not restarted",
      { containers = WEB, initContainers = { { name = "a" } }, restartPolicy = "Never" },
      { containers = { a = { after = "2s", exit = 3 } } }, 5, {
      "0 Pending; a: PodInitializing; web: PodInitializing",
      "1 Pending; a: running; web: PodInitializing",
      "3 Failed; a: Error 3; web: PodInitializing",
      "and so on" } },
    { "is killed when it uses too much memory",
      { containers = WEB, restartPolicy = "Never" }, { after = "1s", oom = true }, 9, {
      "0 Pending; web: ContainerCreating",
      "1 Running; web: running, ready",
      "2 Failed; web: OOMKilled 137",
      "and so on" } },
    { "is restarted when its liveness probe fails",
      { containers = { { name = "web", livenessProbe = { periodSeconds = 5 } } } },
      { unhealthy = "20s" }, 4, {
      "0 Pending; web: ContainerCreating",
      "1 Running; web: running, ready",
      "36 Running; web: running x1, ready",
      "71 Running; web: CrashLoopBackOff x1" } },
    { "has a deadline",
      { containers = WEB, activeDeadlineSeconds = 4 }, nil, 9, {
      "0 Pending; web: ContainerCreating",
      "1 Running; web: running, ready",
      "4 Failed; web: Error 137",
      "and so on" } },
    { "loses its readiness now and then",
      { containers = WEB }, { ready = "2s", flap = { every = "30s", down = "5s" } }, 6, {
      "0 Pending; web: ContainerCreating",
      "1 Running; web: running",
      "3 Running; web: running, ready",
      "28 Running; web: running",
      "33 Running; web: running, ready",
      "58 Running; web: running" } },
    { "can be a story",
      { containers = WEB }, function(pod)
        pod:ready(false)
        pod:sleep "30s"
        pod:ready()
        pod:sleep(60)
        pod:exit(1 + pod.restarts)
      end, 5, {
      "0 Pending; web: ContainerCreating",
      "1 Running; web: running",
      "31 Running; web: running, ready",
      "91 Running; web: running x1",
      "121 Running; web: running x1, ready" } },
    { "can be a story with an end",
      { containers = WEB, restartPolicy = "Never" }, function(pod)
        pod:sleep "30s"
        return 3
      end, 5, {
      "0 Pending; web: ContainerCreating",
      "1 Running; web: running, ready",
      "31 Failed; web: Error 3",
      "and so on" } },
  } do
    it(case[1], function()
      assert.same(case[5], life(case[2], case[3], case[4]))
    end)
  end

  it("is bounded: a container that ends at once does not hang the run", function()
    assert.equal(6, #life({ containers = WEB }, { after = 0, exit = 1 }, 6))
  end)
end)

describe("a behaviour", function()
  local function complaint(given)
    local ok, text = pcall(behaviour.read, given)
    assert.is_false(ok)
    return text
  end

  for _, case in ipairs {
    { "an unknown field", { redy = "5s" }, 'unknown field "redy"; did you mean "ready"?' },
    { "a duration that is none", { ready = "soon" }, '"soon" is not a duration' },
    { "a negative duration", { after = -1 }, "must not be negative" },
    { "a range upside down", { after = { "5s", "1s" } }, "must not begin %(5s%) after its end" },
    { "a chance above 1", { crash = 2 }, "must be a chance from 0 to 1, not 2" },
    { "an exit code that is none", { exit = 300 }, "must be an exit code from 0 to 255" },
    { "a flag that is none", { oom = "yes" }, "must be true or false, not yes" },
    { "what is neither table nor function", 5, "must be a table or a function, not a number" },
    { "a flap without an end", { flap = { every = "5s", down = "5s" } }, "down for less than" },
    { "a mistake within a container", { containers = { a = { redy = 1 } } }, "did you mean" },
  } do
    it("refuses " .. case[1], function()
      assert.matches(case[3], complaint(case[2]))
    end)
  end
end)

describe("the kubelet", function()
  local function web(behaviour_of, replicas, spec)
    local cluster = play.cluster {}
    if behaviour_of then
      behave(cluster, "app=web", behaviour_of)
    end
    play.deployment(cluster, replicas or 1, spec)
    return cluster
  end

  local function only(cluster)
    return play.pods(cluster)[1]
  end

  it("reports what it does", function()
    local cluster = web()
    cluster:settle()
    local pod = only(cluster)
    assert.equal("Pending", pod.status.phase)
    assert.equal("10.0.0.1", pod.status.hostIP)
    assert.equal("2024-01-01T00:00:00Z", pod.status.startTime)
    assert.equal("BestEffort", pod.status.qosClass)
    assert.equal("False", (play.condition(pod, "PodReadyToStartContainers")))
    assert.equal("containers with unready status: [main]",
      select(2, play.condition(pod, "Ready")).message)
    cluster:run(1)
    pod = only(cluster)
    assert.equal("10.128.1.2", pod.status.podIP)
    for _, type in ipairs { "PodReadyToStartContainers", "Initialized", "Ready",
                            "ContainersReady", "PodScheduled" } do
      assert.equal("True", (play.condition(pod, type)))
    end
    assert.same({
      "Scheduled: Successfully assigned default/" .. pod.metadata.name .. " to node-1",
      'Pulling: Pulling image "img"',
      'Pulled: Successfully pulled image "img" in 1s (1s including waiting)',
      "Created: Container created",
      "Started: Container started",
    }, play.events(cluster, pod))
  end)

  it("gives pods of one node different addresses", function()
    local cluster = play.cluster { nodes = 1 }
    play.deployment(cluster, 3)
    cluster:run(5)
    local seen = {}
    for _, pod in ipairs(play.pods(cluster)) do
      assert.is_nil(seen[pod.status.podIP])
      seen[pod.status.podIP] = true
    end
  end)

  it("lets containers end when they are told to", function()
    local cluster = web()
    cluster:run(5)
    local pod = only(cluster)
    cluster.server:delete(pod)
    cluster:settle()
    local deleted = play.get(cluster, pod.metadata.name).metadata
    assert.equal("2024-01-01T00:00:35Z", deleted.deletionTimestamp)
    assert.same({ "Killing: Stopping container main" }, play.events(cluster, pod, "Killing"))
    cluster:run(1)
    assert.is_nil(play.get(cluster, pod.metadata.name))
  end)

  it("kills what does not hear it after the grace", function()
    local cluster = web({ ignore_term = true }, 1, { terminationGracePeriodSeconds = 7 })
    cluster:run(5)
    local pod = only(cluster)
    cluster.server:delete(pod)
    cluster:run(6)
    assert.is_truthy(play.get(cluster, pod.metadata.name))
    cluster:run(1)
    assert.is_nil(play.get(cluster, pod.metadata.name))
  end)

  it("kills it earlier when its grace is shortened", function()
    local cluster = web { ignore_term = true }
    cluster:run(5)
    local pod = only(cluster)
    cluster.server:delete(pod)
    cluster:run(2)
    cluster.server:delete(play.get(cluster, pod.metadata.name), { grace = 4 })
    cluster:run(1)
    assert.is_truthy(play.get(cluster, pod.metadata.name))
    cluster:run(1)
    assert.is_nil(play.get(cluster, pod.metadata.name))
  end)

  it("runs preStop hooks within the grace", function()
    local container = play.container(nil, nil, { lifecycle = { preStop = {
      sleep = { seconds = 10 } } } })
    local cluster = web(nil, 1, { containers = { container } })
    cluster:run(5)
    local pod = only(cluster)
    cluster.server:delete(pod)
    cluster:run(10)
    assert.is_truthy(play.get(cluster, pod.metadata.name))
    cluster:run(1)
    assert.is_nil(play.get(cluster, pod.metadata.name))
  end)

  it("says how it ended to whoever holds a finalizer", function()
    local cluster = play.cluster {}
    play.pod(cluster, "p", {}, { finalizers = { "example.org/wait" } })
    cluster:run(5)
    cluster.server:delete(play.get(cluster, "p"))
    cluster:run(5)
    local pod = play.get(cluster, "p")
    assert.equal("Failed", pod.status.phase)
    assert.equal(143, pod.status.containerStatuses[1].state.terminated.exitCode)
    play.change(cluster, "Pod", "p", function(draft) draft.metadata.finalizers = nil end)
    assert.is_nil(play.get(cluster, "p"))
  end)

  it("removes a pod that has no node at once", function()
    local cluster = play.cluster { nodes = 0 }
    play.pod(cluster, "p")
    cluster:settle()
    cluster.server:delete(play.get(cluster, "p"))
    assert.is_nil(play.get(cluster, "p"))
  end)

  it("refuses what another scheduler has put on a node that will not do", function()
    local cluster = play.cluster { nodes = 1, node = { cpu = "1" } }
    play.pod(cluster, "p", { nodeName = "node-1", nodeSelector = { disk = "ssd" } })
    play.pod(cluster, "q", { nodeName = "node-1", containers = { play.container "2" } })
    play.pod(cluster, "r", { nodeName = "node-1" })
    cluster:run(5)
    assert.equal("NodeAffinity", play.get(cluster, "p").status.reason)
    assert.equal("OutOfcpu", play.get(cluster, "q").status.reason)
    assert.equal("Failed", play.get(cluster, "q").status.phase)
    assert.equal("Running", play.get(cluster, "r").status.phase)
  end)

  it("lets a behaviour that is given later change what runs", function()
    local cluster = web { never_ready = true }
    cluster:run(60)
    assert.equal("False", (play.condition(only(cluster), "Ready")))
    behave(cluster, "app=web", {})
    cluster:run(1)
    assert.equal("True", (play.condition(only(cluster), "Ready")))
    behave(cluster, "app=web", { never_ready = true })
    cluster:run(1)
    assert.equal("False", (play.condition(only(cluster), "Ready")))
  end)

  it("pulls an image that can be pulled after all", function()
    local cluster = web { pull_error = "no such host" }
    cluster:run(60)
    assert.equal("ImagePullBackOff", play.state(only(cluster)))
    behave(cluster, "", {})
    cluster:run(1)
    assert.equal("running", play.state(only(cluster)))
  end)

  it("gives a behaviour to containers of one image only", function()
    local cluster = web({ image = "img:2", never_ready = true }, 1)
    cluster:run(5)
    assert.equal("True", (play.condition(only(cluster), "Ready")))
    play.change(cluster, "Deployment", "web", function(draft)
      draft.spec.template.spec.containers[1].image = "img:2"
    end)
    cluster:run(60)
    local ready = 0
    for _, pod in ipairs(play.pods(cluster)) do
      ready = ready + (play.condition(pod, "Ready") == "True" and 1 or 0)
    end
    assert.equal(2, #play.pods(cluster))
    assert.equal(1, ready)
  end)

  it("lets a part of the pods crash by chance, the same in each run", function()
    local function crashed()
      local cluster = play.cluster { nodes = 10, seed = 7 }
      behave(cluster, "app=web", { crash = 0.2, after = "10s" })
      play.deployment(cluster, 100)
      cluster:run(20)
      local names = {}
      for _, pod in ipairs(play.pods(cluster)) do
        if pod.status.containerStatuses[1].restartCount > 0 then
          names[#names + 1] = pod.metadata.name
        end
      end
      return names
    end
    local first = crashed()
    assert.is_true(#first > 5 and #first < 40)
    assert.same(first, crashed())
  end)

  it("draws durations from a range", function()
    local cluster = web({ ready = { "2s", "20s" } }, 30)
    cluster:run(10)
    local ready = 0
    for _, pod in ipairs(play.pods(cluster)) do
      ready = ready + (play.condition(pod, "Ready") == "True" and 1 or 0)
    end
    assert.is_true(ready > 3 and ready < 27)
    cluster:run(15)
    for _, pod in ipairs(play.pods(cluster)) do
      assert.equal("True", (play.condition(pod, "Ready")))
    end
  end)

  it("tells a mistake in a story at its pod", function()
    local cluster = web(function() error "no such thing" end)
    cluster:run(5)
    assert.matches("BehaviourFailed: .*no such thing",
      play.events(cluster, only(cluster), "BehaviourFailed")[1])
    assert.equal("running", play.state(only(cluster)))
  end)

  it("survives a story in which no time passes", function()
    for _, story in ipairs { function() while true do end end,
                             function(pod) while true do pod:sleep(0) end end } do
      local cluster = web(story)
      play.pod(cluster, "other")
      cluster:run(5)
      assert.is_true(#play.events(cluster, play.pods(cluster)[2], "BehaviourFailed") > 0)
      assert.equal("Running", play.get(cluster, "other").status.phase)
    end
  end)

  it("waits for conditions that others set", function()
    local cluster = play.cluster {}
    play.pod(cluster, "p", { readinessGates = { { conditionType = "example.org/ok" } } })
    cluster:run(5)
    local status, ready = play.condition(play.get(cluster, "p"), "Ready")
    assert.equal("False", status)
    assert.equal("ReadinessGatesNotReady", ready.reason)
    assert(cluster.server:update_status(play.get(cluster, "p"), function(draft)
      draft.conditions[#draft.conditions + 1] = { type = "example.org/ok", status = "True" }
    end))
    cluster:run(1)
    assert.equal("True", (play.condition(play.get(cluster, "p"), "Ready")))
  end)

  it("runs another image in a pod's place when its spec is given one", function()
    local cluster = play.cluster { nodes = 1 }
    play.pod(cluster, "p")
    cluster:run(10)
    local before = play.get(cluster, "p")
    for restarts, image in ipairs { "img:2", "img:3" } do
      play.change(cluster, "Pod", "p", function(draft) draft.spec.containers[1].image = image end)
      cluster:run(0)
      local status = play.get(cluster, "p").status
      assert.same({ "ContainerCreating", false, "Running" }, {
        status.containerStatuses[1].state.waiting.reason, status.containerStatuses[1].ready,
        status.phase })
      cluster:run(10)
      local now = play.get(cluster, "p").status.containerStatuses[1]
      assert.same({ image, image, restarts, true },
        { now.image, now.imageID, now.restartCount, now.ready })
    end
    local after = play.get(cluster, "p")
    assert.same({ before.spec.nodeName, before.status.podIP }, { after.spec.nodeName,
      after.status.podIP })
    local killed = cluster.events:list(function(event) return event.reason == "Killing" end)
    assert.equal("Container main definition changed, will be restarted", killed[1].message)
  end)

  it("takes a thousand pods through each step with one write", function()
    local cluster = play.cluster { nodes = 20 }
    local calls = 0
    local update_many = cluster.kubelet.entry.ctx.update_many
    cluster.kubelet.entry.ctx.update_many = function(...)
      calls = calls + 1
      return update_many(...)
    end
    play.deployment(cluster, 1000)
    cluster:run(5)
    assert.equal(1000, cluster.store:all(cluster.server:number(cluster.server:kind "Pod"))
      :count "ready")
    assert.is_true(calls <= 30)
  end)
end)
