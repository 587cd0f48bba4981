-- SPDX-License-Identifier: MIT
--- `wlrun check --runs N SCENARIO.lua`: a scenario run many times.
--
-- With several jobs each is a process of its own that runs every n-th run; the failure with
-- the lowest number counts, so that the result does not depend on how many there are.
local explore = require "wl.explore"
local file = require "wl.file"
local host = require "wl.host"
local json = require "wl.json"
local process = require "wl.process"
local replay = require "wl.explore.replay"
local report = require "wl.cli.report"
local run = require "wl.explore.run"
local shrink = require "wl.explore.shrink"
local story = require "wl.explore.story"
local value = require "wl.value"

local command = {}

local function options_of(given, path)
  return { path = path, runs = given.runs, seed = given.seed, nodes = given.nodes,
    promise = given.promise, load = #given.load > 0 and given.load or nil,
    coverage = given.verbose, arguments = { table.unpack(given.files, 2) } }
end

-- ---- one share of the runs, in this process ----

local function share(given, path)
  local options = options_of(given, path)
  local k, n = (given.share or "1/1"):match "^(%d+)/(%d+)$"
  options.first, options.step = math.tointeger(k), math.tointeger(n)
  local found = explore.run(options)
  return { runs = found.runs, number = found.first and found.first.number,
    wrong = found.wrong and found.wrong.message,
    coverage = found.coverage and found.coverage.count, last = found.coverage
      and found.coverage.last }
end

local function write_share(given, path)
  local out = assert(io.open(given.results, "w"))
  out:write(json.format(value.of(share(given, path))))
  out:close()
  return 0
end

-- ---- all of them ----

local function words_of(given, k, n, results)
  local words = { process.program() }
  local function add(...)
    for _, word in ipairs { ... } do words[#words + 1] = tostring(word) end
  end
  if host.home then add("--home", host.home) end
  add("check", "--runs", given.runs, "--share", k .. "/" .. n, "--results", results)
  if given.seed then add("--seed", given.seed) end
  if given.nodes then add("--nodes", given.nodes) end
  for _, name in ipairs(given.promise or {}) do add("--promise", name) end
  for _, loaded in ipairs(given.load) do add("--load", loaded) end
  if given.verbose then add "--verbose" end
  add(table.unpack(given.files))
  return words
end

local function in_processes(given, n)
  local pool, files, sum = process.pool(), {}, { runs = 0 }
  for k = 1, n do
    files[k] = os.tmpname()
    assert(pool:start(words_of(given, k, n, files[k])))
  end
  while pool:wait() do end
  for k = 1, n do
    local one = json.parse(file.read(files[k]) or "") or {}
    os.remove(files[k])
    sum.runs = sum.runs + (one.runs or 0)
    sum.wrong = sum.wrong or one.wrong
    sum.number = one.number and math.min(one.number, sum.number or one.number) or sum.number
    sum.coverage = one.coverage and math.max(one.coverage, sum.coverage or 0) or sum.coverage
    sum.last = one.last and math.max(one.last, sum.last or 0) or sum.last
  end
  return sum
end

-- ---- telling ----

local function name_of(path) return (path:gsub("%.lua$", "") .. ".replay.json") end

local function tell_failure(given, path, number)
  local options = options_of(given, path)
  options.first, options.runs = number, number
  local first = explore.run(options).first
  local plan, _, tries = shrink.plan(first.plan, first.outcome)
  local outcome = run.one(plan, { history = math.maxinteger })
  io.write(("run %d (seed %d, order %d) failed: %s\n"):format(number, first.plan.seed,
    first.plan.order, first.outcome.message))
  io.write(("the smallest run found in %d tries: order %d, %d of %d faults%s\n"):format(tries,
    plan.order, #outcome.faults - #(plan.mute or {}), #outcome.faults,
    plan.nodes and (", %d node%s"):format(plan.nodes, plan.nodes == 1 and "" or "s") or ""))
  io.write(story.tell(outcome))
  local name = given.replay or name_of(path)
  local written, message = replay.write(name, plan, outcome)
  if not written then return report.bad_input("wlrun: " .. message) end
  io.write(("run it again: wlrun replay %s\n"):format(name))
  return 1
end

--- @tparam table given options, see wl.cli.commands
-- @treturn integer exit status: 1 a run failed
function command.main(given)
  local path = given.files[1]
  if not path:find "%.lua$" then
    return report.bad_input "wlrun: --runs is for one scenario (.lua)"
  elseif given.results then
    return write_share(given, path)
  end
  local began, jobs = host.seconds(), given.jobs or process.processors()
  local found = jobs > 1 and in_processes(given, jobs) or share(given, path)
  if found.wrong then return report.bad_input(found.wrong) end
  local seconds = host.seconds() - began
  io.write(("%d runs in %.1f s, %.0f a second%s\n"):format(found.runs, seconds,
    found.runs / seconds, found.coverage and ("; %d transitions seen, the last new one in run %d")
      :format(found.coverage, found.last) or ""))
  if not found.number then
    io.write "no promise was broken\n"
    return 0
  end
  return tell_failure(given, path, found.number)
end

return command
