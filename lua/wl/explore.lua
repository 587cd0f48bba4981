-- SPDX-License-Identifier: MIT
--- Exploration: a scenario run many times, with other seeds and other orders of what happens
-- at the same time, until a promise is broken.
local Coverage = require "wl.explore.coverage"
local run = require "wl.explore.run"

local explore = {}

-- The i-th of many runs: each seed in the usual order first.
local function plan_of(options, i)
  return { path = options.path, seed = (options.seed or 1) + i - 1, order = i % 3 == 1 and 0 or i,
    nodes = options.nodes, promise = options.promise, load = options.load,
    arguments = options.arguments }
end

--- Run a scenario many times.
-- @tparam table options path; runs; first and step, of the numbers of the runs (1, 1); seed,
--   nodes, promise, load, arguments; all: do not stop at the first failure; coverage:
--   look at what was seen; tell(i): called after each run
-- @treturn table runs, failures (those that failed), first (plan, outcome, number; nil: none
--   did), wrong (an outcome that was no failure but an error; nil), coverage
function explore.run(options)
  local found = { runs = 0, failures = 0, coverage = options.coverage and Coverage.new() or nil }
  for i = options.first or 1, options.runs, options.step or 1 do
    local plan = plan_of(options, i)
    local outcome = run.one(plan, { watch = found.coverage and function(cluster)
      found.coverage:follow(cluster, i)
    end })
    found.runs = found.runs + 1
    if outcome.wrong then
      found.wrong = outcome
      break
    elseif outcome.failed then
      found.failures = found.failures + 1
      found.first = found.first or { plan = plan, outcome = outcome, number = i }
      if not options.all then break end
    end
    if options.tell then options.tell(i) end
  end
  return found
end

return explore
