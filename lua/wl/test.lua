-- SPDX-License-Identifier: MIT
--- Testing a kind without a cluster: one reconcile on given objects.
--
--     local test = require "wl.test"
--     local result = test.reconcile {
--       kind = "Job", key = "default/pi", now = "2024-01-01T00:00:00Z",
--       objects = { { apiVersion = "batch/v1", kind = "Job", metadata = { name = "pi" }, ... } },
--       fail = { create = 2 },   -- the second create is refused
--     }
--     result.created[1].metadata.generateName   --> "pi-"
--
-- No node, no scheduler, no other controller, and time stands still. Objects
-- are there as they are given: with their uids, timestamps and status; what the
-- API server fills in by itself is filled in. An owner reference without a uid
-- gets that of the object it names.
local Cluster = require "wl.cluster"
local Ctx = require "wl.ctx"
local Recorder = require "wl.test.recorder"
local kinds = require "wl.kind"
local registry = require "wl.registry"
local time = require "wl.time"
local value = require "wl.value"

local test = {}

-- ---- the objects ----

local KEPT = { "status" }
local KEPT_METADATA = { "uid", "generation", "creationTimestamp", "deletionTimestamp",
  "deletionGracePeriodSeconds", "resourceVersion" }

-- As the API server would have stored it once, and what has become of it since.
local function stored_form(server, kind, object)
  local draft = assert(require("wl.admission").read(kind, object))
  local metadata = draft.metadata
  if kind.namespaced then metadata.namespace = metadata.namespace or "default" end
  metadata.uid = metadata.uid or server.store:next_uid()
  local before = { metadata = {} }
  for _, field in ipairs(KEPT) do before[field] = draft[field] end
  for _, field in ipairs(KEPT_METADATA) do before.metadata[field] = metadata[field] end
  kind.prepare_create(draft)
  for _, field in ipairs(KEPT) do draft[field] = before[field] or draft[field] end
  for _, field in ipairs(KEPT_METADATA) do
    metadata[field] = before.metadata[field] or metadata[field]
  end
  return draft
end

local function complete_owners(server, draft)
  for _, reference in ipairs(draft.metadata.ownerReferences or {}) do
    if reference.uid == nil or reference.uid == "" then
      local owner = server:get(reference.kind, draft.metadata.namespace, reference.name)
      reference.uid = owner and owner.metadata.uid or reference.name
    end
  end
end

local function with_uids(object)
  local references = object.metadata and object.metadata.ownerReferences
  if not references then return object end
  local copy = value.table(object)
  for _, reference in ipairs(copy.metadata.ownerReferences) do
    reference.uid = reference.uid or ""
  end
  return copy
end

local function restore(server, object)
  local kind = assert(server.registry:find(object.apiVersion, object.kind))
  local draft = stored_form(server, kind, with_uids(object))
  complete_owners(server, draft)
  local stored, message = server.store:restore(server:number(kind), draft)
  if not stored then error("wl.test: " .. message, 0) end
end

-- ---- one reconcile ----

local OPTIONS = { kind = true, objects = true, key = true, now = true, fail = true, seed = true,
  policies = true }

local function check(options)
  for name in pairs(options) do
    if not OPTIONS[name] then error(("wl.test: unknown option %q"):format(name), 3) end
  end
  if not options.kind or type(options.key) ~= "string" then
    error('wl.test: kind, and key as in "default/pi", are needed', 3)
  end
end

local function open(options)
  local known = registry.new()
  if kinds.is_kind(options.kind) then known:add(options.kind) end
  local now = options.now
  if type(now) == "number" then now = time.format(now) end
  local cluster = Cluster.new { start = now, seed = options.seed, registry = known }
  local kind = kinds.is_kind(options.kind) and options.kind or assert(known:resolve(options.kind))
  cluster.server:number(kind)
  return cluster, kind
end

local function recording(cluster, kind, options)
  local ctx = Ctx.new(cluster, kind.name:lower() .. "-controller")
  for name, record in pairs(Recorder) do ctx[name] = record end
  ctx.fail = options.fail or {}
  ctx.result = { created = {}, patched = {}, deleted = {}, statuses = {}, events = {}, counts = {},
    refused = {} }
  return ctx
end

local function find(cluster, kind, key)
  local namespace, name = key:match "^([^/]*)/(.+)$"
  return cluster.server:get(kind, kind.namespaced and namespace or nil, name or key)
end

local function run(ctx, kind, object)
  local outcome, message, code = kind.reconcile(ctx, object)
  local result = ctx.result
  if math.type(outcome) then ctx:again(outcome) end
  if outcome == nil and message then result.error, result.code = message, code end
  local after = ctx:by_uid(object.metadata.uid)
  result.object = after and value.table(after)
  result.status = result.object and result.object.status
  result.counts = nil
  return result
end

local function prepare(options)
  local cluster, kind = open(options)
  for _, object in ipairs(options.objects or {}) do restore(cluster.server, object) end
  local object, id = find(cluster, kind, options.key)
  if not object then
    error(("wl.test: there is no %s %q among the objects"):format(kind.name, options.key), 3)
  end
  local ctx = recording(cluster, kind, options)
  ctx.now, ctx.key = cluster:now(), id
  ctx.source = ctx.store:reconciles(cluster.server:number(kind))
  return ctx, kind, object
end

--- A ctx on given objects, to try parts of a controller on.
-- @tparam table options as for reconcile
-- @return ctx: `ctx.result` notes what is asked of it
-- @return the object of the key, a view
function test.open(options)
  check(options)
  local ctx, _, object = prepare(options)
  return ctx, object
end

--- Run one reconcile.
-- @tparam table options
--   kind      a name, or a kind of your own
--   objects   what there is; each with apiVersion, kind and metadata.name
--   key       "namespace/name" of the object to reconcile
--   now       the moment: "2024-01-01T00:00:00Z" (also when left out), or seconds
--   fail      { create = 2 }: that write is refused, counted from 1; { create = { from = 2 } }: it
--             and all later ones; also update, status, delete, get
--   seed      of what is random, such as the names of pods
-- @treturn table
--   created, patched, deleted  objects, in the order in which that was asked for
--   status, object  as they are afterwards; statuses: each that was written
--   events          { type, reason, message }
--   refused         verb -> how many writes were
--   requeue_after   seconds, or nil
--   error, code     when the reconcile failed
function test.reconcile(options)
  check(options)
  return run(prepare(options))
end

return test
