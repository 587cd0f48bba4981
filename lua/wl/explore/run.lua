-- SPDX-License-Identifier: MIT
--- One run of a scenario among many: with its seed, its order, and without its output.
--
-- A plan says which run: `path`, `seed`, `order` (see wl.explore.order), and, of a run that
-- was made smaller, `mute` (numbers of faults that do not strike) and `nodes`. The same plan
-- gives the same run.
local checks = require "wl.verbs.checks"
local chunk_of = require "wl.chunk"
local host = require "wl.host"
local order = require "wl.explore.order"
local scenario = require "wl.scenario"

local run = {}

local function set_of(list)
  local set = {}
  for _, x in ipairs(list or {}) do set[x] = true end
  return set
end

local function prepared(cluster, plan, watch)
  cluster.chaos_mute = set_of(plan.mute)
  order.apply(cluster, plan.order or 0)
  if plan.promise then require("wl.verbs.promises").promise(cluster, table.unpack(plan.promise)) end
  if watch then watch(cluster) end
end

local function silence(environment)
  local before = io.output()
  local nowhere = assert(io.open("/dev/null", "w"))
  io.output(nowhere)
  environment.print = function() end
  return function()
    io.output(before)
    nowhere:close()
  end
end

local function outcome_of(played, problem, traceback)
  local cluster = played.clusters[1]
  local outcome = { played = played, cluster = cluster,
    faults = cluster and cluster.chaos_log or {},
    at = cluster and cluster:now() - cluster.started or 0,
    writes = cluster and cluster.store:revision() or 0 }
  if problem ~= nil then
    outcome.message, outcome.traceback = tostring(problem), traceback
    outcome.failed = checks.is_failure(problem)
    outcome.wrong = not outcome.failed
  end
  return outcome
end

--- Run a scenario.
-- @tparam table plan path, seed, order, mute, nodes, promise; load: files of definitions;
--   arguments of the scenario
-- @tparam ?table options loud: its output is seen; history: writes that are kept;
--   watch(cluster): called with each new cluster
-- @treturn table failed (a promise or expectation was broken), wrong (anything else was
--   raised), message; at (seconds since the beginning), writes; faults, cluster, played
function run.one(plan, options)
  options = options or {}
  local played = scenario.new { seed = plan.seed, nodes = plan.nodes,
    history = options.history or 0,
    on_cluster = function(cluster) prepared(cluster, plan, options.watch) end }
  for _, path in ipairs(plan.load or {}) do played:load(path) end
  local environment = played:environment()
  environment.arg = { [0] = plan.path, table.unpack(plan.arguments or {}) }
  local chunk, problem = chunk_of.load(plan.path, environment)
  if not chunk then return { wrong = true, message = problem, faults = {}, at = 0, writes = 0 } end
  local forget = chunk_of.search_beside(plan.path, environment)
  local speak = options.loud and function() end or silence(environment)
  local results = table.pack(host.call(function()
    chunk(table.unpack(environment.arg))
    played:finish()
  end))
  speak()
  if forget then forget() end
  if results[1] then return outcome_of(played) end
  return outcome_of(played, results[2], results[3])
end

return run
