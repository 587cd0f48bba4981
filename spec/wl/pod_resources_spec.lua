-- SPDX-License-Identifier: MIT
local pod_resources = require "wl.pod_resources"

local function container(cpu, memory, more)
  local one = { name = "c", resources = { requests = { cpu = cpu, memory = memory } } }
  for key, value in pairs(more or {}) do
    one[key] = value
  end
  return one
end

local sidecar = { restartPolicy = "Always" }

describe("what a pod asks for", function()
  for _, case in ipairs {
    { "adds up its containers",
      { containers = { container("100m", "1Gi"), container("1", "1Gi") } }, 1100, 2 << 30 },
    { "is at least its largest init container",
      { containers = { container("100m") }, initContainers = { container("2"), container("1") } },
      2000, 0 },
    { "counts sidecars beside the containers",
      { containers = { container("100m") }, initContainers = { container("50m", nil, sidecar) } },
      150, 0 },
    { "counts sidecars beside the init containers after them",
      { containers = { container("100m") },
        initContainers = { container("50m", nil, sidecar), container("2") } }, 2050, 0 },
    { "adds the overhead",
      { containers = { container("100m") }, overhead = { cpu = "250m", memory = "1Ki" } },
      350, 1024 },
    { "takes the pod's own requests before its containers'",
      { containers = { container("100m") }, resources = { requests = { cpu = "1" } } }, 1000, 0 },
    { "takes a limit for a request",
      { containers = { { resources = { limits = { cpu = "2", memory = "1" } } } } }, 2000, 1 },
  } do
    it(case[1], function()
      local requests = pod_resources.requests(case[2])
      assert.equal(case[3], requests.cpu or 0)
      assert.equal(case[4], requests.memory or 0)
    end)
  end

  it("is assumed to be a little when nodes are compared", function()
    local spec = { containers = { container(), container("0", "1Gi") } }
    local scored = pod_resources.scored(spec)
    assert.equal(100, scored.cpu)
    assert.equal((1 << 30) + 200 * 1024 * 1024, scored.memory)
  end)

  it("is one integer of the parts of a spec", function()
    local cpu = pod_resources.part "cpu"
    assert.equal(350, cpu({ container "100m" }, nil, { cpu = "250m" }))
    assert.equal(0, cpu({ {} }))
  end)
end)

describe("quality of service", function()
  local function limited(requests, limits)
    return { resources = { requests = requests, limits = limits } }
  end

  for _, case in ipairs {
    { "is BestEffort without requests", { containers = { {} } }, "BestEffort" },
    { "is Burstable with some", { containers = { container "1" } }, "Burstable" },
    { "is Guaranteed when limits equal requests",
      { containers = { limited({ cpu = "1", memory = "1Gi" },
                               { cpu = "1000m", memory = "1Gi" }) } },
      "Guaranteed" },
    { "is Guaranteed with limits alone",
      { containers = { limited(nil, { cpu = "1", memory = "1Gi" }) } }, "Guaranteed" },
    { "is Burstable when one container has none",
      { containers = { limited(nil, { cpu = "1", memory = "1Gi" }), {} } }, "Burstable" },
  } do
    it(case[1], function()
      assert.equal(case[3], pod_resources.qos_class(case[2]))
    end)
  end
end)
