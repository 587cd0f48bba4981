-- SPDX-License-Identifier: MIT
--- CloneSet: pods of one template, updated in place where only images differ.
--
--     spec:
--       replicas: 5
--       updateStrategy: { type: InPlaceIfPossible, partition: 2, maxUnavailable: 1 }
--
-- A pod keeps its name, its node and its address when it gets another image; any other
-- change of the template replaces it. `partition` pods stay at the old revision.
-- Two labels say what a pod was made of: its revision, and all of that but the images.
local hash = require "wl.hash"
local intstr = require "wl.intstr"
local kind = require "wl.kind"
local owner = require "wl.owner"
local pod = require "wl.api.pod"
local value = require "wl.value"

local REVISION, FRAME = "clone-set/revision", "clone-set/frame"

-- ---- what the template makes ----

local function without_images(template)
  return value.update(value.of(template), function(draft)
    for i = 1, #draft.spec.containers do draft.spec.containers[i].image = nil end
  end)
end

local function marks_of(set)
  return { [REVISION] = hash.template(set.spec.template),
    [FRAME] = hash.template(without_images(set.spec.template)) }
end

local function new_pod(set, marks)
  local metadata, template = set.metadata, set.spec.template
  local labels = value.table((template.metadata or {}).labels or {})
  for key, text in pairs(marks) do labels[key] = text end
  return { apiVersion = "v1", kind = "Pod", spec = template.spec, metadata = {
    generateName = metadata.name .. "-", namespace = metadata.namespace, labels = labels,
    ownerReferences = { owner.reference(set) } } }
end

-- ---- counting ----

-- What its kubelet has not seen yet may end what it says of itself.
local function is_ready(one)
  local status = one.status or {}
  if (status.observedGeneration or 0) < one.metadata.generation then return false end
  for _, condition in ipairs(status.conditions or {}) do
    if condition.type == "Ready" then return condition.status == "True" end
  end
  return false
end

-- Pods that live: outdated ones, and how many are updated and ready.
local function look(pods, marks)
  local seen = { all = {}, outdated = {}, updated = 0, ready = 0, updated_ready = 0 }
  for one in pods:each "active" do
    local is_updated, ready = one.metadata.labels[REVISION] == marks[REVISION], is_ready(one)
    table.insert(seen.all, one)
    if not is_updated then table.insert(seen.outdated, one) end
    seen.ready = seen.ready + (ready and 1 or 0)
    seen.updated = seen.updated + (is_updated and 1 or 0)
    seen.updated_ready = seen.updated_ready + (is_updated and ready and 1 or 0)
  end
  return seen
end

-- ---- acting ----

-- Outdated pods go first, and of those the ones that are not ready: they are no loss.
local function surplus(seen, count)
  local ranked = {}
  for i, one in ipairs(seen.outdated) do ranked[i] = one end
  for _, one in ipairs(seen.all) do
    if #ranked < count then ranked[#ranked + 1] = one end
  end
  table.sort(ranked, function(a, b)
    if is_ready(a) ~= is_ready(b) then return not is_ready(a) end
    return a.metadata.name < b.metadata.name
  end)
  return { table.unpack(ranked, 1, count) }
end

local function scale(ctx, set, seen, marks)
  local missing = set.spec.replicas - #seen.all
  if missing > 0 then
    local _, message, code = ctx:create_many(new_pod(set, marks), missing)
    if message then return nil, message, code end
  end
  for _, one in ipairs(missing < 0 and surplus(seen, -missing) or {}) do
    local done, message, code = ctx:delete(one)
    if not done then return nil, message, code end
  end
  return missing == 0
end

local function update_in_place(ctx, set, one, marks)
  ctx:event(set, "Normal", "SuccessfulUpdatePodInPlace", "updated " .. one.metadata.name)
  return ctx:update(one, function(draft)
    for i, container in ipairs(set.spec.template.spec.containers) do
      draft.spec.containers[i].image = container.image
    end
    draft.metadata.labels[REVISION] = marks[REVISION]
  end)
end

-- As many as may be unavailable, but not those that the partition keeps.
local function update(ctx, set, seen, marks)
  local strategy, wanted = set.spec.updateStrategy, set.spec.replicas
  local kept = intstr.resolve(strategy.partition, wanted, true)
  local most = math.max(1, intstr.resolve(strategy.maxUnavailable, wanted, false))
  local count = math.min(#seen.outdated - kept, most - (wanted - seen.ready))
  for _, one in ipairs(count > 0 and surplus(seen, math.min(count, #seen.outdated)) or {}) do
    local in_place = strategy.type ~= "ReCreate" and one.metadata.labels[FRAME] == marks[FRAME]
    local act = in_place and update_in_place or ctx.delete
    local done, message, code = act(ctx, in_place and set or one, in_place and one or nil, marks)
    if not done then return nil, message, code end
  end
  return true
end

local function reconcile(ctx, set)
  local marks = marks_of(set)
  local seen = look(ctx:owned(set, "Pod"), marks)
  local settled, message, code = scale(ctx, set, seen, marks)
  if settled then settled, message, code = update(ctx, set, seen, marks) end
  if settled == nil then return nil, message, code end
  seen = look(ctx:owned(set, "Pod"), marks)
  ctx:update_status(set, { observedGeneration = set.metadata.generation, replicas = #seen.all,
    readyReplicas = seen.ready, updatedReplicas = seen.updated,
    updatedReadyReplicas = seen.updated_ready, updateRevision = marks[REVISION] })
end

return kind "CloneSet" {
  api = "apps.example.org/v1", short = { "clone" }, owns = { "Pod" }, reconcile = reconcile,
  scale = { replicas = ".spec.replicas" },
  spec = {
    replicas = kind.int { default = 1, min = 0 },
    template = kind.required(pod.PodTemplateSpec),
    updateStrategy = kind.always(kind.object {
      type = kind.str { default = "InPlaceIfPossible", enum = { "InPlaceIfPossible", "ReCreate" } },
      partition = kind.int_or_string { default = 0 },
      maxUnavailable = kind.int_or_string { default = "20%" } }),
  },
  status = { observedGeneration = kind.int, replicas = kind.int, readyReplicas = kind.int,
    updatedReplicas = kind.int, updatedReadyReplicas = kind.int, updateRevision = kind.str },
  columns = { { "NAME", ".metadata.name" }, { "DESIRED", ".spec.replicas" },
    { "UPDATED", ".status.updatedReplicas" }, { "READY", ".status.readyReplicas" } },
}
