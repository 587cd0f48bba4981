-- SPDX-License-Identifier: MIT
--- What a script sees besides numbers, and what follows from its plan besides
-- sizes: the same for every kind whose pods it rolls out.
local Metrics = require "wl.metrics"
local auto = require "wl.rollout.auto"

local scripted = {}

local function service_of(ctx, object, name)
  return (ctx:get("Service", object.metadata.namespace, name))
end

-- The hash that a Service selects; false: none; nil: there is no such Service.
local function selected(ctx, object, name, label)
  local service = service_of(ctx, object, name)
  return service and ((service.spec.selector or {})[label] or false)
end

local function version_of(object, view, pods)
  local template = object.spec.template
  local total = view.available
  return {
    workload = object.metadata.name, image = template.spec.containers[1].image,
    labels = template.metadata and template.metadata.labels or {},
    revision = view.revision, replicas = view.new.replicas, ready = view.new.ready,
    available = view.new.available, pods = pods,
    weight = total > 0 and 100 * view.new.available / total or 0,
  }
end

--- Complete a view for a script.
-- @param ctx
-- @param object the workload
-- @tparam table view changed: see `wl.strategy`
-- @tparam table about label that holds the hash; pods(), the pods of the new template
-- @treturn table view
function scripted.complete(ctx, object, view, about)
  view.record = (object.status or {}).rollout
  view.deadline = auto.deadline(object)
  view.selects = function(name) return selected(ctx, object, name, about.label) end
  view.measure = function(name)
    return ctx.cluster and Metrics.of(ctx.cluster):of_version(name, object,
      version_of(object, view, about.pods))
  end
  return view
end

--- The hash that a record holds as stable, of a workload that has one.
function scripted.stable(object)
  local kept = (object.status or {}).rollout
  return kept and kept.stable
end

-- ---- what follows ----

local function switch(ctx, object, service, hash, label)
  local before = (service.spec.selector or {})[label]
  if before == hash then
    return true
  end
  local written, message, code = ctx:update(service, function(draft)
    if draft.spec.selector == nil then draft.spec.selector = {} end
    draft.spec.selector[label] = hash
  end)
  if not written then
    return nil, message, code
  end
  ctx:event(object, "Normal", "SwitchService", ("Switched service %q from %s to %s")
    :format(service.metadata.name, before or "all pods", hash))
  return true
end

local function switch_all(ctx, object, now, label)
  for _, one in ipairs(now.services or {}) do
    local service = service_of(ctx, object, one.name)
    if service and one.revision then
      local done, message, code = switch(ctx, object, service, one.revision, label)
      if not done then
        return nil, message, code
      end
    end
  end
  return true
end

local TOLD = {
  Paused = { "Normal", "RolloutPaused", "Rollout is paused: %s" },
  Aborted = { "Warning", "RolloutAborted", "Rollout was aborted: %s" },
  Degraded = { "Warning", "RolloutDegraded", "Rollout went back: %s" },
  Healthy = { "Normal", "RolloutCompleted", "Rollout is complete%s" },
}

local function tell(ctx, object, rollout)
  local before, now = (object.status or {}).rollout or {}, rollout.record
  for _, text in ipairs(rollout.notes or {}) do
    ctx:event(object, "Normal", "RolloutNote", text)
  end
  if rollout.mended then
    ctx:event(object, "Normal", "RolloutScriptChanged", rollout.mended)
  end
  local words = TOLD[now.phase]
  if words and (before.phase ~= now.phase or before.step ~= now.step) then
    ctx:event(object, words[1], words[2], words[3]:format(now.message or ""))
  end
end

--- Do what a plan wants besides sizes: Services switched, people told.
-- @param ctx
-- @param object the workload
-- @tparam ?table rollout of a plan: see wl.rollout.script
-- @tparam string label that holds the hash
-- @treturn ?boolean true; or nil, message, code
function scripted.follow(ctx, object, rollout, label)
  if not rollout then
    return true
  end
  tell(ctx, object, rollout)
  return switch_all(ctx, object, rollout.record, label)
end

return scripted
