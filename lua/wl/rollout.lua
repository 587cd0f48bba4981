-- SPDX-License-Identifier: MIT
--- The verbs of people who watch and steer rollouts, as `kubectl rollout` has
-- them: status, history, undo, pause, resume, restart; and promote, abort, retry
-- for strategies with steps.
--
-- Each takes a cluster (anything with `list`, `update` and `timestamp`, such as
-- a ctx) and an object, and returns the text that kubectl prints, or nil and
-- kubectl's refusal with the code "Invalid" or "NotFound". With
-- `{ dry_run = true }` nothing is written, and the text says what would be done.
-- Source: k8s.io/kubectl/pkg/polymorphichelpers.
local asking = require "wl.rollout.asking"
local controller_revision = require "wl.controller_revision"
local history = require "wl.revision_history"
local owner = require "wl.owner"
local pod_template = require "wl.pod_template"
local revision = require "wl.revision"
local status = require "wl.rollout.progress"
local text_diff = require "wl.text_diff"
local value = require "wl.value"
local yaml = require "wl.yaml"

local rollout = {}

local RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"

-- ---- which kinds can do what ----

local function name_of(object) return object.metadata.name end

local function resource(object, format)
  local group = object.apiVersion:match "^(.*)/" or ""
  return format:format(object.kind:lower(), group ~= "" and "." .. group or "", name_of(object))
end

-- What has been done: deployment.apps/web paused
local function done(object, what) return resource(object, "%s%s/%s ") .. what end

-- What cannot be done: deployments.apps "web" is already paused
local function refuse(object, text) return nil, resource(object, "%ss%s %q ") .. text, "Invalid" end

local function is_deployment(object) return object.kind == "Deployment" end

-- Whose templates are kept in ControllerRevisions.
local KEEPS_REVISIONS = { StatefulSet = true, DaemonSet = true }

rollout.status = status
rollout.promote, rollout.abort, rollout.retry = asking.promote, asking.abort, asking.retry

-- ---- history ----

