-- SPDX-License-Identifier: MIT
-- What Kubernetes' end-to-end tests of the garbage collector observe.
local Cluster = require "wl.cluster"
local shared = require "spec.support.shared"
local value = require "wl.value"

local APIS = { ReplicationController = "v1", Deployment = "apps/v1", ReplicaSet = "apps/v1",
  CronJob = "batch/v1", Job = "batch/v1" }

local function template(step, restart)
  return { metadata = { labels = { app = step.name } }, spec = { restartPolicy = restart,
    containers = { { name = "c", image = step.image or "img" } } } }
end

local function spec_of(step)
  local spec = value.table(step.spec or {})
  if step.kind == "CronJob" then
    spec.jobTemplate = { spec = { template = template(step, "Never") } }
  elseif step.kind == "Job" then
    spec.template = template(step, "Never")
  else
    local labels = { app = step.name }
    spec.selector = step.kind == "ReplicationController" and labels or { matchLabels = labels }
    spec.template = template(step)
  end
  return spec
end

local STEPS = {}

function STEPS.create(cluster, step)
  assert(cluster:create { apiVersion = APIS[step.kind], kind = step.kind,
    metadata = { name = step.name }, spec = spec_of(step) })
end

function STEPS.delete(cluster, step)
  local propagation = step.propagation ~= value.null and step.propagation or nil
  assert(cluster:delete((cluster:get(step.kind, nil, step.name)), { propagation = propagation }))
end

-- "half of the pods of rc1" get another owner, "rc2 (no controller)".
function STEPS.patch(cluster, step)
  local from, name = step.of:match "of (%S+)$", step.add.ownerReferences:match "^(%S+)"
  local owner = cluster:get("ReplicationController", nil, name)
  local pods = cluster:list("Pod", { selector = "app=" .. from })
  for i = 1, #pods // 2 do
    assert(cluster:update(pods[i], function(draft)
      table.insert(draft.metadata.ownerReferences, { apiVersion = "v1", name = name,
        kind = "ReplicationController", uid = owner.metadata.uid })
    end))
  end
end

function STEPS.waitFor(cluster) cluster:run "2m" end

local function names_of(list)
  local names = {}
  for i, object in ipairs(list) do names[i] = object.metadata.name end
  return names
end

local function check(cluster, expected)
  local list = cluster:list(expected.kind)
  if expected.count then assert.equal(expected.count, #list, expected.kind) end
  if expected.names then assert.same(expected.names, names_of(list)) end
  local only = expected.ownerReferences and expected.ownerReferences:match "^only (%S+)$"
  for _, object in ipairs(only and list or {}) do
    assert.equal(1, #object.metadata.ownerReferences)
    assert.equal(only, object.metadata.ownerReferences[1].name)
  end
end

describe("deleting", function()
  for _, case in ipairs(shared.cases "e2e_behaviours" or {}) do
    if case.source.file:find "garbage_collector" then
      it(case.note .. " (" .. case.id .. ")", function()
        local cluster = Cluster.new { nodes = 3 }
        for i, step in ipairs(case.input.steps) do
          if not STEPS[step["do"]] then return pending(step["do"]) end
          STEPS[step["do"]](cluster, step)
          cluster:run "1m"
          for _, expected in ipairs(case.expected.checks) do
            if expected.after == i then check(cluster, expected) end
          end
        end
      end)
    end
  end
end)
