-- SPDX-License-Identifier: MIT
--- kubectl's words that show and make objects.
local cron_jobs = require "wl.cron_job.jobs"
local file = require "wl.file"
local manifest = require "wl.manifest"
local reference = require "wl.verbs.reference"
local targets = require "wl.repl.targets"

local words = {}

-- ---- get, describe ----

local SELECTING = { selector = "text", l = "selector", ["field-selector"] = "text",
  ["all-namespaces"] = true, A = "all-namespaces" }

local function with(more, flags)
  local all = {}
  for name, x in pairs(flags) do all[name] = x end
  for name, x in pairs(more) do all[name] = x end
  return all
end

local function show_options(world, flags)
  local labels
  for text in (flags["label-columns"] or ""):gmatch "[^,]+" do
    labels = labels or {}
    labels[#labels + 1] = text
  end
  return {
    output = flags.output, selector = flags.selector, field = flags["field-selector"],
    show_labels = flags["show-labels"], label_columns = labels,
    no_headers = flags["no-headers"], all_namespaces = flags["all-namespaces"],
    namespace = targets.namespace(world, flags), sort_by = flags["sort-by"],
  }
end

local function get(world, arguments, flags)
  local env, names = world.environment, targets.names(arguments)
  local what = arguments[1]
  if not what then targets.usage "get: what?|get pods, get deploy/web -o yaml" end
  if flags.watch then
    return env.watch(names and names[1] or what,
      { selector = flags.selector, namespace = targets.namespace(world, flags) })
  elseif what:lower():find "^events?$" or what:lower() == "ev" then
    env.events()
  elseif names and #names == 1 then
    env.show(names[1], show_options(world, flags))
  elseif names then
    env.show(targets.objects(world, arguments, flags), show_options(world, flags))
  else
    env.show(what, show_options(world, flags))
  end
end

words.get = {
  example = "get pods -l app=web -o wide",
  perform = get,
  flags = with({ output = "text", o = "output",
  ["show-labels"] = true, ["label-columns"] = "text", L = "label-columns", ["no-headers"] = true,
  watch = true, w = "watch", ["sort-by"] = "text" }, SELECTING) }

words.describe = {
  example = "describe deploy/web",
  flags = SELECTING, perform = function(world, arguments, flags)
  local names = targets.names(arguments)
  if not arguments[1] then targets.usage "describe: what?|describe deploy/web" end
  local options = { namespace = targets.namespace(world, flags), selector = flags.selector,
    field = flags["field-selector"] }
  for _, name in ipairs(names or { arguments[1] }) do world.environment.describe(name, options) end
end }

-- ---- apply, create, delete ----

local FROM_FILE = { filename = "list", f = "filename", namespace = "text" }

local function apply_files(world, flags, what)
  if not flags.filename then targets.usage(what .. ": which file?|" .. what .. " -f web.yaml") end
  for _, path in ipairs(flags.filename) do
    if path == "-" then
      reference.misuse '-f -: paste the manifest as a text, as in apply [[ ... ]]'
    end
    local _, message, code = file.read(path, 0)
    if code == "NotFound" then reference.misuse("%s", message) end
    local applied = world.environment.apply(path, { namespace = flags.namespace })
    for _, object in ipairs(applied.metadata and { applied } or applied) do
      targets.tell(object, "applied")
    end
  end
end

words.apply = {
  example = "apply -f web.yaml",
  flags = FROM_FILE, perform = function(world, _, flags)
  apply_files(world, flags, "apply")
end }

local function refuse_existing(world, flags)
  local cluster = world.scenario:default()
  for _, path in ipairs(flags.filename) do
    for _, document in ipairs(reference.check(manifest.read(path))) do
      local object = document.object
      local kind = reference.check(cluster.server.registry:find(object.apiVersion, object.kind))
      local name = object.metadata and object.metadata.name
      local there = name and cluster.server:get(kind, object.metadata.namespace
        or flags.namespace, name)
      if there then
        reference.raise(('%s "%s" already exists'):format(kind.resource, name), "AlreadyExists")
      end
    end
  end
end

local function create_job(world, name, flags)
  local cluster = world.scenario:default()
  local cron_job = reference.find(cluster, flags.from, { namespace = flags.namespace })
  if cron_job.kind ~= "CronJob" then
    reference.misuse("create job: --from is a CronJob, as in --from=cronjob/backup; %s is a %s",
      flags.from, cron_job.kind)
  end
  cluster.store:set_writer "kubectl"
  targets.tell(reference.check(cluster.server:create(cron_jobs.manual(cron_job, name))), "created")
end

words.create = {
  example = "create job --from=cronjob/backup backup-now",
  flags = with({ from = "text" }, FROM_FILE),
  perform = function(world, arguments, flags)
    local what, name = arguments[1], arguments[2]
    if flags.filename then
      refuse_existing(world, flags)
      apply_files(world, flags, "create")
    elseif what == "job" and name and flags.from then
      create_job(world, name, flags)
    elseif (what == "namespace" or what == "ns") and name then
      targets.tell(world.environment.apply { apiVersion = "v1", kind = "Namespace",
        metadata = { name = name } }, "created")
    else
      targets.usage("create: from a file, a job of a CronJob, or a namespace"
        .. "|create -f web.yaml, create job --from=cronjob/backup backup-now, create ns shop")
    end
  end }

local function delete_options(flags)
  local grace = tonumber(flags["grace-period"])
  if flags.force then grace = 0 end
  return { grace = grace, propagation = flags.cascade, namespace = flags.namespace }
end

local function delete_of_files(world, flags)
  for _, path in ipairs(flags.filename) do
    for _, document in ipairs(reference.check(manifest.read(path))) do
      local object = document.object
      local name = ("%s/%s"):format(object.kind, object.metadata.name)
      local options = delete_options(flags)
      options.namespace = options.namespace or object.metadata.namespace
      world.environment.delete(name, options)
      io.write(name:lower(), " deleted\n")
    end
  end
end

words.delete = { example = "delete pods -l app=web",
  flags = with({ all = true, ["grace-period"] = "text", cascade = "text", force = true,
    now = true, wait = true, filename = "list", f = "filename" }, SELECTING),
  perform = function(world, arguments, flags)
    if flags.filename then return delete_of_files(world, flags) end
    if #arguments == 0 then targets.usage "delete: what?|delete pods -l app=web" end
    for _, object in ipairs(targets.objects(world, arguments, flags)) do
      local options = delete_options(flags)
      options.namespace = object.metadata.namespace
      world.environment.delete(object, options)
      targets.tell(object, "deleted")
    end
  end }

return words
