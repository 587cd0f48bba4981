-- SPDX-License-Identifier: MIT
--- Kubernetes' end-to-end tests, played on a whole cluster.
--
-- A case has steps and checks. A check that stands after a step must become
-- true some time after it; what is `stable` must then stay so. Some of both are
-- told in words: those that no word here stands for are not told (`e2e.NOT_TOLD`).
local Cluster = require "wl.cluster"
local patch = require "wl.patch"
local value = require "wl.value"

local e2e = { NOT_TOLD = {} }

local APIS = { Deployment = "apps/v1", StatefulSet = "apps/v1", DaemonSet = "apps/v1", Pod = "v1",
  ControllerRevision = "apps/v1", Job = "batch/v1", CronJob = "batch/v1",
  PersistentVolumeClaim = "v1" }

local PATIENCE, STABLE, BETWEEN = 1800, 120, 30 -- seconds

--- The case says something that is not understood here.
function e2e.words(what) error(setmetatable({ what = tostring(what) }, e2e.NOT_TOLD)) end

local words = e2e.words

-- ---- the world ----

local World = {}
World.__index = World

-- What the words for a pod's behaviour mean.
local BEHAVIOURS = {
  { "^run$", function() return { work = "10000h" } end },
  { "^run; ends with code (%d+) on deletion$",
    function(code) return { work = "10000h", term_exit = math.tointeger(code) } end },
  { "^run; on deletion takes (%d+) s, then exit (%d+)$", function(seconds, code)
    return { work = "10000h", terminate = seconds .. "s", term_exit = math.tointeger(code) }
  end },
  { "^run, but Failed while the port of the node is taken$", function() return {} end },
  { "^notReady$", function() return { never_ready = true } end },
  { "^broken$", function() return { pull_error = true } end },
  { "^exit (%d+)$", function(code) return { after = "1s", exit = math.tointeger(code) } end },
  { "^runs for (%d+) s, then exit (%d+)$",
    function(seconds, code) return { after = seconds .. "s", exit = math.tointeger(code) } end },
  { "^exit (%d+) the first time anywhere, later exit (%d+)$", function(first, later)
    local again = false
    return function(pod)
      pod:sleep "1s"
      local code = again and later or first
      again = true
      pod:exit(math.tointeger(code))
    end
  end },
}

local function behaviour(text)
  for _, each in ipairs(BEHAVIOURS) do
    local found = { text:match(each[1]) }
    if found[1] then return each[2](table.unpack(found)) end
  end
  words(text)
end

local function behave(cluster, images)
  local plain = 0
  for image, text in pairs(images or {}) do
    local given = behaviour(text)
    if text == "run" then plain = plain + 1 end
    if type(given) == "table" and text ~= "run" then given.image = image end
    cluster.kubelet:behave("", given, {}, 1)
  end
  return plain
end

--- A cluster for a case.
function e2e.world(input)
  local self = setmetatable({ cluster = Cluster.new { nodes = input.nodes or 3 }, deleted = {} },
    World)
  behave(self.cluster, input.pods)
  self.cluster:on_each_write(function(write)
    if write.type == "DELETED" and write.old.kind == "Pod" then
      table.insert(self.deleted, write.old.metadata.name)
    end
  end)
  return self
end

local function is_older(a, b)
  local m, n = a.metadata, b.metadata
  if m.creationTimestamp ~= n.creationTimestamp then
    return m.creationTimestamp < n.creationTimestamp
  end
  return m.uid < n.uid
end

--- The object of a kind, or the oldest one of it.
function World:find(kind, name)
  local found
  for _, object in ipairs(self.cluster:list(kind)) do
    local fits = not name or object.metadata.name == name
    if fits and (not found or is_older(object, found)) then found = object end
  end
  return found
end

--- What the step or the check is about: the last thing created, unless it says.
function World:subject(given)
  local kind = given.kind or self.created.kind
  if given.of == "the same" then return self:find(kind, self.same) end
  local object = self:find(kind, given.name or kind == self.created.kind and self.created.name)
  if given.of == "one pod" then self.same = object.metadata.name end
  return object
end

-- ---- steps ----

local steps = {}

local function node_name(short) return short and "node-" .. short:match "%d+$" end

local function pod_spec(step)
  local c = { name = "c", image = step.image or "img" }
  if step.hostPort then
    c.ports = { { containerPort = step.hostPort, hostPort = step.hostPort } }
  end
  local spec = { containers = { c }, nodeName = node_name(step.node),
    restartPolicy = step.restartPolicy }
  if step.nodeSelector then
    local _, host = next(step.nodeSelector)
    spec.nodeSelector = { ["kubernetes.io/hostname"] = node_name(host) }
  end
  return spec
