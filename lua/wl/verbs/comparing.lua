-- SPDX-License-Identifier: MIT
--- The verb `diff`: what manifests would change, or what has changed since.
--
--     diff "web.yaml"             -- as kubectl diff: what apply would make of it
--     diff("deploy/web", "30s")   -- an object, 30 seconds ago and now
--     diff "30s"                  -- all objects, 30 seconds ago and now
local apply = require "wl.apply"
local changes = require "wl.changes"
local manifest = require "wl.manifest"
local manifest_files = require "wl.manifest_files"
local printer = require "wl.printer"
local reference = require "wl.verbs.reference"
local text_diff = require "wl.text_diff"
local time = require "wl.time"
local value = require "wl.value"
local yaml = require "wl.yaml"

local comparing = {}

-- ---- objects as text ----

-- What says nothing new: what the server counts, and the manifest inside the object.
local function plain(object)
  local copy = value.table(object)
  local metadata = copy.metadata
  metadata.resourceVersion, metadata.managedFields = nil, nil
  local annotations = metadata.annotations
  if annotations then
    annotations[apply.LAST_APPLIED] = nil
    if next(annotations) == nil then metadata.annotations = nil end
  end
  return yaml.format(value.of(copy), { sorted = true })
end

local function write_difference(old, new, old_name, new_name)
  local text = text_diff.unified(old and plain(old) or "", new and plain(new) or "")
  if text == "" then return false end
  io.write("--- ", old and old_name or "/dev/null", "\n+++ ", new and new_name or "/dev/null", "\n",
    text)
  return true
end

-- ---- manifests ----

local function documents_of(given)
  if type(given) ~= "string" then
    return reference.check(manifest.of(value.is_list(given) and given or { given }))
  elseif given:find "\n" then
    return reference.check(manifest.parse(given, "(text)"))
  end
  return manifest_files.read { given }
end

local function with_manifests(cluster, given, options)
  local steps = reference.check(apply.plan(cluster.server, documents_of(given),
    { namespace = options.namespace, warn = function(text) cluster:warn(text) end }))
  local is_any = false
  for _, step in ipairs(steps) do
    local name = printer.name(step.draft)
    local differs = write_difference(step.current, step.draft, name .. "  (is)",
      name .. "  (would be)")
    is_any = is_any or differs
  end
  return is_any
end

-- ---- moments ----

local function revision_at(cluster, ago)
  local seconds = reference.seconds("diff", ago)
  local moment = cluster:now() - seconds
  if moment < cluster.started then
    reference.misuse("diff: %s ago is before the beginning, which was %s ago", tostring(ago),
      require("wl.duration").format(cluster:now() - cluster.started))
  end
  local revision = cluster.store:revision(math.floor(moment * 1000 + 0.5))
  if revision < cluster.store:oldest() then
    reference.misuse("diff: what was %s ago is forgotten: cluster { history = ... } says how many "
      .. "writes are kept", tostring(ago))
  end
  return revision, moment
end

local function with_moment(cluster, given, ago, options)
  local revision, moment = revision_at(cluster, ago)
  local kind, namespace, name = reference.parse(cluster, given, options)
  local server = cluster.server
  local now, old = server:get(kind, namespace, name), nil
  local wanted = kind.namespaced and (namespace or "default") or nil
  for _, object in ipairs(cluster.store:list_at(server:number(kind), revision)) do
    local metadata = object.metadata
    if metadata.name == name and metadata.namespace == wanted then old = object end
  end
  if not old and not now then reference.find(cluster, given, options) end -- raises
  local word = printer.name(now or old)
  return write_difference(old, now, ("%s  %s"):format(word, time.format(math.floor(moment))),
    ("%s  %s"):format(word, cluster:timestamp()))
end

-- What has come, changed and gone, each object once.
local function since(cluster, ago)
  local first, last, order = {}, {}, {}
  for _, write in ipairs(changes.since(cluster, (revision_at(cluster, ago)))) do
    if not first[write.id] then
      first[write.id], order[#order + 1] = write, write.id
    end
    last[write.id] = write
  end
  local writes = {}
  for _, id in ipairs(order) do
    local old, now = first[id].old, last[id].now
    if first[id].type == "ADDED" then old = nil end
    if last[id].type == "DELETED" then now = nil end
    if old or now then
      writes[#writes + 1] = { old = old, now = now,
        type = not old and "ADDED" or not now and "DELETED" or "MODIFIED" }
    end
  end
  return writes
end

local DULL = { Lease = true, Event = true }

local function with_all(cluster, ago)
  local told = {}
  for _, write in ipairs(since(cluster, ago)) do
    local is_dull = DULL[(write.now or write.old).kind]
      or write.type == "MODIFIED" and #changes.parts(write.old, write.now) == 0
    if not is_dull then told[#told + 1] = write end
  end
  for _, line in ipairs(changes.lines(told)) do io.write(line, "\n") end
  return #told > 0
end

-- ---- the verb ----

local function is_duration(given)
  return math.type(given) ~= nil
    or type(given) == "string" and require("wl.duration").parse(given) ~= nil
end

--- Print what is different.
-- @param cluster
-- @param given a manifest as for apply; "deploy/web"; or how long ago, "30s"
-- @tparam ?string|number ago with "deploy/web"
-- @tparam ?table options namespace
-- @treturn boolean whether anything is
function comparing.diff(cluster, given, ago, options)
  if type(ago) == "table" then ago, options = nil, ago end
  options = reference.options("diff", options, {})
  if ago ~= nil then return with_moment(cluster, given, ago, options) end
  if is_duration(given) then return with_all(cluster, given) end
  if type(given) == "string" and given:find "^[%w.]+/[%w.-]+$" and not given:find "%.%a+$" then
    reference.misuse('diff: how long ago? as in diff("%s", "30s")', given)
  elseif type(given) ~= "string" and not value.is_map(given) and not value.is_list(given) then
    reference.misuse('diff: a manifest, an object and how long ago, or how long ago expected, as '
      .. 'in diff "web.yaml", diff("deploy/web", "30s"), diff "30s"; got %s', reference.seen(given))
  end
  return with_manifests(cluster, given, options)
end

return comparing
