-- SPDX-License-Identifier: MIT
--- What `wlrun manifest.yaml ...` does: apply, let time pass, show.
local conditions = require "wl.conditions"
local duration = require "wl.duration"
local manifest_files = require "wl.manifest_files"
local apply = require "wl.apply"
local printer = require "wl.printer"
local showing = require "wl.verbs.showing"

local manifest_run = {}

local TABLES = { table = true, wide = true }

-- What programs read is printed alone.
local function is_told(options)
  return not options.quiet and TABLES[options.output or "table"] ~= nil
end

local function say(options, text, ...)
  if is_told(options) then io.write(text:format(...)) end
end

local function tell_applied(objects, done, options)
  for i, object in ipairs(objects) do say(options, "%s %s\n", printer.name(object), done[i]) end
end

-- ---- what became of it ----

-- Kind -> does the object have what it wants? nil: nothing to wait for.
local satisfied = {}

local function count(object, field)
  return object.status and object.status[field] or 0
end

local function wanted(object) return object.spec.replicas or 1 end

local function is_true(object, type)
  local found = conditions.find(object.status and object.status.conditions, type)
  return found ~= nil and found.status == "True"
end

function satisfied.Deployment(object)
  return count(object, "availableReplicas") >= wanted(object)
    and count(object, "updatedReplicas") >= wanted(object)
end

function satisfied.ReplicaSet(object)
  return count(object, "availableReplicas") >= wanted(object)
end

satisfied.ReplicationController = satisfied.ReplicaSet
satisfied.StatefulSet = satisfied.Deployment

function satisfied.DaemonSet(object)
  return count(object, "numberAvailable") >= count(object, "desiredNumberScheduled")
end

function satisfied.Job(object)
  return not is_true(object, "Failed")
end

function satisfied.Pod(object)
  return object.status.phase == "Succeeded" or is_true(object, "Ready")
end

local function is_run(cluster, kind) return kind == "Pod" or cluster.server:kind(kind).reconcile end

local function unsatisfied(cluster, objects)
  local list = {}
  for _, applied in ipairs(objects) do
    local object = cluster:by_uid(applied.metadata.uid)
    local judge = is_run(cluster, applied.kind) and satisfied[applied.kind]
    if judge and object and not judge(object) then list[#list + 1] = object end
  end
  return list
end

-- The kinds that were applied, and what their controllers made.
local function kinds_to_show(cluster, objects)
  local seen, words = {}, {}
  local function add(name)
    if not seen[name] then
      seen[name] = true
      words[#words + 1] = name
    end
  end
  for _, object in ipairs(objects) do add(object.kind) end
  for _, name in ipairs { "ReplicaSet", "Pod" } do
    if #cluster:list(name) > 0 then add(name) end
  end
  return table.concat(words, ",")
end

local MOST_WARNINGS = 10

-- What was warned about, each reason and message of a kind once.
local function warnings_of(cluster)
  local lines, told = {}, {}
  for _, event in ipairs(cluster.events:list()) do
    local text = ("%s: %s"):format(event.reason, event.message)
    if event.type == "Warning" and not told[event.kind .. text] then
      told[event.kind .. text] = true
      lines[#lines + 1] = ("  %s/%s: %s\n"):format(event.kind:lower(), event.name, text)
    end
  end
  return lines
end

local function what_is_missing(missing)
  local lines = {}
  for i, object in ipairs(missing) do
    lines[i] = ("%s did not %s"):format(printer.name(object),
      object.kind == "Job" and "complete" or "become available")
  end
  return #lines > 0 and table.concat(lines, "\n") or nil
end

local function tell_problems(cluster, missing)
  io.write("\n", missing, "\n")
  local lines = warnings_of(cluster)
  if #lines > 0 then io.write "warnings:\n" end
  io.write(table.concat(lines, "", 1, math.min(#lines, MOST_WARNINGS)))
  if #lines > MOST_WARNINGS then io.write(("  and %d more\n"):format(#lines - MOST_WARNINGS)) end
end

local function tell_time(cluster, options, quiet, since)
  local now, last = cluster:now() - cluster.started, since - cluster.started
  if quiet then
    say(options, "\nnothing changes any more after %s; this is how it stands at %s:\n\n",
      duration.format(last), duration.format(now))
  else
    say(options, "\nthis is how it stands at %s, where --for ends:\n\n", duration.format(now))
  end
end

-- The usual namespace where nothing else was applied: what every cluster has in others
-- is not of interest.
local function namespace_of(cluster, objects, options)
  if options.all_namespaces then return nil end
  if options.namespace then return options.namespace end
  local usual = cluster.namespace or "default"
  for _, object in ipairs(objects) do
    if (object.metadata.namespace or usual) ~= usual or object.kind == "Namespace" then
      return nil
    end
  end
  return usual
end

local function display_of(cluster, objects, options)
  return { output = options.output, show_labels = options.show_labels, sort_by = options.sort_by,
    selector = options.selector, all_namespaces = options.all_namespaces,
    namespace = namespace_of(cluster, objects, options) }
end

--- Apply manifests to a cluster, let time pass until nothing changes any more,
-- and show what became of them.
-- @param cluster
-- @tparam table options files; length: seconds at the most; quiet; namespace of what says
--   none; and how it is shown: output, all_namespaces, selector, sort_by, show_labels
-- @treturn integer exit status
-- @treturn ?string what did not become what it should be
function manifest_run.run(cluster, options)
  local documents = manifest_files.read(options.files)
  cluster.store:set_writer "kubectl"
  local objects, done = apply.documents(cluster.server, documents,
    { namespace = options.namespace,
    warn = function(text) cluster:warn(text) end })
  if not objects then error(done, 0) end
  tell_applied(objects, done, options)
  tell_time(cluster, options, cluster:run_until_quiet(options.length))
  local missing = what_is_missing(unsatisfied(cluster, objects))
  if not options.quiet then
    showing.show(cluster, kinds_to_show(cluster, objects), display_of(cluster, objects, options))
    if missing and is_told(options) then tell_problems(cluster, missing) end
  end
  return missing and 1 or 0, missing
end

return manifest_run
