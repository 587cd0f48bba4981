-- SPDX-License-Identifier: MIT
--- Going back to an old revision, as the annotation that old clients set asks.
--
-- Source: pkg/controller/deployment `rollback.go`.
local advance = require "wl.rollout.advance"
local new_set = require "wl.rollout.new_set"
local pod_template = require "wl.pod_template"
local revision = require "wl.revision"

local rollback = {}

--- The revision that the Deployment is asked to go back to; 0: the last one.
-- @treturn ?integer nil: none
function rollback.target(deployment)
  return revision.parse((deployment.metadata.annotations or {})[revision.ROLLBACK_TO])
end

local function clear_rollback(run, change)
  local written, message, code = run.ctx:update(run.deployment, function(draft)
    if change then
      change(draft)
    end
    draft.metadata.annotations[revision.ROLLBACK_TO] = nil
  end)
  if not written then
    return nil, message, code
  end
  run.deployment = written
  return true
end

local function give_up(run, reason, text)
  run.ctx:event(run.deployment, "Warning", reason, text)
  return clear_rollback(run)
end

local function restore(run, set, number)
  local name = run.deployment.metadata.name
  local template = set.object.spec.template
  if pod_template.equal(template, run.deployment.spec.template) then
    return give_up(run, "DeploymentRollbackTemplateUnchanged",
      ("The rollback revision contains the same template as current deployment %q"):format(name))
  end
  local annotations = revision.restored(run.deployment.metadata.annotations,
    set.object.metadata.annotations)
  run.ctx:event(run.deployment, "Normal", "DeploymentRollback",
    ("Rolled back deployment %q to revision %d"):format(name, number))
  return clear_rollback(run, function(draft)
    draft.spec.template = pod_template.without_hash(template)
    draft.metadata.annotations = annotations
  end)
end

local function make_new_set(run)
  if run.new then
    return true
  end
  local held, message, code = advance.plan(run)
  if not held then
    return nil, message, code
  end
  return new_set.create(run, held.new or 0)
end

local function put_back(run)
  local number, objects = rollback.target(run.deployment), {}
  for i, set in ipairs(run:all()) do
    objects[i] = set.object
  end
  if number == 0 then
    number = select(2, revision.highest(objects))
    if number == 0 then
      return give_up(run, "DeploymentRollbackRevisionNotFound", "Unable to find last revision.")
    end
  end
  for _, set in ipairs(run:all()) do
    if set.revision == number then
      return restore(run, set, number)
    end
  end
  return give_up(run, "DeploymentRollbackRevisionNotFound",
    "Unable to find the revision to rollback to.")
end

--- Put the template of an old revision back; the next sync rolls it out. The
-- current template gets its set first, so that it is not forgotten.
-- @tparam table run
-- @treturn ?boolean true; or nil, message, code
function rollback.step(run) return run:perform(make_new_set, put_back) end

return rollback
