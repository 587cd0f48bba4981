-- SPDX-License-Identifier: MIT
-- What Kubernetes' end-to-end tests of StatefulSets, DaemonSets, Jobs and CronJobs
-- observe.
local conditions = require "wl.conditions"
local controller_revision = require "wl.controller_revision"
local e2e = require "spec.support.e2e"
local owner = require "wl.owner"
local shared = require "spec.support.shared"
local value = require "wl.value"

local words = e2e.words

local checks = {}

local function sorted_names(world, kind, selector)
  local names = {}
  for i, object in ipairs(world.cluster:list(kind, { selector = selector })) do
    names[i] = object.metadata.name
  end
  return names
end

local function subject(world) return world:find(world.created.kind, world.created.name) end

function checks.count(world, check)
  assert.equal(check.count, #sorted_names(world, check.kind or world.created.kind, check.selector))
end

-- ---- StatefulSets ----

-- Revisions are named by the order in which they came.
local function revision_named(world, text)
  local status = subject(world).status
  if text == "currentRevision" or text == "updateRevision" then return status[text] end
  local which = ({ first = 1, second = 2, third = 3 })[text:match "(%w+) revision$"]
  local list = world.revisions or {}
  return list[which or words(text)] or error("no " .. text .. " yet", 0)
end

-- The revisions seen, in the order of their coming.
local function note_revisions(world)
  local status = subject(world) and subject(world).status or {}
  world.revisions = world.revisions or {}
  for _, name in ipairs { status.currentRevision or false, status.updateRevision or false } do
    local known = not name
    for _, one in ipairs(world.revisions) do known = known or one == name end
    if not known then table.insert(world.revisions, name) end
  end
end

local function numbers(expected, status)
  for field, x in pairs(expected) do
    if x == 0 then
      assert.equal(0, status[field] or 0, field)
    else
      assert.equal(x, status[field] or "", field)
    end
  end
end

local function settled(world)
  local object = subject(world)
  assert.equal(object.metadata.generation, object.status.observedGeneration)
end

local function revisions_told(world, text)
  local status = subject(world).status
  settled(world)
  for part in text:gmatch "[^;]+" do
    part = part:match "^%s*(.-)%s*$"
    if part == "currentRevision != updateRevision" then
      assert.not_equal(status.currentRevision, status.updateRevision)
    elseif part:find "^currentRevision = updateRevision" then
      assert.equal(status.currentRevision, status.updateRevision)
      local which = part:match "(%w+ revision)"
      if which then assert.equal(revision_named(world, which), status.updateRevision) end
    elseif part:find "^updateRevision = name of the %w+ revision" then
      assert.equal(revision_named(world, part:match "(%w+ revision)"), status.updateRevision)
    else
      words(part)
    end
  end
end

function checks.status(world, check)
  local expected = check.status
  if expected == "empty" then
    return assert.same({}, value.table(subject(world).status or {}))
  elseif type(expected) == "string" then
    return revisions_told(world, expected)
  end
  numbers(expected, subject(world).status or {})
end

function checks.images(world, check)
  for name, image in pairs(check.images) do
    local pod = assert(world:find("Pod", name), name)
    assert.is_nil(pod.metadata.deletionTimestamp)
    assert.equal(image, pod.spec.containers[1].image, name)
    assert.equal("True", (conditions.find(pod.status.conditions, "Ready") or {}).status, name)
  end
end

function checks.podImages(world, check)
  for _, pod in ipairs(world.cluster:list "Pod") do
    local known = false
    for _, image in ipairs(check.podImages) do
      known = known or image == pod.spec.containers[1].image
    end
    assert.is_true(known, pod.spec.containers[1].image)
  end
end

function checks.podLabel(world, check)
  local expected = check.podLabel
  for _, pod in ipairs(world.cluster:list "Pod") do
    local wanted = expected
    if type(expected) ~= "string" then
      wanted = expected[pod.metadata.name] or expected[controller_revision.POD_LABEL]
        or words "a label"
    end
    assert.equal(revision_named(world, wanted),
      pod.metadata.labels[controller_revision.POD_LABEL], pod.metadata.name)
  end
end

-- Which pods went, in their order.
function checks.replacedInOrder(world, check) assert.same(check.replacedInOrder, world.deleted) end

function checks.claims(world, check)
  assert.same(check.claims, sorted_names(world, "PersistentVolumeClaim"))
end

local function owners_told(claim)
  local list = {}
  for i, reference in ipairs(claim.metadata.ownerReferences or {}) do
    local more = {}
    if reference.controller then more[#more + 1] = "controller" end
    if reference.blockOwnerDeletion then more[#more + 1] = "blockOwnerDeletion" end
    list[i] = { reference.name, #more > 0 and (" (%s)"):format(table.concat(more, ", ")) or "" }
  end
  return list
end

function checks.claimOwners(world, check)
  for name, expected in pairs(check.claimOwners) do
    local found = owners_told(assert(world:find("PersistentVolumeClaim", name), name))
    assert.equal(#expected, #found, name)
    for i, text in ipairs(expected) do
      local told = found[i][1] .. (text:find "%(" and found[i][2] or "")
      assert.equal(text, told, name)
    end
  end
end

function checks.claimOwner(world, check)
  if check.claimOwner ~= "the set" then words(check.claimOwner) end
  for _, claim in ipairs(world.cluster:list "PersistentVolumeClaim") do
    assert.equal(subject(world).metadata.uid, claim.metadata.ownerReferences[1].uid)
  end
end

-- ---- pods ----

-- A number of them, or their names.
function checks.pods(world, check)
  local names = sorted_names(world, "Pod")
  if type(check.pods) == "number" then return assert.equal(check.pods, #names) end
  assert.same(check.pods, names)
end

local function pod_of(world, check)
  local name = check.pod == "the same" and world.same or check.pod
  return assert(world:find("Pod", name), name)
end

function checks.pod(world, check)
  if check.note and check.note:find "created again" then
    local count = 0
    for _, name in ipairs(world.deleted) do count = count + (name == check.pod and 1 or 0) end
    return assert.is_true(count > 0, "made again")
  end
  return pod_of(world, check)
end

function checks.phase(world, check)
  assert.equal(check.phase, pod_of(world, check).status.phase)
end

function checks.ready(world, check)
  local ready = conditions.find(pod_of(world, check).status.conditions, "Ready")
  assert.equal(check.ready, ready ~= nil and ready.status == "True")
end

function checks.node(world, check)
  assert.equal("node-" .. check.node:match "%d+$", pod_of(world, check).spec.nodeName)
end

function checks.controller(world, check)
  local reference = owner.controller(pod_of(world, check))
  assert.equal(check.controller ~= value.null and check.controller or nil,
    reference and reference.name)
end

function checks.podsRunning(world, check)
  local running = 0
  for _, pod in ipairs(world.cluster:list "Pod") do
    running = running + (pod.status.phase == "Running" and 1 or 0)
  end
  assert.equal(check.podsRunning, running)
end

function checks.podPhases(world, check)
  local found = {}
  for i, pod in ipairs(world.cluster:list "Pod") do found[i] = pod.status.phase end
  assert.same(check.podPhases, found)
end

-- ---- ControllerRevisions and others ----

function checks.labels(world, check)
  local object = world:find "ControllerRevision"
  for key, text in pairs(check.labels) do assert.equal(text, object.metadata.labels[key]) end
end

function checks.resourceVersion(world, check)
  if check.resourceVersion ~= "larger than before" then words(check.resourceVersion) end
  assert.is_true(#world.cluster:list "ControllerRevision" > 0)
end

function checks.revisions(world, check)
  local found = {}
  for i, one in ipairs(world.cluster:list "ControllerRevision") do found[i] = one.revision end
  assert.same(check.revisions, found)
end

function checks.scale(world, check)
  for field, x in pairs(check.scale) do
    assert.equal(x, value.get(subject(world), field), field)
  end
end

function checks.spec(world, check)
  for field, x in pairs(check.spec) do assert.equal(x, subject(world).spec[field], field) end
end

function checks.sameUID(world)
  assert.equal(world.before.metadata.uid, subject(world).metadata.uid)
end

function checks.response(world, check)
  for what, expected in pairs(check.response) do
    local kind = what:match "^condition (%w+) lastTransitionTime$"
    local annotation = what:match "^annotation (%w+)$"
    if kind then
      local condition = assert(conditions.find(subject(world).status.conditions, kind), kind)
      assert.equal(expected:match "%d+", condition.lastTransitionTime:match "0?(%d)Z$")
    elseif annotation then
      assert.equal(expected, subject(world).metadata.annotations[annotation])
    else
      words(what)
    end
  end
end

-- ---- Jobs and CronJobs ----

function checks.condition(world, check)
  local expected = check.condition
  local found = assert(conditions.find(subject(world).status.conditions, expected.type),
    expected.type)
  assert.equal(expected.status or "True", found.status)
  if expected.reason then assert.equal(expected.reason, found.reason) end
end

-- { annotation = { ["index 0"] = { values in the order of the pods } } }
function checks.podAnnotationSequence(world, check)
  for annotation, by_index in pairs(check.podAnnotationSequence) do
    for index, expected in pairs(by_index) do
      local found, pods = {}, {}
      for _, pod in ipairs(world.cluster:list "Pod") do
        local own = pod.metadata.annotations["batch.kubernetes.io/job-completion-index"]
        if "index " .. own == index then pods[#pods + 1] = pod end
      end
      table.sort(pods, function(a, b)
        return a.metadata.creationTimestamp < b.metadata.creationTimestamp
      end)
      for i, pod in ipairs(pods) do found[i] = pod.metadata.annotations[annotation] end
      assert.same(expected, found, index)
    end
  end
end

local function finished(job)
  local is = false
  for _, condition in ipairs(job.status.conditions or {}) do
    is = is or (condition.type == "Complete" or condition.type == "Failed")
      and condition.status == "True"
  end
  return is
end

local function count_finished(world)
  local count = 0
  for _, job in ipairs(world.cluster:list "Job") do count = count + (finished(job) and 1 or 0) end
  return count
end

function checks.activeJobs(world, check)
  local object = subject(world)
  assert.equal(check.activeJobs, #(object.status and object.status.active or {}))
  world.first_job = world.first_job or sorted_names(world, "Job")[1]
end

function checks.jobs(world, check)
  if type(check.jobs) == "number" then
    return assert.equal(check.jobs, #world.cluster:list "Job")
  end
  local least = math.tointeger(check.jobs:match "^>= (%d+)") or words(check.jobs)
  assert.is_true(#world.cluster:list "Job" >= least)
  if check.jobs:find "at least one finished" then assert.is_true(count_finished(world) > 0) end
end

function checks.finishedJobs(world, check)
  assert.equal(check.finishedJobs, count_finished(world))
  world.first_job = world.first_job or sorted_names(world, "Job")[1]
end

-- What comes some time after another check: the first Job is gone, others are there.
function checks.within(world, check)
  assert.is_nil((world:find("Job", world.first_job)), "the first job is gone")
  if check.note:find "one finished job" then assert.equal(1, count_finished(world)) end
  if check.note:find "one active job" then
    assert.equal(1, #(subject(world).status.active or {}))
    assert.not_equal(world.first_job, subject(world).status.active[1].name)
  end
end

function checks.eventsAbsent(world, check)
  for _, event in ipairs(world.cluster.events:list()) do
    for _, reason in ipairs(check.eventsAbsent) do assert.not_equal(reason, event.reason) end
  end
end

function checks.error(world, check)
  assert.equal(check.error:match "^%w+", (world.refused or {}).code)
end

local QUALIFIERS = { after = true, throughout = true, stable = true, kind = true, name = true,
  job = true, note = true, selector = true, allNamespaces = true }

local function verify(world, check)
  note_revisions(world)
  for what in pairs(check) do
    if checks[what] then
      checks[what](world, check)
    elseif not QUALIFIERS[what] then
      words(what)
    end
  end
end

local FILES = { daemon_set = true, controller_revision = true, statefulset = true, job = true,
  cronjob = true }

describe("End to end", function()
  for _, case in ipairs(shared.cases "e2e_behaviours" or {}) do
    local tested = case.source.file:match "^test/e2e/apps/([%w_]+)%.go$"
    if FILES[tested] then
      it(("%s, %s: %s"):format(case.id, tested, tostring(case.note)), function()
        local ok, problem = pcall(e2e.play, case.input, case.expected, verify)
        if not ok and getmetatable(problem) == e2e.NOT_TOLD then
          pending("told in words: " .. problem.what)
        elseif not ok then
          error(problem, 0)
        end
      end)
    end
  end
end)