end

local function claim_templates(names)
  local list = {}
  for i, name in ipairs(names or {}) do
    list[i] = { metadata = { name = name }, spec = { accessModes = { "ReadWriteOnce" },
      resources = { requests = { storage = "1Gi" } } } }
  end
  return #list > 0 and list or nil
end

local function workload_spec(step)
  local spec = value.table(step.spec or {})
  local labels = step.metadata and value.table(step.metadata.labels) or { app = step.name }
  local template = spec.template or { metadata = { labels = labels }, spec = pod_spec(step) }
  if step.kind == "CronJob" then
    template.spec.restartPolicy = template.spec.restartPolicy or "OnFailure"
    spec.jobTemplate = { spec = { template = template } }
    return spec
  end
  spec.template = template
  if step.kind == "Job" then
    template.spec.restartPolicy = template.spec.restartPolicy or "OnFailure"
  else
    spec.selector = { matchLabels = labels }
  end
  spec.volumeClaimTemplates = claim_templates(step.volumeClaimTemplates)
  return spec
end

-- "as the first": another revision of what has one.
local function revision(world, step)
  local first = world:find "ControllerRevision"
  local key, text = step.labels:match "^(%w+)=(%w+)"
  return { apiVersion = "apps/v1", kind = "ControllerRevision", revision = step.revision,
    data = value.table(first.data), metadata = { name = "another", labels = { [key] = text },
      ownerReferences = value.table(first.metadata.ownerReferences) } }
end

function steps.create(world, step)
  local kind = step.kind
  if kind == "ControllerRevision" then
    return assert(world.cluster:create(revision(world, step)))
  end
  local metadata = step.metadata and value.table(step.metadata) or {}
  metadata.name = step.name
  local _, message, code = world.cluster:create { apiVersion = APIS[kind] or words(kind),
    kind = kind, metadata = metadata, spec = kind == "Pod" and pod_spec(step)
    or workload_spec(step) }
  world.created = world.created or { kind = kind, name = step.name }
  if kind ~= "Pod" then world.created = { kind = kind, name = step.name } end
  world.refused = code and { code = code, message = message }
end

function steps.list() end
function steps.get() end

function steps.deleteCollection(world, step)
  local kind = step.kind or world.created.kind
  for _, object in ipairs(world.cluster:list(kind, { selector = step.selector })) do
    assert(world.cluster:delete(object))
  end
end

function steps.delete(world, step)
  local options = { grace = math.tointeger(step.gracePeriodSeconds), propagation =
    step.propagation ~= value.null and step.propagation or nil }
  for _, name in ipairs(step.names or { step.name or false }) do
    local object = world:find(step.kind or world.created.kind, name or nil)
    if step.of == "its pod" then world.same = object.metadata.name end
    assert(world.cluster:delete(object, options))
  end
end

local METADATA = { finalizers = true, ownerReferences = true, labels = true, annotations = true }

local FINALIZER = "example.com/kept"

-- Reference and finalizer lists are given short.
local function metadata_list(field, x)
  local list = value.list {}
  for i, one in ipairs(x ~= value.null and x or {}) do
    if field == "finalizers" then
      list[i] = one:find "/" and one or FINALIZER
    else
      local reference = value.table(one)
      reference.apiVersion = reference.apiVersion or APIS[reference.kind] or "v1"
      reference.uid = reference.uid or "00000000-0000-0000-0000-000000000000"
      list[i] = reference
    end
  end
  return list
end

local SHORT = { partition = "spec.updateStrategy.rollingUpdate.partition" }

local function set_path(draft, path, x)
  local target, last = draft, path:match "[^.]+$"
  for step in path:gmatch "([^.]+)%." do
    if target[step] == nil then target[step] = {} end
    target = target[step]
  end
  if value.is_map(x) and value.is_map(target[last]) then
    for key, one in pairs(x) do target[last][key] = one end
  else
    target[last] = x
  end
end

local function set_field(draft, field, x)
  if field == "image" then
    draft.spec.template.spec.containers[1].image = x
  elseif field == "labels" then
    if x == value.null then
      draft.metadata.labels = nil
    else
      for key, text in pairs(x) do draft.metadata.labels[key] = text end
    end
  elseif METADATA[field] then
    draft.metadata[field] = metadata_list(field, x)
  elseif field:find "^[%w.]+$" then
    set_path(draft, SHORT[field] or field:match "^spec%..*" or "spec." .. field, x)
  else
    words(field)
  end
end

