-- SPDX-License-Identifier: MIT
--- `wlrun plan OLD.yaml NEW.yaml ...`: what applying manifests may come to.
local file = require "wl.file"
local forecast = require "wl.forecast"
local host = require "wl.host"
local html = require "wl.report.html"
local json = require "wl.json"
local manifest_files = require "wl.manifest_files"
local report = require "wl.cli.report"
local run = require "wl.forecast.run"
local text = require "wl.forecast.text"
local value = require "wl.value"
local world = require "wl.forecast.world"

local command = {}

local RUNS, HOUR = 50, 3600

local function world_of(given)
  return { documents = manifest_files.read { given.files[1] }, namespace = given.namespace,
    nodes = given.nodes, load = given.load, with = given.with, limit = HOUR }
end

local function plans_of(given, about)
  local plans = {}
  for i = 2, #given.files do
    plans[i - 1] = { name = given.files[i], documents = manifest_files.read { given.files[i] },
      limit = given.length or HOUR, namespace = given.namespace,
      begin = function(cluster) world.begin(about, cluster) end }
  end
  return plans
end

-- "out.html", of the second of two -> "out-2.html".
local function name_of(path, i, count)
  if count == 1 then return path end
  local stem, ending = path:match "^(.*)(%.[^./]*)$"
  return ("%s-%d%s"):format(stem or path, i, ending or "")
end

-- The worst run again, with all of its writes.
local function draw(given, about, plans, summaries)
  for i, plan in ipairs(plans) do
    local seed = summaries[i].worst_seed
    local _, cluster = run.one(world.before(about, seed), plan, true)
    local path = name_of(given.report, i, #plans)
    local written, message = html.write(cluster, path,
      { title = ("%s, the worst of %d runs"):format(plan.name, summaries[i].runs) })
    if not written then error("wlrun: --report: " .. message, 0) end
  end
end

local LISTS = { workloads = true, budgets = true, blockers = true }

-- What programs read: as wl.forecast has it, each number with its unit in its name.
local function plain(summary)
  local copy = {}
  for name, x in pairs(summary) do copy[name] = LISTS[name] and value.list(x) or x end
  local each = {}
  for i, result in ipairs(summary.results) do
    each[i] = { seed = result.seed, seconds = result.seconds, missing = value.list(result.missing) }
  end
  copy.results = value.list(each)
  copy.cpuMilli, copy.memoryBytes, copy.cpu, copy.memory = copy.cpu, copy.memory, nil, nil
  return copy
end

local function write(given, summaries)
  if given.output ~= "json" then
    io.write(text.format(summaries))
    return
  end
  local list = {}
  for i, summary in ipairs(summaries) do list[i] = plain(summary) end
  io.write(json.format(value.of { plans = value.list(list) }), "\n")
end

local function perform(given)
  local about = world_of(given)
  local plans = plans_of(given, about)
  local summaries = forecast.compare { plans = plans, runs = given.runs or RUNS,
    seed = given.seed, begin = function(seed) return world.before(about, seed) end }
  write(given, summaries)
  if given.report then draw(given, about, plans, summaries) end
  return forecast.is_sure(summaries) and 0 or 1
end

local function problem_of(given)
  if #given.files < 2 then
    return "wlrun: plan: the manifests that there are, and new ones expected"
  end
  local output = given.output or "table"
  if output ~= "table" and output ~= "json" then
    return ("wlrun: plan: -o %s: there are table and json"):format(output)
  end
  for _, path in ipairs { given.with } do
    local found, message = file.read(path)
    if not found then return message end
  end
end

--- @tparam table given options, see wl.cli.commands
-- @treturn integer exit status: 1 some run did not finish
function command.main(given)
  local problem = problem_of(given)
  if problem then return (report.bad_input(problem)) end
  local ok, status, traceback = host.call(perform, given)
  if not ok then return (report.raised(status, traceback)) end
  return status
end

return command
