-- SPDX-License-Identifier: MIT
--- Release: new images for several workloads, one after the other; back in reverse
-- when one of them fails. Kubernetes does not have it.
--
--     spec:
--       deadlineSeconds: 600            # for each of them; 600 when left out
--       workloads:
--       - kind: StatefulSet
--         name: db
--         images: { db: "db:2" }        # container: image
--       - kind: Deployment
--         name: api
--         images: { api: "api:2" }
--
-- Each gets its images when the one before it is rolled out, as its own strategy
-- has it. It fails when it is not in time, when its strategy turned back, or when
-- somebody else changed its images meanwhile. Then it and all before it get the
-- images back that they had, the last one first; what waits is left alone.
--
-- A Release owns no pods and waits for nobody but its workloads. What an image was
-- is noted before it is changed, so that it is known whatever happens in between.
-- A StatefulSet gets over a broken pod only with `autoRollback` or a strategy of
-- its own: see examples/release.lua.
local kind = require "wl.kind"
local meta = require "wl.validate.meta"
local rollout = require "wl.rollout"
local time = require "wl.time"
local value = require "wl.value"

-- ---- one workload ----

local function find(ctx, release, entry)
  return ctx:get(entry.kind, release.metadata.namespace, entry.name)
end

local function each_image(object, images, visit)
  for i, container in ipairs(object.spec.template.spec.containers) do
    local image = images[container.name]
    if image then visit(i, container, image) end
  end
end

local function images_of(object, images)
  local found = {}
  each_image(object, images, function(_, container) found[container.name] = container.image end)
  return found
end

local function has(object, images)
  local same = true
  each_image(object, images, function(_, container, image)
    same = same and container.image == image
  end)
  return same
end

local function give(ctx, object, images)
  if has(object, images) then return true end
  return ctx:update(object, function(draft)
    each_image(object, images, function(i, _, image)
      draft.spec.template.spec.containers[i].image = image
    end)
  end)
end

-- ---- forward ----

local FORWARD = {}

-- A container that the workload has not got.
local function missing(object, images)
  local found = images_of(object, images)
  for name in pairs(images) do
    if not found[name] then return name end
  end
end

function FORWARD.Waiting(ctx, _, entry, object, images)
  local name = missing(object, images)
  entry.before, entry.startedAt = images_of(object, images), ctx:timestamp()
  entry.phase = name and "Failed" or "Starting"
  entry.message = name and ("it has no container %q"):format(name)
  return true
end

function FORWARD.Starting(ctx, _, entry, object, images)
  local given, message, code = give(ctx, object, images)
  if not given then return nil, message, code end
  entry.phase = "Progressing"
  return true
end

function FORWARD.Progressing(ctx, release, entry, object, images)
  local text, done = rollout.status(object)
  local left = time.parse(entry.startedAt) + release.spec.deadlineSeconds - ctx.now
  if not has(object, images) then
    entry.phase, entry.message = "Failed", "its images were changed by somebody else"
  elseif not text then
    entry.phase, entry.message = "Failed", done
  elseif done then
    entry.phase = "Complete"
  elseif left <= 0 then
    entry.phase, entry.message = "Failed", ("not in time: %s"):format(text)
  else
    entry.message = text
    return false, left
  end
  return true
end

-- ---- and back ----

local BACK = {}

local function begin_to_go_back(ctx, _, entry, object)
  local given, message, code = give(ctx, object, entry.before)
  if not given then return nil, message, code end
  entry.phase = "RollingBack"
  return true
end

BACK.Failed, BACK.Complete = begin_to_go_back, begin_to_go_back

function BACK.RollingBack(_, _, entry, object)
  local text, done = rollout.status(object)
  if text and done then
    entry.phase = "RolledBack"
    return true
  end
  return false
end

-- ---- all of them ----

-- The first, in the direction in which it goes, that is not at its end.
local function next_entry(entries, is_back)
  local first, last, by, over = 1, #entries, 1, { Complete = true }
  if is_back then
    first, last, by, over = #entries, 1, -1, { RolledBack = true, Waiting = true }
  end
  for i = first, last, by do
    if not over[entries[i].phase] then return i end
  end
