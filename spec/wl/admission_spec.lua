-- SPDX-License-Identifier: MIT
--- What the API server stores, and what it refuses.
local admission = require "wl.admission"
local registry = require "wl.registry"
local shared = require "spec.support.shared"
local value = require "wl.value"

local UID = "00000000-0000-0000-0000-000000000001"
local kinds = registry.new()

local function kind_of(object)
  return assert(kinds:find(object.apiVersion, object.kind))
end

local function is_tree(x)
  return value.is_map(x) or value.is_list(x)
end

-- Kubernetes tells no empty list or map from a missing one.
local function pruned(x)
  if x == value.null then return nil end
  if not is_tree(x) then return x end
  local result, is_bare = {}, true
  for key, inner in pairs(x) do
    result[key] = pruned(inner)
    is_bare = is_bare and result[key] == nil
  end
  if is_bare then return nil end
  return result
end

-- What is there beside the expected is no difference.
local function common(got, expected)
  if type(got) ~= "table" or type(expected) ~= "table" then return got end
  local result = {}
  for key, x in pairs(expected) do result[key] = common(got[key], x) end
  return result
end

local function assert_holds(expected, got)
  expected, got = pruned(expected), pruned(got)
  assert.same(expected, common(got, expected))
end

local VERSIONS = { Job = "batch/v1", CronJob = "batch/v1" }

describe("an object that is created", function()
  shared.each("api_defaults", "create", function(_, input, expected)
    local stored = assert(admission.create(kind_of(input.object), input.object, UID))
    assert_holds(expected.stored, stored)
  end)

  -- These tests of Kubernetes compare specs only, but those of jobs metadata as well.
  shared.each("api_defaults", "unitDefaults", function(_, input, expected)
    local kind = assert(kinds:find(VERSIONS[input.kind] or "apps/v1", input.kind))
    local read = assert(admission.read(kind, input.object))
    assert_holds(expected.object.spec, read.spec)
    if input.kind == "Job" then assert_holds(expected.object.metadata, read.metadata) end
  end)

  shared.each("api_defaults", "create", function(_, input)
    local kind = kind_of(input.object)
    local once = assert(admission.create(kind, input.object, UID))
    local twice = assert(admission.create(kind, once, UID))
    assert.equal(value.of(once.spec), value.of(twice.spec))
  end)
end)

local function assert_written(kind, written, input, expected, old)
  assert.same(pruned(expected.metadata), pruned(written.metadata))
  assert.equal(expected.generation, written.metadata.generation)
  local meant = expected.spec_equals == "new" and assert(admission.read(kind, input.new)) or old
  assert.equal(value.of(meant.spec), value.of(written.spec))
  assert_holds(expected.status, written.status or {})
end

describe("an object that is changed", function()
  shared.each("api_defaults", "update", function(_, input, expected)
    local kind = kind_of(input.new)
    local old = assert(admission.read(kind, input.old))
    local written = assert(admission.update(kind, input.new, old))
    assert_written(kind, written, input, expected, old)
  end)

  shared.each("api_defaults", "statusUpdate", function(_, input, expected)
    local kind = kind_of(input.new)
    local old = assert(admission.read(kind, input.old))
    local written = assert(admission.update_status(kind, input.new, old))
    assert_written(kind, written, input, expected, old)
  end)
end)

describe("admission", function()
  local function deployment(spec)
    return {
      apiVersion = "apps/v1", kind = "Deployment",
      metadata = { name = "web", namespace = "default" },
      spec = spec or {
        selector = { matchLabels = { app = "web" } },
        template = {
          metadata = { labels = { app = "web" } },
          spec = { containers = { { name = "web", image = "nginx:1.27" } } },
        },
      },
    }
  end
  local Deployment = kind_of(deployment())

  it("refuses a wrong shape before anything else, with every mistake", function()
    local _, message, code, causes =
      admission.create(Deployment, deployment { replica = 1, paused = "no" }, UID)
    assert.equal("BadRequest", code)
    assert.equal(2, #causes)
    assert.equal('Deployment.apps "web" is malformed: [spec.paused: expected boolean, got string '
      .. '"no"; unknown field "spec.replica"; did you mean "replicas"?]', message)
  end)

  it("keeps unknown fields when told to", function()
    local object = deployment()
    object.spec.color = "blue"
    local stored = admission.create(Deployment, object, UID, { allow_unknown = true })
    assert.equal("blue", stored.spec.color)
  end)

  it("takes views and leaves them alone", function()
    local view = value.of(deployment())
    local stored = assert(admission.create(Deployment, view, UID))
    assert.equal(1, stored.spec.replicas)
    assert.is_nil(view.spec.replicas)
  end)

  it("does not let a client choose what the server assigns", function()
    local object = deployment()
    object.metadata.uid, object.metadata.resourceVersion = "mine", "7"
    object.metadata.generation, object.status = 5, { replicas = 3 }
    local stored = admission.create(Deployment, object, UID)
    assert.equal(UID, stored.metadata.uid)
    assert.is_nil(stored.metadata.resourceVersion)
    assert.equal(1, stored.metadata.generation)
    assert.is_nil(stored.status.replicas)
  end)

  local function stored()
    local object = assert(admission.create(Deployment, deployment(), UID))
    object.metadata.resourceVersion = "4"
    object.status = { replicas = 2 }
    return value.of(object)
  end

  it("moves a Deployment's generation with its annotations, not its labels", function()
    local old = stored()
    local labelled = value.with(old, "metadata.labels", { a = "b" })
    local annotated = value.with(old, "metadata.annotations", { a = "b" })
    assert.equal(1, admission.update(Deployment, labelled, old).metadata.generation)
    assert.equal(2, admission.update(Deployment, annotated, old).metadata.generation)
  end)

  it("does not see a change where nothing changed its meaning", function()
    local old = stored()
    local same = value.update(old, function(draft)
      draft.spec.template.spec.hostNetwork = false
      draft.spec.template.spec.containers[1].env = {}
      draft.spec.minReadySeconds = 0
    end)
    assert.equal(1, admission.update(Deployment, same, old).metadata.generation)
  end)

  it("keeps status on an update, and all else on a status update", function()
    local old = stored()
    local new = value.update(old, function(draft)
      draft.status.replicas, draft.spec.replicas = 9, 9
    end)
    local updated = admission.update(Deployment, new, old)
    assert.equal(2, updated.status.replicas)
    assert.equal(9, updated.spec.replicas)
    local reported = admission.update_status(Deployment, new, old)
    assert.equal(9, reported.status.replicas)
    assert.equal(1, reported.spec.replicas)
    assert.equal(1, reported.metadata.generation)
  end)

  it("takes an update without a resourceVersion for one of what is stored", function()
    local old = stored()
    local new = value.with(old, "metadata.resourceVersion", nil)
    assert.equal("4", admission.update(Deployment, new, old).metadata.resourceVersion)
  end)
end)
