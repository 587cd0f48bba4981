-- SPDX-License-Identifier: MIT
--- One run of a forecast: from a snapshot, apply, and let time pass until it is done.
local Cluster = require "wl.cluster"
local Gauge = require "wl.forecast.gauge"
local apply = require "wl.apply"
local conditions = require "wl.conditions"
local rollout = require "wl.rollout"

local run = {}

-- ---- where it begins ----

local function copied(map, changes)
  local copy = setmetatable({}, getmetatable(map))
  for key, x in pairs(map) do copy[key] = x end
  for key, x in pairs(changes) do copy[key] = x end
  return copy
end

--- A snapshot from which another seed draws.
-- @tparam Snapshot shot
-- @tparam integer seed
-- @treturn Snapshot
function run.reseeded(shot, seed)
  return copied(shot, { options = copied(shot.options, { seed = seed }), streams = {} })
end

-- The clock of what is told begins with the apply.
local function restored(shot, is_kept)
  local history = is_kept and math.maxinteger or 0
  local cluster = Cluster.restore(copied(shot, { started = shot.seconds,
    options = copied(shot.options, { history = history }) }))
  if is_kept then cluster.events:keep_all() end
  return cluster
end

-- ---- when it is done ----

local function is_true(object, type)
  local found = conditions.find((object.status or {}).conditions, type)
  return found ~= nil and found.status == "True"
end

local function is_rolled_out(object)
  local _, done = rollout.status(object)
  return done == true
end

local function is_complete(object) return is_true(object, "Complete") end

local function has_its_pods(object)
  return ((object.status or {}).availableReplicas or 0) >= (object.spec.replicas or 1)
end

-- Kind -> is it where its manifest wants it? Of others nothing is awaited.
local done = {
  Deployment = is_rolled_out, DaemonSet = is_rolled_out, ReplicaSet = has_its_pods,
  ReplicationController = has_its_pods, Job = is_complete, Workflow = is_complete,
}

-- Under OnDelete nothing is rolled out: it has what it wants when its pods are ready.
function done.StatefulSet(object)
  if (object.spec.updateStrategy or {}).type == "OnDelete" then return has_its_pods(object) end
  return is_rolled_out(object)
end

function done.Release(object) return (object.status or {}).phase == "Complete" end

function done.Pod(object)
  return (object.status or {}).phase == "Succeeded" or is_true(object, "Ready")
end

local function unfinished(cluster, targets)
  local list = {}
  for _, target in ipairs(targets) do
    local judge = done[target.kind]
    local object = judge and cluster:get(target.kind, target.namespace, target.name)
    if judge and not (object and judge(object)) then list[#list + 1] = object or target end
  end
  return list
end

-- ---- why it is not ----

-- A status that is bad news, by type of condition.
local BAD = { Progressing = "False", Available = "False", ReplicaFailure = "True",
  Failed = "True", FailureTarget = "True", PolicyFailed = "True", PodScheduled = "False" }

local function name_of(object)
  local metadata = object.metadata or object
  return ("%s/%s"):format(object.kind, metadata.name)
end

local function reasons_of(objects, gauge)
  local list = {}
  for _, object in ipairs(objects) do
    for _, one in ipairs((object.status or {}).conditions or {}) do
      if BAD[one.type] == one.status then
        list[#list + 1] = { about = name_of(object), reason = one.reason or one.type,
          message = Gauge.plain(one.message or "") }
      end
    end
  end
  for _, warning in ipairs(gauge.warnings) do
    list[#list + 1] = { about = warning.kind, reason = warning.reason, message = warning.message }
  end
  return list
end

local function names_of(objects)
  local names = {}
  for i, object in ipairs(objects) do names[i] = name_of(object) end
  return names
end

-- ---- the run ----

local function read(cluster, documents, options)
  local steps, wrong = apply.plan(cluster.server, documents, options)
  if not steps then error(wrong, 0) end
  local drafts = {}
  for i, step in ipairs(steps) do drafts[i] = step.draft end
  return drafts
end

--- Run it. Raises when the manifests are refused.
-- @tparam Snapshot shot where it begins
-- @tparam table plan documents; limit, in seconds; namespace; begin(cluster): called right
--   after the apply, for faults
-- @tparam ?boolean is_kept whether all writes and events are kept, for a picture
-- @treturn table seconds (nil: not done within the limit), targets, budgets, most, refused, as
--   wl.forecast.gauge has them; missing: names; reasons: about, reason, message
-- @treturn Cluster
function run.one(shot, plan, is_kept)
  local cluster = restored(shot, is_kept)
  local options = { namespace = plan.namespace }
  cluster.store:set_writer "kubectl"
  local gauge = Gauge.new(cluster, read(cluster, plan.documents, options))
  local objects, wrong = apply.documents(cluster.server, plan.documents, options)
  if not objects then error(wrong, 0) end
  cluster.observer = gauge
  if plan.begin then plan.begin(cluster) end
  local began = cluster:now()
  local is_done = cluster:run_until(plan.limit, function()
    return #unfinished(cluster, gauge.targets) == 0
  end)
  gauge:look()
  local missing = unfinished(cluster, gauge.targets)
  return { seconds = is_done and cluster:now() - began or nil, targets = gauge.targets,
    budgets = gauge.by_budget, most = gauge.most, refused = gauge.refused,
    missing = names_of(missing), reasons = is_done and {} or reasons_of(missing, gauge) }, cluster
end

return run
