-- SPDX-License-Identifier: MIT
-- ConfigMaps and Secrets that pods refer to, and that are not there.
local play = require "spec.support.play"

describe("a pod that refers to", function()
  local cluster

  before_each(function() cluster = play.cluster() end)

  local function pod(container, volumes)
    play.pod(cluster, "p", { volumes = volumes,
      containers = { play.container(nil, nil, container) } })
    cluster:run "30s"
  end

  local function create(kind, name, data)
    assert(cluster:create { apiVersion = "v1", kind = kind, metadata = { name = name },
      data = data })
    cluster:run "5s"
  end

  local function state() return play.state(play.get(cluster, "p")) end

  local function waiting()
    return play.get(cluster, "p").status.containerStatuses[1].state.waiting
  end

  local function told(reason) return play.events(cluster, play.get(cluster, "p"), reason) end

  it("a Secret as a volume waits for it to be there", function()
    pod(nil, { { name = "keys", secret = { secretName = "s" } } })
    assert.equal("ContainerCreating", state())
    assert.equal("Pending", play.get(cluster, "p").status.phase)
    assert.same({ 'FailedMount: MountVolume.SetUp failed for volume "keys" : '
      .. 'secret "s" not found' }, told "FailedMount")
    create("Secret", "other")
    assert.equal("ContainerCreating", state())
    create("Secret", "s")
    assert.equal("running", state())
    assert.equal("2024-01-01T00:00:35Z",
      play.get(cluster, "p").status.containerStatuses[1].state.running.startedAt)
  end)

  it("a key of a ConfigMap as a file waits for the key", function()
    create("ConfigMap", "c", { a = "x" })
    pod(nil, { { name = "v", configMap = { name = "c", items = { { key = "b", path = "b" } } } } })
    assert.matches("references non%-existent config key: b", told("FailedMount")[1])
    play.change(cluster, "ConfigMap", "c", function(draft) draft.data.b = "y" end)
    cluster:run "5s"
    assert.equal("running", state())
  end)

  it("parts of a projected volume waits for all of them", function()
    pod(nil, { { name = "v", projected = { sources = { { configMap = { name = "c" } },
      { secret = { name = "s" } } } } } })
    assert.matches('configmap "c" not found', told("FailedMount")[1])
    create("ConfigMap", "c")
    assert.matches('secret "s" not found', told("FailedMount")[2])
    create("Secret", "s")
    assert.equal("running", state())
  end)

  it("a ConfigMap as environment is not made, and says so", function()
    pod { envFrom = { { configMapRef = { name = "c" } } } }
    assert.same({ "CreateContainerConfigError", 'configmap "c" not found' },
      { waiting().reason, waiting().message })
    assert.same({ 'Failed: Error: configmap "c" not found' }, told "Failed")
    create("ConfigMap", "c")
    assert.equal("running", state())
  end)

  it("a key of a Secret as environment is told which key", function()
    create("Secret", "s", { a = "eA==" })
    pod { env = { { name = "B", valueFrom = { secretKeyRef = { name = "s", key = "b" } } } } }
    assert.equal("couldn't find key b in Secret default/s", waiting().message)
  end)

  it("what is optional does without", function()
    pod({ envFrom = { { secretRef = { name = "s", optional = true } } },
      env = { { name = "B", valueFrom = { configMapKeyRef = { name = "c", key = "b",
        optional = true } } } } },
      { { name = "v", secret = { secretName = "s", optional = true } },
        { name = "w", configMap = { name = "kube-root-ca.crt" } } })
    assert.equal("running", state())
  end)

  it("a claim that is not there is not scheduled", function()
    pod(nil, { { name = "v", persistentVolumeClaim = { claimName = "data" } } })
    local _, scheduled = play.condition(play.get(cluster, "p"), "PodScheduled")
    assert.equal("Unschedulable", scheduled.reason)
    assert.matches('persistentvolumeclaim "data" not found', scheduled.message)
  end)

  it("nothing lets one container run beside one that cannot be made", function()
    play.pod(cluster, "q", { containers = { play.container(), { name = "other", image = "i",
      envFrom = { { secretRef = { name = "s" } } } } } })
    cluster:run "10s"
    local q = play.get(cluster, "q")
    assert.equal("running", play.state(q, 1))
    assert.equal("CreateContainerConfigError", play.state(q, 2))
    create("Secret", "s")
    assert.equal("running", play.state(play.get(cluster, "q"), 2))
    assert.equal("True", (play.condition(play.get(cluster, "q"), "Ready")))
  end)

  it("a Secret and is deleted meanwhile goes", function()
    pod(nil, { { name = "keys", secret = { secretName = "s" } } })
    assert(cluster:delete(play.get(cluster, "p")))
    cluster:run "1m"
    assert.is_nil(play.get(cluster, "p"))
    create("Secret", "s")
  end)
end)
