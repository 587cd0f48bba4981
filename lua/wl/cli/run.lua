-- SPDX-License-Identifier: MIT
--- `wlrun SCENARIO.lua` and `wlrun MANIFEST.yaml ...`.
local host = require "wl.host"
local is_scenario = require("wl.cli.options").is_scenario
local json = require "wl.json"
local report = require "wl.cli.report"
local session = require "wl.cli.session"

local run = {}

-- Each returns the exit status, why it is not 0 (which has been told), and what was returned.

local function run_scenario(opened, options)
  local path = options.files[1]
  local status, returned = opened:run_file(path, { table.unpack(options.files, 2) })
  if status ~= 0 then return status, returned end
  local ok, problem, traceback = host.call(opened.scenario.finish, opened.scenario)
  if not ok then return report.raised(problem, traceback) end
  return 0, nil, returned
end

local function run_manifests(opened, options)
  local run_all = require("wl.manifest_run").run
  local ok, outcome, message = host.call(function()
    return run_all(opened.scenario:default(), options)
  end)
  if not ok then return report.raised(outcome, message) end
  return outcome, message
end

-- For wl.check.run: a line for each test, then one for the run as a whole.
local function write_results(path, tests, whole)
  local out = assert(io.open(path, "w"))
  for _, result in ipairs(tests) do out:write(json.format(result), "\n") end
  out:write(json.format(whole), "\n")
  out:close()
end

local function only_is_there(opened, options)
  return not options.only or #opened.scenario.tests > 0
end

-- The files that are applied first are those to apply, where there is no scenario.
local function gather_manifests(options)
  local files = options.filename or {}
  options.files, options.filename = table.move(options.files, 1, #options.files, #files + 1, files)
end

--- @tparam table options see wl.cli.commands
-- @treturn integer exit status
function run.main(options)
  local first, began = options.files[1], host.seconds()
  local of_scenario = first and is_scenario(first)
  if not of_scenario then gather_manifests(options) end
  local opened, status = session.open(options)
  if not opened then return status end
  local message, returned
  status, message, returned = (of_scenario and run_scenario or run_manifests)(opened, options)
  local tests = opened.scenario.tests
  local problem = opened:report(message or options.only and tests[1] and tests[1].message)
  opened:close()
  if options.results then
    local is_module = returned ~= nil and #opened.scenario.clusters == 0
    write_results(options.results, tests, { status = status, message = message,
      seconds = host.seconds() - began, returned = is_module })
  elseif status == 0 and not only_is_there(opened, options) then
    return report.bad_input(("wlrun: %s has no test %q"):format(first, options.only))
  end
  for _, test in ipairs(tests) do status = math.max(status, test.status) end
  return problem or status
end

return run