-- "lastTransitionTime of the condition X": a later one.
local function set_status(world, step, object)
  for field in pairs(step.set) do
    local kind = field:match "^lastTransitionTime of the condition (%w+)$" or words(field)
    assert(world.cluster:update_status(object, function(status)
      for _, condition in ipairs(status.conditions) do
        if condition.type == kind then condition.lastTransitionTime = "2030-01-01T00:00:02Z" end
      end
    end))
  end
end

-- References name what is there; others of a ConfigMap, which is made for them.
local function with_uid(world, references)
  for _, reference in ipairs(references or {}) do
    if reference.kind == "ConfigMap" and not world:find("ConfigMap", reference.name) then
      assert(world.cluster:create { apiVersion = "v1", kind = "ConfigMap",
        metadata = { name = reference.name } })
    end
    local object = world:find(reference.kind, reference.name)
    if object then
      reference.uid = object.metadata.uid
      reference.apiVersion = object.apiVersion
    end
  end
end

function steps.update(world, step)
  if type(step.set) ~= "table" then words "a change" end
  local object = world:subject(step)
  if step.subresource == "status" then return set_status(world, step, object) end
  local changed, message, code = world.cluster:update(object, function(draft)
    for field, x in pairs(step.set) do set_field(draft, field, x) end
    with_uid(world, draft.metadata.ownerReferences)
  end)
  if code and not (changed == nil and not world:find(object.kind, object.metadata.name)) then
    error(message, 0)
  end
end

function steps.patch(world, step)
  local object, body = world:subject(step), step.body or words "a patch"
  if step.subresource == "status" then
    body = value.table(body)
    for _, condition in ipairs(body.status.conditions or {}) do
      condition.lastTransitionTime = "2030-01-01T00:00:01Z"
    end
    assert(world.cluster:update_status(object, function(status, draft)
      status.conditions = body.status.conditions
      for key, text in pairs(body.metadata and body.metadata.annotations or {}) do
        draft.metadata.annotations = draft.metadata.annotations or {}
        draft.metadata.annotations[key] = text
      end
    end))
    return
  end
  local kind = world.cluster.server:kind(object.kind)
  local references = body.metadata and body.metadata.ownerReferences or body.ownerReferences
  if references and #references == 0 then
    assert(world.cluster:update(object, function(draft)
      draft.metadata.ownerReferences = value.list {}
    end))
  else
    assert(world.cluster.server:update(assert(patch.strategic(object, body, kind.schema))))
  end
end

local function readiness(world, step, never)
  world.cluster.kubelet:behave("statefulset.kubernetes.io/pod-name=" .. step.pod,
    { never_ready = never, work = "10000h" }, {}, 1)
end

function steps.breakReadiness(world, step) readiness(world, step, true) end
function steps.restoreReadiness(world, step) readiness(world, step, false) end

local function cordon(world, step, on)
  assert(world.cluster:update(world:find("Node", node_name(step.node)), function(draft)
    draft.spec.unschedulable = on or nil
  end))
end

function steps.cordon(world, step) cordon(world, step, true) end
function steps.uncordon(world, step) cordon(world, step, false) end

-- ---- playing ----

local function holds(checks, world, check) return pcall(checks, world, check) end

-- Wait until a check holds; a failure is its last.
local function eventually(checks, world, check)
  local deadline = world.cluster:now() + PATIENCE
  local ok, problem = holds(checks, world, check)
  while not ok and getmetatable(problem) ~= e2e.NOT_TOLD and world.cluster:now() < deadline do
    if not world.cluster:step(deadline) then break end
    ok, problem = holds(checks, world, check)
  end
  if not ok then error(problem, 0) end
  if check.stable then
    world.cluster:run(STABLE)
    checks(world, check)
  end
end

--- Play a case.
-- @tparam table input of the case
-- @tparam table expected of the case
-- @tparam function checks (world, check): raises when it does not hold
function e2e.play(input, expected, checks)
  local world = e2e.world(input)
  for number, step in ipairs(input.steps) do
    local span, looked = {}, false
    for _, check in ipairs(expected.checks) do
      local during = check.throughout
      if during and number == during[1] then world.deleted = {} end
      if during and number == during[2] then span[#span + 1] = check end
    end
    local take = steps[step["do"]] or words(step["do"])
    world.before = world.created and world:find(world.created.kind, world.created.name)
    take(world, step)
    for _, check in ipairs(expected.checks) do
      if check.after == number then
        looked = true
        eventually(checks, world, check)
      end
    end
    for _, check in ipairs(span) do eventually(checks, world, check) end
    -- Two revisions of one content stay apart until their owner looks at them again.
    if not looked or step.kind ~= "ControllerRevision" then world.cluster:run(BETWEEN) end
  end
end

return e2e
