-- SPDX-License-Identifier: MIT
--- The command line.
local host = require "wl.host"

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
  --load FILE      run a Lua file of definitions first; may be repeated
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

-- ---- options ----

local function usage_error(text, ...)
  return nil, ("wlrun: " .. text):format(...) .. "\ntry: wlrun --help"
end

local function integer(text, least)
  local number = math.tointeger(tonumber(text))
  return number and number >= least and number or nil
end

local take = {}

take["--seed"] = function(options, text)
  options.seed = integer(text, math.mininteger)
  return options.seed, "an integer"
end

take["--nodes"] = function(options, text)
  options.nodes = integer(text, 0)
  return options.nodes, "a number of nodes"
end

take["--for"] = function(options, text)
  options.length = require("wl.duration").parse(text)
  return options.length, "a duration like 30s or 5m"
end

take["--load"] = function(options, text)
  options.load[#options.load + 1] = text
  return true
end

take["--trace"] = function(options, text)
  options.trace = text
  return true
end

take["--home"] = function() return true end -- read before Lua began

local FLAGS = { ["-q"] = "quiet", ["--quiet"] = "quiet", ["-h"] = "help", ["--help"] = "help",
  ["--version"] = "version" }

local function hint(word)
  local suggest = require "wl.suggest"
  local known = suggest.keys(take)
  for name in pairs(FLAGS) do known[#known + 1] = name end
  return suggest.hint(word, known)
end

local function take_option(options, arguments, i)
  local word, text = arguments[i], nil
  local name, rest = word:match "^(%-%-[%w-]+)=(.*)$"
  if name then word, text = name, rest end
  if FLAGS[word] and not text then
    options[FLAGS[word]] = true
    return i + 1
  elseif not take[word] then
    return usage_error("unknown option %s%s", word, hint(word))
  end
  if not text then
    i = i + 1
    text = arguments[i]
    if not text then return usage_error("%s needs a value", word) end
  end
  local good, wanted = take[word](options, text)
  if not good then return usage_error("%s: expected %s, got %q", word, wanted, text) end
  return i + 1
end

local function parse(arguments)
  local options, i = { load = {} }, 1
  while arguments[i] and arguments[i]:match "^%-." do
    if arguments[i] == "--" then
      i = i + 1
      break
    end
    local message
    i, message = take_option(options, arguments, i)
    if not i then return nil, message end
  end
  options.files = table.move(arguments, i, #arguments, 1, {})
  return options
end

-- ---- failing ----

local function complain(message)
  io.stdout:flush()
  io.stderr:write(message, message:sub(-1) == "\n" and "" or "\n")
  return 2
end

local function shifted(arguments, by)
  local rest = { [0] = arguments[by] }
  for i = by + 1, #arguments do rest[#rest + 1] = arguments[i] end
  return rest
end

-- "\n  web.lua:3: in ..." -> "web.lua:3: "
local function place_of(traceback)
  local place = (traceback or ""):match "^%s*([^\n]-:%d+):"
  return place and place .. ": " or ""
end

local function report(problem, traceback)
  local checks = require "wl.verbs.checks"
  if checks.is_failure(problem) then
    io.stdout:flush()
    io.stderr:write(place_of(traceback), tostring(problem), "\n")
    return 1
  end
  local text = tostring(problem)
  if type(problem) ~= "string" then text = place_of(traceback) .. text end
  return complain(text .. (traceback or ""))
end

-- ---- running ----

local function open_trace(options)
  if not options.trace then return nil end
  local out, message = io.stdout, nil
  if options.trace ~= "-" then
    out, message = io.open(options.trace, "w")
    if not out then return nil, "wlrun: --trace: " .. message end
  end
  return require("wl.trace").new(out)
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
  local chunk, problem = load(text, "@" .. path, "t", environment)
  if not chunk then return nil, problem end
  return chunk
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

local function run_chunk(path, environment, ...)
  local chunk, problem = load_chunk(path, environment)
  if not chunk then return complain(problem) end
  local ok, err, traceback = host.call(chunk, ...)
  return ok and 0 or report(err, traceback)
end

local function load_definitions(options, environment)
  for _, path in ipairs(options.load) do
    search_beside(path, environment)
    local status = run_chunk(path, environment)
    if status ~= 0 then return status end
  end
  return 0
end

local function run_scenario(options, scenario)
  local environment = scenario:environment()
  local status = load_definitions(options, environment)
  if status ~= 0 then return status end
  local path = options.files[1]
  search_beside(path, environment)
  arg = shifted(options.files, 1)
  arg[0] = path
  environment.arg = arg
  return run_chunk(path, environment, table.unpack(arg))
end

local function run_manifests(options, scenario)
  local status = load_definitions(options, scenario:environment())
  if status ~= 0 then return status end
  local ok, outcome, traceback =
    host.call(require("wl.manifest_run").run, scenario:default(), options)
  return ok and outcome or report(outcome, traceback)
end

local function is_scenario(path) return path:match "%.lua$" ~= nil end

local function run_files(options)
  local scenario, trace = prepare(options)
  if not scenario then return complain(trace) end
  local run = is_scenario(options.files[1]) and run_scenario or run_manifests
  local status = run(options, scenario)
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
  local options, message = parse(arguments)
  if not options then return complain(message) end
  if options.help then
    io.write(USAGE)
  elseif options.version then
    print("wlrun " .. host.version)
  elseif #options.files == 0 then
    return complain(USAGE)
  else
    return run_files(options)
  end
  return 0
end

return cli
