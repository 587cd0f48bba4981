-- SPDX-License-Identifier: MIT
--- `wlrun check FILE|DIR ...`: scenarios as tests.
local Console = require "wl.check.console"
local Tap = require "wl.check.tap"
local discover = require "wl.check.discover"
local host = require "wl.host"
local junit = require "wl.check.junit"
local process = require "wl.process"
local report = require "wl.cli.report"
local run = require "wl.check.run"
local terminal = require "wl.terminal"

local check = {}

local TIMEOUT = 300 -- seconds

local function worst_of(jobs)
  local worst, count = 0, 0
  for _, job in ipairs(jobs) do
    for _, test in ipairs(job.tests) do
      worst, count = math.max(worst, test.status), count + 1
    end
  end
  return worst, count
end

local function open_junit(options)
  if not options.junit then return nil end
  local out, problem = io.open(options.junit, "w")
  return out, problem and "wlrun: --junit: " .. problem
end

local function telling(options, files)
  if options.tap then return Tap.new() end
  local no_colour = os.getenv "NO_COLOR"
  return Console.new { quiet = options.quiet, verbose = options.verbose, files = #files,
    colours = terminal.is "stdout" and (no_colour == nil or no_colour == ""),
    columns = terminal.is "stderr" and terminal.columns() or nil }
end

--- @tparam table options see wl.cli.commands
-- @treturn integer exit status: 1 a test failed, 2 one is no right scenario or there is none
function check.main(options)
  if options.runs then return require("wl.cli.explore").main(options) end
  local files, problem = discover.files(options.files)
  if not files then return report.bad_input("wlrun: " .. problem) end
  local out
  out, problem = open_junit(options)
  if problem then return report.bad_input(problem) end
  options.jobs = options.jobs or process.processors()
  options.timeout = options.timeout or TIMEOUT
  options.artifacts = options.artifacts or "wlrun-failures"
  local tell, began = telling(options, files), host.seconds()
  local jobs = run.all(files, options, {
    started = function(job) tell:started(job) end,
    ended = function(job) tell:ended(job) end,
    file = function(job) tell:file(job) end,
  })
  tell:finish(host.seconds() - began, #files - #jobs)
  if out then
    out:write(junit(jobs))
    out:close()
  end
  local worst, count = worst_of(jobs)
  if count == 0 then
    return report.bad_input(not options.filter and "wlrun: there are no tests"
      or ("wlrun: no test has %q in its name"):format(options.filter))
  end
  return worst
end

return check
