-- SPDX-License-Identifier: MIT
--- What `wlrun manifest.yaml ...` does: apply, let time pass, show.
local duration = require "wl.duration"
local manifest = require "wl.manifest"
local apply = require "wl.apply"
local showing = require "wl.verbs.showing"

local manifest_run = {}

local function read_all(files)
  local documents = {}
  for _, path in ipairs(files) do
    local found, wrong = manifest.read(path)
    if not found then error(wrong, 0) end
    table.move(found, 1, #found, #documents + 1, documents)
  end
  return documents
end

local function say(options, text, ...)
  if not options.quiet then io.write(text:format(...)) end
end

local function tell_applied(objects, done, options)
  local printer = require "wl.printer"
  for i, object in ipairs(objects) do say(options, "%s %s\n", printer.name(object), done[i]) end
end

-- ---- what became of it ----

-- Kind -> does the object have what it wants? nil: nothing to wait for.
local satisfied = {}

function satisfied.Deployment(object)
  local status = object.status
  return (status.availableReplicas or 0) >= object.spec.replicas
    and (status.updatedReplicas or 0) >= object.spec.replicas
end

function satisfied.ReplicaSet(object)
  return (object.status.availableReplicas or 0) >= object.spec.replicas
end

satisfied.ReplicationController = satisfied.ReplicaSet

function satisfied.Pod(object)
  local phase = object.status.phase
  if phase == "Succeeded" then return true end
  for _, condition in ipairs(object.status.conditions or {}) do
    if condition.type == "Ready" then return condition.status == "True" end
  end
  return false
end

local function unsatisfied(cluster, objects)
  local list = {}
  for _, applied in ipairs(objects) do
    local object = cluster:by_uid(applied.metadata.uid)
    local judge = satisfied[applied.kind]
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

local function tell_problems(cluster, missing)
  for _, object in ipairs(missing) do
    io.write(("\n%s/%s did not become available. Warnings:\n")
      :format(object.kind:lower(), object.metadata.name))
    local told = {}
    for _, event in ipairs(cluster.events:list()) do
      local text = ("  %s/%s: %s: %s"):format(event.kind:lower(), event.name, event.reason, event.message)
      if event.type == "Warning" and not told[event.reason] then
        told[event.reason] = true
        io.write(text, "\n")
      end
    end
  end
end

--- Apply manifests to a cluster, let time pass until nothing changes any more,
-- and show what became of them.
-- @param cluster
-- @tparam table options files; length: seconds at the most; quiet
-- @treturn integer exit status
function manifest_run.run(cluster, options)
  local objects, done = apply.documents(cluster.server, read_all(options.files),
    { warn = function(text) cluster:warn(text) end })
  if not objects then error(done, 0) end
  tell_applied(objects, done, options)
  local quiet = cluster:run_until_quiet(options.length)
  say(options, "\n%s after %s of virtual time:\n\n",
    quiet and "nothing changes any more" or "as it is",
    duration.format(cluster:now() - cluster.started))
  local missing = unsatisfied(cluster, objects)
  if not options.quiet then
    showing.show(cluster, kinds_to_show(cluster, objects))
    tell_problems(cluster, missing)
  end
  return #missing == 0 and 0 or 1
end

return manifest_run
