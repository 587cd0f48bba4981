-- SPDX-License-Identifier: MIT
--- When a policy fails: what the object says of it, and that it says so once.
--
-- The condition PolicyFailed is True while calls of the policy fail, with the
-- reason PolicyError, PolicyTimeout, PolicyMemory or PolicyInvalid, and with
-- the message, which begins with file:line. It goes when a call succeeds. There
-- is one Warning event for one message, not one for each try.
local conditions = require "wl.conditions"
local schema = require "wl.schema"

local failure = {}

--- The type of the condition.
failure.CONDITION = "PolicyFailed"

-- Conditions are for kinds whose status has a place for them.
local function has_conditions(cluster, object)
  local kind = cluster.server.registry:find(object.apiVersion, object.kind)
  return kind and schema.field(kind.schema, "status.conditions") ~= nil
end

local function write(ctx, uid, list_of)
  local object = ctx.server:by_uid(uid)
  if not object or not has_conditions(ctx.cluster, object) then return end
  local current = (object.status or {}).conditions
  local list = list_of(current)
  if list == current then return end
  ctx.store:set_writer(ctx.writer)
  ctx:update_status(object, function(draft) draft.conditions = list end)
end

-- Not in the midst of a sync, which may be about to write the status itself.
local function afterwards(ctx, call) ctx.cluster:at(ctx.cluster:now(), call) end

--- Say that a policy failed.
-- @param ctx
-- @tparam table decision policy, and name of the function
-- @param object
-- @tparam string message with file:line
-- @tparam string reason "PolicyError" ...
function failure.tell(ctx, decision, object, message, reason)
  local p, uid = decision.policy, object.metadata.uid
  local ring = ctx.cluster.decision_log:ring(uid)
  local text = ("%s %s: %s"):format(p.policy, p.name, message)
  if ring.failing == text then return end
  ring.failing, ring.looked = text, true
  ring.failed = { policy = p.policy, by = p, name = decision.name }
  ctx:event(object, "Warning", reason, text)
  afterwards(ctx, function()
    write(ctx, uid, function(list)
      return conditions.replace(list, { type = failure.CONDITION, status = "True",
        reason = reason, message = text, lastTransitionTime = ctx:timestamp() })
    end)
  end)
end

--- The condition, if there is one, goes.
-- @param ctx
-- @param object
-- @tparam ring ring of the object's decisions
function failure.clear(ctx, object, ring)
  ring.failing, ring.looked = nil, true
  if not conditions.find((object.status or {}).conditions, failure.CONDITION) then return end
  afterwards(ctx, function()
    write(ctx, object.metadata.uid, function(list)
      if not conditions.find(list, failure.CONDITION) then return list end
      return conditions.without(list, failure.CONDITION)
    end)
  end)
end

-- An object may have policies of several sorts, and a policy several functions: what one of them
-- does well says nothing of another. One that was mended or chosen instead is another policy.
local function says_nothing(failed, decision)
  local p = decision.policy
  return failed.policy ~= p.policy or failed.by == p and failed.name ~= decision.name
end

--- A call succeeded.
-- @param ctx
-- @tparam table decision policy, and name of the function
-- @param object
-- @tparam ring ring of the object's decisions
function failure.succeeded(ctx, decision, object, ring)
  if ring.failing and says_nothing(ring.failed, decision) then return end
  failure.clear(ctx, object, ring)
end

return failure