local function replica_sets(cluster, deployment)
  local found = {}
  local candidates = cluster:list("ReplicaSet", {
    namespace = deployment.metadata.namespace, selector = deployment.spec.selector,
  })
  for _, object in ipairs(candidates) do
    if owner.controls(deployment, object) and revision.of(object) then
      found[#found + 1] = object
    end
  end
  table.sort(found, function(a, b) return revision.of(a) < revision.of(b) end)
  return found
end

local function controller_revisions(cluster, object)
  local found = {}
  local candidates = cluster:list("ControllerRevision", {
    namespace = object.metadata.namespace, selector = object.spec.selector,
  })
  for _, one in ipairs(candidates) do
    if owner.controls(object, one) then
      found[#found + 1] = one
    end
  end
  return history.sort(found)
end

local function entry(object, number, template)
  local labels = object.metadata.labels or {}
  return { revision = number, name = name_of(object), template = template,
    hash = labels[pod_template.HASH] or labels[controller_revision.POD_LABEL],
    change_cause = (object.metadata.annotations or {})[revision.CHANGE_CAUSE] }
end

--- The revisions that an object can go back to, and the present one.
-- @param cluster
-- @param object a Deployment, StatefulSet or DaemonSet
-- @treturn ?table array of { revision, change_cause (or nil), name, hash, template },
--   lowest revision first; or nil, message, code
function rollout.revisions(cluster, object)
  local found = {}
  if is_deployment(object) then
    for i, set in ipairs(replica_sets(cluster, object)) do
      found[i] = entry(set, revision.of(set), set.spec.template)
    end
  elseif KEEPS_REVISIONS[object.kind] then
    for i, one in ipairs(controller_revisions(cluster, object)) do
      found[i] = entry(one, one.revision, history.template(one))
    end
  else
    return nil, ("no history viewer has been implemented for %s"):format(object.kind), "Invalid"
  end
  return found
end

local function no_previous(object)
  if is_deployment(object) then
    return nil, ("no rollout history found for deployment %q"):format(name_of(object)), "NotFound"
  end
  return nil, "no last revision to roll back to", "NotFound"
end

local function not_found(number)
  return nil, ("unable to find specified revision %d in history"):format(number), "NotFound"
end

--- One revision.
-- @param cluster
-- @param object a Deployment, StatefulSet or DaemonSet
-- @tparam integer number 0: the one before the present one
-- @treturn ?table as in `revisions`; or nil, message, code
function rollout.revision(cluster, object, number)
  local list, message, code = rollout.revisions(cluster, object)
  if not list then
    return nil, message, code
  elseif number == 0 then
    local previous = list[#list - 1]
    if not previous then
      return no_previous(object)
    end
    return previous
  end
  for _, one in ipairs(list) do
    if one.revision == number then
      return one
    end
  end
  return not_found(number)
end

--- The history as a table of text.
-- @param cluster
-- @param object a Deployment, StatefulSet or DaemonSet
-- @treturn ?string; or nil, message, code
function rollout.history(cluster, object)
  local list, message, code = rollout.revisions(cluster, object)
  if not list then
    return nil, message, code
  end
  if #list == 0 then
    return done(object, "") .. "\nNo rollout history found."
  end
  local lines = { done(object, ""), ("%-8s  %s"):format("REVISION", "CHANGE-CAUSE") }
  for _, one in ipairs(list) do
    lines[#lines + 1] = ("%-8d  %s"):format(one.revision, one.change_cause or "<none>")
  end
  return table.concat(lines, "\n")
end

-- ---- changing ----

-- `would` says what would be done.
local function change(cluster, object, options, what, draft_change, would)
  if options and options.dry_run then
    return done(object, what .. " (dry run): ") .. would
  end
  local written, message, code = cluster:update(object, draft_change)
  if not written then
    return nil, message, code
  end
  return done(object, what)
end

-- What goes back with the template: for a Deployment the annotations of its old
-- ReplicaSet too.
local function restored_annotations(cluster, object, target)
  if not is_deployment(object) then
    return object.metadata.annotations
  end
  local set = cluster:get("ReplicaSet", object.metadata.namespace, target.name)
  return revision.restored(object.metadata.annotations, set.metadata.annotations)
end

local function template_text(template)
  return yaml.format(value.of { template = pod_template.without_hash(template) })
end

-- The template line by line, as it is (-) and as it would be (+).
local function would_become(object, target)
  return ("to revision %d, which differs in\n%s"):format(target.revision,
    text_diff.unified(template_text(object.spec.template), template_text(target.template)))
end

--- Go back to an earlier revision.
-- @param cluster
-- @param object a Deployment, StatefulSet or DaemonSet
-- @tparam ?integer number of the revision; 0 or nil: the previous one
-- @tparam ?table options `dry_run`
-- @treturn ?string; or nil, message, code
function rollout.undo(cluster, object, number, options)
  number = number or 0
  if not is_deployment(object) and not KEEPS_REVISIONS[object.kind] then
    return nil, ("no rollbacker has been implemented for %q"):format(object.kind), "Invalid"
  elseif number < 0 then
    return not_found(number)
  end
  local target, message, code = rollout.revision(cluster, object, number)
  if not target then
    return nil, message, code
  elseif object.spec.paused then
    return nil, "cannot rollback a paused deployment; resume it first with "
      .. "'kubectl rollout resume' and try again", "Invalid"
  elseif pod_template.equal(target.template, object.spec.template) then
    return done(object, ("skipped rollback (current template already matches revision %d)")
      :format(number))
  end
  local annotations = restored_annotations(cluster, object, target)
  return change(cluster, object, options, "rolled back", function(draft)
    draft.spec.template = pod_template.without_hash(target.template)
    draft.metadata.annotations = annotations
  end, options and options.dry_run and would_become(object, target))
end

--- Hold a Deployment's rollout: changes of its template wait.
-- @treturn ?string; or nil, message, code
function rollout.pause(cluster, object, options)
  if not is_deployment(object) then
    return refuse(object, "pausing is not supported")
  elseif object.spec.paused then
    return refuse(object, "is already paused")
  end
  return change(cluster, object, options, "paused", function(draft) draft.spec.paused = true end,
    "its pods would stay as they are, whatever becomes of the template")
end

--- Go on with a Deployment's rollout.
-- @treturn ?string; or nil, message, code
function rollout.resume(cluster, object, options)
  if not is_deployment(object) then
    return refuse(object, "resuming is not supported")
  elseif not object.spec.paused then
    return refuse(object, "is not paused")
  end
  return change(cluster, object, options, "resumed", function(draft) draft.spec.paused = nil end,
    "its pods would follow the template again")
end

local RESTARTABLE = { Deployment = true, StatefulSet = true, DaemonSet = true }

--- Replace all pods by new ones of the same template: it gets a note of the time.
-- @treturn ?string; or nil, message, code
function rollout.restart(cluster, object, options)
  local annotations = value.get(object, "spec.template.metadata.annotations") or {}
  local now = cluster:timestamp()
  if not RESTARTABLE[object.kind] then
    return refuse(object, "restarting is not supported")
  elseif object.spec.paused then
    return refuse(object, "can't restart paused deployment (run rollout resume first)")
  elseif annotations[RESTARTED_AT] == now then
    return refuse(object, "if restart has already been triggered within the past second, "
      .. "please wait before attempting to trigger another")
  end
  return change(cluster, object, options, "restarted", function(draft)
    draft.spec.template.metadata = draft.spec.template.metadata or {}
    draft.spec.template.metadata.annotations =
      pod_template.with_label(annotations, RESTARTED_AT, now)
  end, "all pods would be replaced, as by a new template")
end

return rollout
