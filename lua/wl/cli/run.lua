-- SPDX-License-Identifier: MIT
--- `wlrun SCENARIO.lua` and `wlrun MANIFEST.yaml ...`.
local host = require "wl.host"
local is_scenario = require("wl.cli.options").is_scenario
local report = require "wl.cli.report"
local session = require "wl.cli.session"

local run = {}

local function run_scenario(opened, options)
  local status, returned = opened:run_file(options.files[1], { table.unpack(options.files, 2) })
  if status ~= 0 then return status, returned end
  opened.returned = returned
  local ok, problem = host.call(opened.scenario.finish, opened.scenario)
  if ok then return 0 end
  return report.raised(problem)
end

local function run_manifests(opened, options)
  local run_all = require("wl.manifest_run").run
  local ok, outcome, traceback = host.call(function()
    return run_all(opened.scenario:default(), options)
  end)
  if ok then return outcome end
  return report.raised(outcome, traceback)
end

--- @tparam table options see wl.cli.commands
-- @treturn integer exit status
function run.main(options)
  local first = options.files[1]
  local of_scenario = first and is_scenario(first)
  if not of_scenario then
    options.files = table.move(options.files, 1, #options.files, #(options.filename or {}) + 1,
      options.filename or {})
    options.filename = nil
  end
  local opened, status = session.open(options)
  if not opened then return status end
  local failure
  status, failure = (of_scenario and run_scenario or run_manifests)(opened, options)
  local problem = opened:report(failure)
  opened:close()
  return problem or status
end

return run