end

local function entries_of(release)
  local entries = {}
  for i, workload in ipairs(release.spec.workloads) do
    entries[i] = value.table((release.status and release.status.workloads or {})[i]
      or { kind = workload.kind, name = workload.name, phase = "Waiting" })
  end
  return entries
end

local function is_failing(entries)
  for _, entry in ipairs(entries) do
    if entry.phase == "Failed" or entry.phase == "RollingBack" or entry.phase == "RolledBack" then
      return true
    end
  end
  return false
end

-- One step of one workload. Returns whether there may be more to do at once, and
-- the seconds after which to look again.
local function advance(ctx, release, entries)
  local is_back = is_failing(entries)
  local at = next_entry(entries, is_back)
  if not at then
    return false, nil, is_back and "RolledBack" or "Complete"
  end
  local entry = entries[at]
  local object = find(ctx, release, entry)
  local phase = is_back and "RollingBack" or "Progressing"
  if not object then
    entry.message = "there is no such object"
    return false, release.spec.deadlineSeconds, phase
  end
  local step = (is_back and BACK or FORWARD)[entry.phase]
  local more, wait, code = step(ctx, release, entry, object, release.spec.workloads[at].images)
  if more == nil then return nil, wait, code end
  return more, wait, phase
end

local function message_of(entries)
  for i = #entries, 1, -1 do
    if entries[i].message and entries[i].phase ~= "Complete" then
      return ("%s %s: %s"):format(entries[i].kind, entries[i].name, entries[i].message)
    end
  end
end

local ENDED = { Complete = "Normal", RolledBack = "Warning" }

local function reconcile(ctx, release)
  local before = (release.status or {}).phase
  if release.metadata.deletionTimestamp or ENDED[before] then return end
  local entries = entries_of(release)
  local more, wait, phase = advance(ctx, release, entries)
  if more == nil then return nil, wait, phase end
  local written, message, code = ctx:update_status(release, {
    phase = phase, message = message_of(entries), workloads = value.list(entries),
  })
  if not written then return nil, message, code end
  if ENDED[phase] then
    ctx:event(release, ENDED[phase], "Release" .. phase, message_of(entries) or "All is released")
  end
  return more and 0 or wait
end

-- ---- the kind ----

-- The Releases that a workload is one of.
local function concerned(ctx, object)
  local found = {}
  for release in ctx:all("Release"):each() do
    for _, workload in ipairs(release.spec.workloads) do
      if workload.kind == object.kind and workload.name == object.metadata.name
        and release.metadata.namespace == object.metadata.namespace then
        found[#found + 1] = release.metadata
      end
    end
  end
  return found
end

local KINDS = { "DaemonSet", "Deployment", "StatefulSet" }

local function watches()
  local list = {}
  for i, name in ipairs(KINDS) do list[i] = { kind = name, map = concerned } end
  return list
end

local function validate_update(new, old, errors)
  meta.update(errors, new, old)
  if not value.equal(new.spec, old.spec) then errors:forbidden("spec", "field is immutable") end
end

return kind "Release" {
  api = "wlrun.dev/v1",
  spec = {
    deadlineSeconds = kind.int { default = 600, min = 1 },
    workloads = kind.required(kind.list(kind.object {
      kind = kind.required(kind.str) { enum = KINDS },
      name = kind.required(kind.str),
      images = kind.required(kind.map(kind.str)),
    })),
  },
  status = {
    phase = kind.str, message = kind.str,
    workloads = kind.list(kind.object {
      kind = kind.str, name = kind.str, phase = kind.str, message = kind.str,
      before = kind.map(kind.str), startedAt = kind.time,
    }),
  },
  validate_update = validate_update,
  columns = {
    { "NAME", ".metadata.name" }, { "PHASE", ".status.phase" },
    { "WORKLOADS", function(o)
      local done = 0
      for _, one in ipairs(o.status and o.status.workloads or {}) do
        done = done + (one.phase == "Complete" and 1 or 0)
      end
      return ("%d/%d"):format(done, #o.spec.workloads)
    end },
    { "MESSAGE", ".status.message" },
  },
  watches = watches(),
  reconcile = reconcile,
}
