-- SPDX-License-Identifier: MIT
local order = require "stdlib.deletion.kubernetes"
local replicas = require "wl.replicas"
local shared = require "spec.support.shared"
local time = require "wl.schema.time"
local value = require "wl.value"

local NOW = 1700000000

local function ago(seconds)
  return seconds and seconds ~= value.null and time.format(NOW - seconds) or nil
end

local function conditions(case)
  return { { type = "Ready", status = case.ready and "True" or "False",
    lastTransitionTime = ago(case.readySecondsAgo) } }
end

local function pod(case)
  return {
    metadata = {
      name = case.name, uid = case.uid, creationTimestamp = ago(case.createdSecondsAgo),
      annotations = { ["controller.kubernetes.io/pod-deletion-cost"] = case.deletionCost },
    },
    spec = {
      nodeName = case.nodeName ~= "" and case.nodeName or nil,
      initContainers = { { name = "side", restartPolicy = "Always" }, { name = "init" } },
    },
    status = {
      phase = case.phase, conditions = conditions(case),
      containerStatuses = { { name = "c", restartCount = case.restarts } },
      initContainerStatuses = {
        { name = "init", restartCount = 7 },
        { name = "side", restartCount = case.sidecarRestarts or 0 },
      },
    },
    rank = case.rank,
  }
end

local facets = {}

function facets.ready(one) return one.status.conditions[1].status == "True" end

function facets.assigned(one)
  return one.spec.nodeName ~= nil and one.status.phase ~= "Succeeded"
    and one.status.phase ~= "Failed"
end

local function count_by(related)
  return function(one, path, facet)
    local n = 0
    for _, other in ipairs(related) do
      if facets[facet](other) and value.get(other, path) == value.get(one, path) then
        n = n + 1
      end
    end
    return n
  end
end

local context = {
  now = NOW,
  holds = function(one, facet) return facets[facet](one) end,
  count = function(one) return one.rank end,
}

local function pods(list)
  local made = {}
  for i, case in ipairs(list) do
    made[i] = pod(case)
  end
  return made
end

local function names(list, limit)
  local found = {}
  for i = 1, limit or #list do
    found[i] = list[i].metadata.name
  end
  return found
end

describe("the Kubernetes deletion order", function()
  local function each(op, fn) shared.each("pod_deletion_order", op, fn) end

  each("order", function(_, input, expected)
    assert.same(expected.order, names(order:sort(pods(input.pods), context)))
  end)

  each("pair", function(_, input, expected)
    local a, b = pod(input.a), pod(input.b)
    local result = order:compare(a, b, context)
    local first = result < 0 and a or result > 0 and b
    assert.equal(expected.first, first and first.metadata.name or "equal")
    assert.equal(-result, order:compare(b, a, context))
  end)

  each("pick", function(_, input, expected)
    local related = { now = NOW, holds = context.holds, count = count_by(pods(input.relatedPods)) }
    local picked = names(order:sort(pods(input.pods), related), input.count)
    table.sort(picked)
    assert.same(expected.deleted, picked)
  end)

  each("availability", function(_, input, expected)
    local since = input.readySecondsAgo ~= value.null and NOW - input.readySecondsAgo or nil
    local wait = replicas.available_in(input.ready and since, input.minReadySeconds, NOW)
    assert.equal(expected.seconds ~= value.null and expected.seconds or nil, wait)
  end)
end)

describe("a deletion order", function()
  local deletion_order = require "wl.deletion_order"

  it("says what is wrong with a key", function()
    assert.error_matches(function() deletion_order "X" { { "a.b", frist = "lowest" } } end,
      "key 1: unknown field frist")
    assert.error_matches(function() deletion_order "X" { { "a.b" } } end,
      "key 1: what goes first%?")
  end)

  it("reads a cost as strictly as the API does", function()
    local cost = deletion_order "X" { { "cost", as = "integer", default = 0, first = "lowest" } }
    local read_as = { ["+5"] = 0, ["05"] = 0, ["3000000000"] = 0, ["-7"] = -7, ["12"] = 12 }
    for text, number in pairs(read_as) do
      assert.equal(0, cost:compare({ cost = text }, { cost = tostring(number) }, context), text)
    end
  end)
end)
