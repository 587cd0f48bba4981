-- SPDX-License-Identifier: MIT
--- A ctx that notes what a controller asks for, and refuses what a test says:
-- methods to put over those of wl.ctx. `ctx.result` takes the notes, `ctx.fail`
-- says what is refused.
local Ctx = require "wl.ctx"
local value = require "wl.value"

local function plain(object) return value.table(object) end

local Recorder = {}

-- How many of n writes of a verb succeed before one is refused.
local function permitted(rule, done, n)
  if not rule then return n end
  if type(rule) == "table" then return math.max(0, math.min(n, rule.from - 1 - done)) end
  return rule > done and rule <= done + n and rule - done - 1 or n
end

local function allowed(result, fail, verb, n)
  local done = result.counts[verb] or 0
  local most = permitted(fail[verb], done, n)
  result.counts[verb] = done + most + (most < n and 1 or 0)
  result.refused[verb] = (result.refused[verb] or 0) + n - most
  return most
end

local function refusal(verb)
  return ("%s refused by the test"):format(verb), "InternalError"
end

function Recorder.get(ctx, ...)
  if allowed(ctx.result, ctx.fail, "get", 1) == 0 then return nil, refusal "get" end
  return Ctx.get(ctx, ...)
end

function Recorder.create(ctx, object)
  if allowed(ctx.result, ctx.fail, "create", 1) == 0 then return nil, refusal "create" end
  local made, message, code, causes = Ctx.create(ctx, object)
  if made then table.insert(ctx.result.created, plain(made)) end
  return made, message, code, causes
end

local function creating(name)
  return function(ctx, object, n, how)
    local most = allowed(ctx.result, ctx.fail, "create", n)
    if most == 0 and n > 0 then return 0, refusal "create" end
    local done, message, code, batch = Ctx[name](ctx, object, most, how)
    for i = 1, done do table.insert(ctx.result.created, plain(batch[i])) end
    if done == most and most < n then message, code = refusal "create" end
    return done, message, code, batch
  end
end

Recorder.create_many = creating "create_many"
Recorder.create_each = creating "create_each"

local function patching(name)
  return function(ctx, ...)
    if allowed(ctx.result, ctx.fail, "update", 1) == 0 then return nil, refusal "update" end
    local before = ctx.store:revision()
    local written, message, code, causes = Ctx[name](ctx, ...)
    if written and ctx.store:revision() > before then
      table.insert(ctx.result.patched, plain(written))
    end
    return written, message, code, causes
  end
end

Recorder.update = patching "update"
Recorder.adopt = patching "adopt"
Recorder.release = patching "release"

function Recorder.update_status(ctx, object, status)
  if allowed(ctx.result, ctx.fail, "status", 1) == 0 then return nil, refusal "status" end
  local before = ctx.store:revision()
  local written, message, code = Ctx.update_status(ctx, object, status)
  if written and ctx.store:revision() > before then
    table.insert(ctx.result.statuses, plain(written).status)
  end
  return written, message, code
end

-- What went when its last finalizer was taken off.
local function vanished(before)
  local object = plain(before)
  object.metadata.finalizers = nil
  return object
end

function Recorder.update_many(ctx, batch, patch, columns)
  local asked = #batch
  local most = allowed(ctx.result, ctx.fail, "update", asked)
  if most < #batch then batch = batch:slice(1, most) end
  local before = {}
  for i = 1, #batch do before[i] = batch[i] end
  local done = Ctx.update_many(ctx, batch, patch, columns)
  for i = 1, #batch do
    table.insert(ctx.result.patched, batch[i] and plain(batch[i]) or vanished(before[i]))
  end
  if most < asked then return done, refusal "update" end
  return done
end

function Recorder.delete(ctx, object, options)
  if allowed(ctx.result, ctx.fail, "delete", 1) == 0 then return nil, refusal "delete" end
  table.insert(ctx.result.deleted, plain(object))
  return Ctx.delete(ctx, object, options)
end

function Recorder.delete_many(ctx, batch, options)
  local asked = #batch
  local most = allowed(ctx.result, ctx.fail, "delete", asked)
  if most < #batch then batch = batch:slice(1, most) end
  for object in batch:each() do table.insert(ctx.result.deleted, plain(object)) end
  local done, message, code = Ctx.delete_many(ctx, batch, options)
  if most < asked then return done, refusal "delete" end
  return done, message, code
end

function Recorder.event(ctx, _, type, reason, message)
  table.insert(ctx.result.events, { type = type, reason = reason, message = message })
end

function Recorder.event_many(ctx, batch, type, reason, format, about)
  for object in batch:each() do
    ctx:event(about or object, type, reason, (format:gsub("{([^}]+)}", function(path)
      local found = value.get(object, path)
      return found == nil and "" or tostring(found)
    end)))
  end
end

function Recorder.enqueue(ctx, _, ...)
  local after = select(select("#", ...), ...)
  ctx:again(type(after) == "number" and after or 0)
end

function Recorder.again(ctx, after)
  ctx.result.requeue_after = math.min(ctx.result.requeue_after or math.huge, after)
end

return Recorder
