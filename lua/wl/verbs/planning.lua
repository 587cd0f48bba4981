-- SPDX-License-Identifier: MIT
--- The verb `plan`: what applying a manifest may come to, from the present state.
local chaos = require "wl.chaos"
local duration = require "wl.duration"
local forecast = require "wl.forecast"
local manifest = require "wl.manifest"
local manifest_files = require "wl.manifest_files"
local reference = require "wl.verbs.reference"
local run = require "wl.forecast.run"
local text = require "wl.forecast.text"
local value = require "wl.value"

local planning = {}

local RUNS, LIMIT = 50, "1h"
local OPTIONS = { runs = true, limit = true, chaos = true, seed = true }

local function documents_of(given)
  if type(given) == "string" and given:find "\n" then
    return reference.check(manifest.parse(given, "(text)"))
  elseif type(given) == "string" then
    return manifest_files.read { given }
  end
  return reference.check(manifest.of(value.is_list(given) and given or { given }))
end

local function name_of(given, i)
  if type(given) == "string" and not given:find "\n" then return given end
  return ("manifest %d"):format(i)
end

-- What is named as a manifest, and after it the options.
local function arguments(...)
  local given = { ... }
  local last = given[#given]
  local is_options = type(last) == "table" and not value.is_list(last) and last.kind == nil
  local options = is_options and table.remove(given) or nil
  if given[1] == nil then
    reference.misuse 'plan: a manifest expected, as in plan "new.yaml", or plan("a.yaml", "b.yaml")'
  end
  for _, one in ipairs(given) do
    if type(one) ~= "string" and not value.is_map(one) and not value.is_list(one) then
      reference.misuse("plan: a manifest expected, as apply takes it; got %s", reference.seen(one))
    end
  end
  return given, reference.options("plan", options, OPTIONS)
end

local function faults_of(options)
  if options.chaos == nil then return nil end
  local read, message = chaos.read(options.chaos)
  if not read then reference.misuse("plan: %s", message) end
  return function(cluster) chaos.start(cluster, read) end
end

--- Forecast an apply over many seeds, and print it. Nothing is applied to this cluster.
-- @param cluster
-- @param ... manifests as for apply, each a plan of its own; and at the end options: runs (50),
--   limit ("1h"), chaos (faults, as for the verb), seed, the first one
-- @treturn table what wl.forecast has found for the first
-- @treturn ... and for the others
function planning.plan(cluster, ...)
  local given, options = arguments(...)
  local plans, begin = {}, faults_of(options)
  for i, one in ipairs(given) do
    plans[i] = { name = name_of(one, i), documents = documents_of(one), begin = begin,
      limit = duration.seconds(options.limit or LIMIT, 2), namespace = cluster.namespace }
  end
  cluster:settle()
  local shot = reference.check(cluster:snapshot())
  local summaries = forecast.compare { plans = plans, runs = options.runs or RUNS,
    seed = options.seed, begin = function(seed) return run.reseeded(shot, seed) end }
  io.write(text.format(summaries))
  return table.unpack(summaries)
end

return planning
