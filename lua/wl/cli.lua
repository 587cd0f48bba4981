-- SPDX-License-Identifier: MIT
--- The command line.
local host = require "wl.host"
local read_options = require "wl.cli.options"
local report = require "wl.cli.report"

local cli = {}

local USAGE = [[
wlrun - see what Kubernetes workloads do, under virtual time

usage: wlrun [options] SCENARIO.lua [argument ...]   run a scenario
       wlrun [options] MANIFEST.yaml ...             apply manifests to a cluster of 3
                                                     nodes, run until nothing changes any
                                                     more, and show what became of them

options:
  --seed N         the seed of all chance (default 1): same seed, same run
  --nodes N        nodes of the cluster (default 3); goes before what a scenario says
  --for DURATION   manifests: let at most so much virtual time pass (default 1h)
  --load FILE      have the kinds and policies that a Lua file returns; may be repeated
  --trace FILE     write every write as a line of JSON ("-": standard output)
  -q, --quiet      print no warnings and nothing of what happens
  --home DIR       read lua/ and stdlib/ from this directory, not from the program
  --busted ...     run busted specs inside wlrun
  --version        print the version
  -h, --help       print this text

durations are like 30s, 5m, 1h30m. `-` as a manifest is the standard input.

exit status:
  0  all is as expected
  1  an expectation or invariant failed, or a workload did not become available
  2  bad input or usage, told on standard error as file:line:column: what is wrong

examples:
  wlrun examples/rolling-update.lua
  wlrun --nodes 5 --seed 7 deployment.yaml service.yaml
]]

local function shifted(arguments, by)
  local rest = { [0] = arguments[by] }
  for i = by + 1, #arguments do rest[#rest + 1] = arguments[i] end
  return rest
end

local function open_trace(options)
  if not options.trace then return nil end
  local trace = require "wl.trace"
  if options.trace == "-" then return trace.new(io.stdout) end
  local out, message = io.open(options.trace, "w")
  return out and trace.new(out), message and "wlrun: --trace: " .. message
end

local function prepare(options)
  local trace, message = open_trace(options)
  if message then return nil, message end
  options.on_cluster = function(cluster)
    if trace then trace:follow(cluster) end
    function cluster.on_warning(text)
      if not options.quiet then
        io.stdout:flush()
        io.stderr:write(text, "\n")
      end
    end
  end
  local scenario = require("wl.scenario").new(options)
  return scenario, trace
end

local function load_chunk(path, environment)
  local text, message = require("wl.file").read(path)
  if not text then return nil, message end
  text = text:gsub("^#[^\n]*", "")
  if text:find "\0" or not utf8.len(text) then
    return nil, path .. ":1: this is not text; is it a binary file?"
  end
  return load(text, "@" .. path, "t", environment)
end

-- Modules beside the scenario are found, and see the verbs.
local function search_beside(path, environment)
  local dir = path:match "^(.*)/" or "."
  table.insert(package.searchers, 2, function(name)
    local file = ("%s/%s.lua"):format(dir, name:gsub("%.", "/"))
    local stream = io.open(file)
    if not stream then return "no file '" .. file .. "'" end
    stream:close()
    local chunk, problem = load_chunk(file, environment)
    if not chunk then error(problem, 0) end
    return chunk, file
  end)
end

-- The exit status, and what the file returned.
local function run_chunk(path, environment, ...)
  local chunk, problem = load_chunk(path, environment)
  if not chunk then return report.bad_input(problem) end
  local results = table.pack(host.call(chunk, ...))
  if not results[1] then return report.raised(results[2], results[3]) end
  return 0, results[2]
end

-- A file of definitions returns a kind, a policy, or a list of them.
local function load_definitions(options, scenario)
  for _, path in ipairs(options.load) do
    local environment = scenario:environment()
    search_beside(path, environment)
    local status, defined = run_chunk(path, environment)
    if status ~= 0 then return status end
    if defined ~= nil then
      local ok, problem = pcall(scenario.define, scenario, defined)
      if not ok then return report.bad_input(("%s: %s"):format(path, tostring(problem))) end
    end
  end
  return 0
end

local function run_scenario(options, scenario)
  local environment, path = scenario:environment(), options.files[1]
  search_beside(path, environment)
  arg = shifted(options.files, 1)
  arg[0] = path
  environment.arg = arg
  local status = run_chunk(path, environment, table.unpack(arg))
  if status ~= 0 then return status end
  local ok, problem = host.call(scenario.finish, scenario)
  return ok and 0 or report.raised(problem)
end

local function run_manifests(options, scenario)
  local run = require("wl.manifest_run").run
  local ok, outcome, traceback = host.call(run, scenario:default(), options)
  return ok and outcome or report.raised(outcome, traceback)
end

local function run_files(options)
  local scenario, trace = prepare(options)
  if not scenario then return report.bad_input(trace) end
  local status = load_definitions(options, scenario)
  if status == 0 then
    local run = read_options.is_scenario(options.files[1]) and run_scenario or run_manifests
    status = run(options, scenario)
  end
  if trace then trace:close() end
  return status
end

local function run_busted(arguments)
  arg = shifted(arguments, 1)
  require "busted.runner" { standalone = false }
  return 0
end

--- Run wlrun with these arguments.
-- @tparam {string} arguments as Lua's `arg`
-- @treturn integer exit status: 0 as expected, 1 an expectation failed,
--   2 bad input or usage
function cli.main(arguments)
  if arguments[1] == "--busted" then return run_busted(arguments) end
  local options, message = read_options.parse(arguments)
  if not options then return report.bad_input(message) end
  if options.help then
    io.write(USAGE)
  elseif options.version then
    print("wlrun " .. host.version)
  else
    return run_files(options)
  end
  return 0
end

return cli
