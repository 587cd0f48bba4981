-- SPDX-License-Identifier: MIT
--- The world of a forecast from the command line: a cluster that has the old manifests, and
-- what a file says about its pods and its faults.
--
-- The file (`--with`) is statements of a scenario. It is run twice for each seed: before the
-- old manifests are applied, for how pods behave (`behave`, `metric`), and right after the
-- new ones are, for what happens (`chaos`, `at`, `after`, `every`): its moments count
-- from the apply.
local apply = require "wl.apply"
local chunk_of = require "wl.chunk"
local scenario = require "wl.scenario"

local world = {}

local BEHAVES = { behave = true, metric = true }
local HAPPENS = { chaos = true, at = true, after = true, every = true }

local function nothing() end

-- Run the file, without the verbs of the other half; functions that it leaves behind, as
-- those of `at`, have all verbs.
local function say(played, path, muted)
  local environment, is_reading = played:environment(), true
  local globals = setmetatable({}, { __index = function(_, name)
    if is_reading and muted[name] then return nothing end
    return environment[name]
  end })
  globals.cluster = nothing
  local chunk, problem = chunk_of.load(path, globals)
  if not chunk then error(problem, 0) end
  local forget = chunk_of.search_beside(path, globals)
  chunk()
  is_reading = false
  forget()
end

local function played_in(options, cluster)
  local played = scenario.new { seed = options.seed, nodes = options.nodes, history = 0 }
  for _, path in ipairs(options.load or {}) do played:load(path) end
  if cluster then
    played.current, played.clusters[1] = cluster, cluster
    played.definitions:follow(cluster)
  end
  return played
end

--- The moment before an apply.
-- @tparam table options documents (what there is), namespace, nodes, load, with: a file;
--   limit: seconds that the old manifests get to settle
-- @tparam integer seed
-- @treturn Snapshot
function world.before(options, seed)
  local played = played_in(setmetatable({ seed = seed }, { __index = options }))
  local cluster = played:default()
  if options.with then say(played, options.with, HAPPENS) end
  cluster.store:set_writer "kubectl"
  local objects, wrong = apply.documents(cluster.server, options.documents,
    { namespace = options.namespace })
  if not objects then error(wrong, 0) end
  cluster:run_until_quiet(options.limit)
  return assert(cluster:snapshot())
end

--- Let happen what the file says.
-- @tparam table options as above
-- @param cluster right after the apply
function world.begin(options, cluster)
  if options.with then say(played_in(options, cluster), options.with, BEHAVES) end
end

return world
