-- SPDX-License-Identifier: MIT
--- Keep as many pods of a template as are wanted: the engine of ReplicaSet and
-- ReplicationController.
--
-- Reads counts of live sets, never the pods: a sync costs what it creates and
-- deletes. The status says what was seen before the sync acted; what it did
-- brings the next sync about.
-- Source: pkg/controller/replicaset.
local claim = require "wl.claim"
local conditions = require "wl.conditions"
local namespaces = require "wl.namespaces"
local owner = require "wl.owner"
local pod_template = require "wl.pod_template"
local value = require "wl.value"

local replicas = {}

--- The annotation that names the order in which pods are deleted. Kubernetes does not
-- have it.
replicas.ORDER = "wlrun.dev/deletion-order"

--- The most pods that one sync creates or deletes.
replicas.BURST = 500

-- ---- deciding ----

--- How many pods to create and to delete now.
-- @tparam integer wanted
-- @tparam integer active pods that are neither finished nor being deleted
-- @tparam ?integer burst the most at once
-- @treturn integer to create
-- @treturn integer to delete
function replicas.difference(wanted, active, burst)
  local missing = wanted - active
  burst = burst or replicas.BURST
  return math.min(math.max(missing, 0), burst), math.min(math.max(-missing, 0), burst)
end

--- Create in batches of 1, 2, 4 ... and stop at the first batch that fails, so
-- that what cannot succeed fails once and not `count` times.
-- @tparam integer count
-- @tparam function create called as create(n); returns how many were created,
--   and a message and a code when that is fewer than n
-- @treturn integer created
-- @treturn integer attempted
-- @treturn ?string message of the failure
-- @treturn ?string code
function replicas.slow_start(count, create)
  local created, attempted, batch = 0, 0, math.min(count, 1)
  while batch > 0 do
    local done, message, code = create(batch)
    created, attempted = created + done, attempted + batch
    if done < batch then
      return created, attempted, message, code
    end
    batch = math.min(2 * batch, count - attempted)
  end
  return created, attempted
end

--- Seconds until a pod counts as available.
-- @tparam ?number since when it has been ready; nil or false: it is not
-- @tparam integer min_ready minReadySeconds
-- @tparam number now
-- @treturn ?number nil when time will not change it
function replicas.available_in(since, min_ready, now)
  local wait = since and min_ready > 0 and since + min_ready - now or 0
  return wait > 0 and wait or nil
end

-- ---- looking ----

--- The label selector of an object. A ReplicationController's is a map of labels,
-- or its template's labels.
-- @param object
-- @return a label selector
function replicas.selector(object)
  local spec = object.spec
  if object.kind == "ReplicationController" then
    return { matchLabels = spec.selector or spec.template.metadata.labels }
  end
  return spec.selector or {}
end

-- Pods that carry all of the template's labels; all of them where the selector
-- asks for the very same.
local function count_labeled(ctx, object, active)
  local selector = replicas.selector(object)
  local labels = object.spec.template.metadata.labels or {}
  if active == 0
    or not selector.matchExpressions and value.equal(selector.matchLabels or {}, labels) then
    return active
  end
  local alike = ctx:matching("Pod", object.metadata.namespace, { matchLabels = labels })
  return math.min(active, alike:count "active")
end

--- What there is, in numbers.
-- @param ctx
-- @param object a ReplicaSet
-- @param pods the live set of its pods
-- @treturn table active, labeled, ready, available, terminating
function replicas.tally(ctx, object, pods)
  local min_ready = object.spec.minReadySeconds or 0
  local active, ready = pods:count "active", pods:count "ready"
  local available = ready
  if min_ready > 0 then
    available = pods:count_before("readySince", math.floor(ctx.now - min_ready))
  end
  return {
    active = active,
    labeled = count_labeled(ctx, object, active),
    ready = ready,
    available = available,
    terminating = pods:count "terminating",
  }
end

-- ---- the status ----

local function some(n) return n > 0 and n or nil end

local function failure_condition(object, seen, failure, timestamp)
  return {
    type = "ReplicaFailure",
    status = "True",
    reason = seen.active < (object.spec.replicas or 1) and "FailedCreate" or "FailedDelete",
    message = failure,
    lastTransitionTime = timestamp,
  }
end

--- The status of a ReplicaSet.
-- @param object
-- @tparam table seen what `tally` counted
-- @tparam ?string failure message of what went wrong in this sync
-- @tparam string timestamp of now
-- @treturn table without observedGeneration
function replicas.status(object, seen, failure, timestamp)
  local list = object.status and object.status.conditions
  if not failure then
    list = conditions.without(list, "ReplicaFailure")
  elseif not conditions.find(list, "ReplicaFailure") then
    list = conditions.set(list, failure_condition(object, seen, failure, timestamp))
  end
  return {
    replicas = seen.active,
    fullyLabeledReplicas = some(seen.labeled),
    readyReplicas = some(seen.ready),
    availableReplicas = some(seen.available),
    terminatingReplicas = seen.terminating,
    conditions = list,
  }
