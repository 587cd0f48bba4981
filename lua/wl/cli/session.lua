-- SPDX-License-Identifier: MIT
--- A scenario as the command line wants it: with its options, its trace, and
-- the kinds and policies that are loaded.
local chunk_of = require "wl.chunk"
local duration = require "wl.duration"
local host = require "wl.host"
local manifest_files = require "wl.manifest_files"
local progress = require "wl.progress"
local report = require "wl.cli.report"

local session = {}

local Session = {}
Session.__index = Session

-- ---- what each cluster gets ----

--- The trace that --trace asks for.
-- @treturn ?Trace
-- @treturn ?string what is wrong
function session.open_trace(options)
  if not options.trace then return nil end
  local trace = require "wl.trace"
  if options.trace == "-" then return trace.new(io.stdout) end
  local out, message = io.open(options.trace, "w")
  return out and trace.new(out), message and "wlrun: --trace: " .. message
end

local function tell(text)
  io.stdout:flush()
  io.stderr:write(text, "\n")
end

local function tell_event(cluster, event)
  tell(("%6s  %-7s  %s  %s/%s  %s"):format(duration.format(cluster:now() - cluster.started),
    event.type, event.reason, event.kind:lower(), event.name, event.message))
end

local function apply_files(cluster, options)
  local documents = manifest_files.read(options.filename)
  cluster.store:set_writer "kubectl"
  local applied, problem = require("wl.apply").documents(cluster.server, documents, {
    namespace = options.namespace, warn = function(text) cluster:warn(text) end })
  if not applied then error(problem, 0) end
end

-- A namespace that is named is there.
local function need_namespace(cluster, name)
  cluster.namespace = name
  if cluster.server:get("Namespace", nil, name) then return end
  local made, problem = cluster.server:create {
    apiVersion = "v1", kind = "Namespace", metadata = { name = name } }
  if not made then error(problem, 0) end
end

--- Write down, and tell, what happens in a cluster, as the options want it.
-- @param cluster
-- @tparam table options
-- @tparam ?Trace trace
function session.watch(cluster, options, trace)
  if trace then trace:follow(cluster) end
  if options.report then cluster.events:keep_all() end
  if options.verbose then
    cluster.events:listen(function(event) tell_event(cluster, event) end)
  end
end

--- Give a new cluster the namespace and the objects that the options name.
-- @param cluster
-- @tparam table options
-- @tparam boolean is_first of the scenario's clusters
function session.furnish(cluster, options, is_first)
  if options.namespace then need_namespace(cluster, options.namespace) end
  if options.filename and is_first then apply_files(cluster, options) end
end

function Session:on_cluster(cluster)
  local options = self.options
  session.watch(cluster, options, self.trace)
  if self.progress.is_on and not options.quiet then cluster.observer = self.progress end
  function cluster.on_warning(text)
    if not options.quiet then tell(text) end
  end
  session.furnish(cluster, options, #self.scenario.clusters == 1)
end

-- ---- chunks ----

-- The exit status, and what the file returned; or why it ended, which has been told.
local function run_chunk(path, environment, ...)
  local chunk, problem = chunk_of.load(path, environment)
  if not chunk then return report.bad_input(problem), problem end
  local results = table.pack(host.call(chunk, ...))
  if not results[1] then return report.raised(results[2], results[3]) end
  return 0, results[2]
end

--- Run a Lua file with the verbs as globals.
-- @tparam string path
-- @tparam ?{string,...} arguments
-- @treturn integer exit status
-- @return what the file returned; or why it ended, which has been told
function Session:run_file(path, arguments)
  local environment = self.scenario:environment()
  chunk_of.search_beside(path, environment)
  arguments = arguments or {}
  arguments[0] = path
  environment.arg = arguments
  return run_chunk(path, environment, table.unpack(arguments))
end

local function load_definitions(self)
  for _, path in ipairs(self.options.load) do
    chunk_of.search_beside(path, self.scenario:environment())
    local ok, problem, traceback = host.call(self.scenario.load, self.scenario, path)
    if not ok then return report.raised(problem, traceback) end
  end
  return 0
end

-- ---- life ----

--- Begin: the trace is open, the files of --load are loaded. What is wrong with
-- them has been told when it returns.
-- @tparam table options see wl.cli.commands
-- @treturn ?Session scenario, options, trace; nil, exit status
function session.open(options)
  local self = setmetatable({ options = options, progress = progress.new() }, Session)
  local message
  self.trace, message = session.open_trace(options)
  if message then return nil, report.bad_input(message) end
  self.scenario = require("wl.scenario").new(setmetatable({
    on_cluster = function(cluster) self:on_cluster(cluster) end,
    history = options.report and math.maxinteger or nil }, { __index = options }))
  local status = load_definitions(self)
  if status ~= 0 then
    self:close()
    return nil, status
  end
  return self
end

--- Write the report that --report asks for, of the scenario's first cluster or that of its
-- last test.
-- @tparam ?string failure what ended the run
-- @treturn ?integer an exit status when it could not be written
function Session:report(failure)
  local path = self.options.report
  if not path then return nil end
  local scenario = self.scenario
  local cluster = scenario.current or scenario.tested or scenario:default()
  local written, message = require("wl.report.html").write(cluster, path, {
    title = self.options.files[1] or "wlrun report", failure = failure })
  return not written and report.bad_input("wlrun: --report: " .. message) or nil
end

--- The end: the trace is written, the line of progress goes away.
function Session:close()
  self.progress:finish()
  if self.trace then self.trace:close() end
  self.trace = nil
end

return session