end

-- ---- acting ----

-- All at once: `create_many` stops at the first refusal by itself. While there
-- was one last time, in batches that grow.
local function create(ctx, object, count)
  local pod = pod_template.pod(object, object.spec.template)
  local function make(n)
    local done, message, code, batch = ctx:create_many(pod, n)
    if batch and #batch > 0 then
      ctx:event_many(batch, "Normal", "SuccessfulCreate", "Created pod: {metadata.name}", object)
    end
    return done, message, code
  end
  local _, message, code
  if conditions.find((object.status or {}).conditions, "ReplicaFailure") then
    _, _, message, code = replicas.slow_start(count, make)
  else
    _, message, code = make(count)
  end
  if message and namespaces.is_terminating(ctx, object.metadata.namespace) then
    return nil
  elseif message then
    ctx:event(object, "Warning", "FailedCreate", "Error creating: " .. message)
  end
  return message, code
end

--- The ReplicaSets of the same Deployment, this one included. One that nobody
-- controls has none.
-- @param ctx
-- @param object a ReplicaSet
-- @treturn table array
function replicas.siblings(ctx, object)
  local reference = owner.controller(object)
  local controller = reference and ctx:by_uid(reference.uid)
  local found = {}
  if controller then
    for sibling in ctx:owned(controller, object.kind):each() do
      found[#found + 1] = sibling
    end
  end
  return found
end

-- The pods of other siblings, which crowd a node as the set's own do. Without
-- siblings nobody does.
local function related(ctx, object)
  local siblings, found = replicas.siblings(ctx, object), {}
  for _, sibling in ipairs(siblings) do
    if sibling.metadata.uid ~= object.metadata.uid then
      found[#found + 1] = ctx:owned(sibling, "Pod")
    end
  end
  return #siblings > 0 and found or nil
end

-- The order that the object names; a Deployment's annotations are its ReplicaSets', too.
local function order_of(ctx, object)
  local name = (object.metadata.annotations or {})[replicas.ORDER]
  local order = name and ctx:policy("deletion", name)
  if name and not order then
    ctx:event(object, "Warning", "UnknownDeletionOrder", ("there is no deletion order %q: pods go "
      .. "in the order of Kubernetes"):format(name))
  end
  return order or ctx:policy("deletion", "Kubernetes")
end

-- Where none may stay it does not matter who goes first.
local function to_delete(ctx, object, pods, total, count)
  if (object.spec.replicas or 1) == 0 then
    return pods:batch("active", count)
  end
  local order = order_of(ctx, object)
  return ctx:pick(pods, order, {
    facet = "active", total = total, round = order.recounts and 1 or count, take = count,
    related = related(ctx, object),
  })
end

local function delete(ctx, object, pods, total, count)
  local batch = to_delete(ctx, object, pods, total, count)
  ctx:event_many(batch, "Normal", "SuccessfulDelete", "Deleted pod: {metadata.name}", object)
  local _, message, code = ctx:delete_many(batch)
  if message then
    ctx:event(object, "Warning", "FailedDelete", "Error deleting: " .. message)
  end
  return message, code
end

local function manage(ctx, object, pods, active, burst)
  local wanted = object.spec.replicas or 1
  local missing, extra = replicas.difference(wanted, active, burst)
  if missing > 0 then
    return create(ctx, object, missing)
  elseif extra > 0 then
    return delete(ctx, object, pods, active - wanted, extra)
  end
end

local function next_check(ctx, object, pods, seen)
  local min_ready = object.spec.minReadySeconds or 0
  if min_ready == 0 or seen.ready == seen.available then
    return nil
  end
  local since = pods:next_time("readySince", math.floor(ctx.now - min_ready))
  return replicas.available_in(since, min_ready, ctx.now) or min_ready
end

--- One sync of a ReplicaSet or ReplicationController.
-- @param ctx
-- @param object
-- @tparam ?table options `without`, names of status fields that the kind does
--   not have; `burst`, instead of BURST
-- @treturn ?number seconds until the next pod becomes available
function replicas.reconcile(ctx, object, options)
  options = options or {}
  local claimed, problem, problem_code =
    claim.sync(ctx, object, "Pod", replicas.selector(object), "active")
  if not claimed then
    return nil, problem, problem_code
  end
  local pods = ctx:owned(object, "Pod")
  local seen, message, code = replicas.tally(ctx, object, pods), nil, nil
  if object.metadata.deletionTimestamp == nil and ctx.settled ~= false then
    message, code = manage(ctx, object, pods, seen.active, options.burst)
  end
  local status = replicas.status(object, seen, message, ctx:timestamp())
  status.observedGeneration = object.metadata.generation
  for _, field in ipairs(options.without or {}) do
    status[field] = nil
  end
  local written, refusal, refusal_code = ctx:update_status(object, status)
  if message or not written then
    return nil, message or refusal, code or refusal_code
  end
  return next_check(ctx, object, pods, seen)
end

return replicas
