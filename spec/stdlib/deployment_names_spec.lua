-- SPDX-License-Identifier: MIT
local controller_revision = require "wl.controller_revision"
local generated_names = require "wl.generated_names"
local hash = require "wl.hash"
local pod_template = require "wl.pod_template"
local shared = require "spec.support.shared"
local time = require "wl.schema.time"
local value = require "wl.value"

local function given(x) return x ~= value.null and x or nil end

describe("names and hashes", function()
  local function each(op, fn) shared.each("deployment_names", op, fn) end

  each("safeEncode", function(_, input, expected)
    assert.equal(expected.text, hash.safe_encode(input.text))
  end)

  for _, name in ipairs { "fnv32", "fnv32a" } do
    each(name, function(_, input, expected)
      assert.equal(expected.hex, ("%08x"):format(hash[name](input.text)))
    end)
  end

  each("hashEqual", function(_, input, expected)
    local function of(x) return hash.template(x.template, given(x.collisionCount)) end
    assert.equal(expected.equal, of(input.a) == of(input.b))
  end)

  each("replicaSetName", function(_, input, expected)
    assert.equal(expected.name, generated_names.replica_set(input.deployment, input.hash))
  end)

  each("podGeneratePrefix", function(_, input, expected)
    assert.equal(expected.generateName, generated_names.pod_prefix(input.controller))
  end)

  each("generateName", function(_, input, expected)
    local base = generated_names.base(input.generateName)
    assert.equal(expected.prefix, base)
    assert.equal(expected.length, #base + 5)
    assert.equal(expected.suffixAlphabet, hash.ALPHABET)
  end)

  each("indexedPodGenerateName", function(_, input, expected)
    assert.equal(expected.generateName,
      generated_names.indexed_pod_prefix(input.jobName, input.index))
  end)

  each("revisionName", function(_, input, expected)
    assert.equal(expected.name, generated_names.revision(input.owner, input.hash))
  end)

  each("cronJobJobName", function(_, input, expected)
    assert.equal(expected.name,
      generated_names.cron_job_job(input.cronJob, (time.parse(input.scheduledTime))))
  end)

  each("podName", function(_, input, expected)
    assert.equal(expected.name or expected.podName,
      generated_names.stateful_pod(input.set, input.ordinal))
  end)

  each("claimName", function(_, input, expected)
    assert.equal(expected.claim or expected.name,
      generated_names.claim(input.template, input.set, input.ordinal))
  end)

  each("statefulSetRevision", function(_, input, expected)
    local name, sum = controller_revision.name(input.owner, input.data, input.collisionCount)
    assert.equal(expected.hash, sum)
    assert.equal(expected.name, name)
    local labels = expected.labels or {}
    assert.equal(labels[controller_revision.HASH_LABEL] and sum,
      labels[controller_revision.HASH_LABEL])
  end)

  for _, op in ipairs { "statefulSetRevisionData", "daemonSetRevisionData" } do
    each(op, function(_, input, expected)
      local object = input.statefulSet or input.daemonSet or input.set or input.object or input
      local template = object.spec and object.spec.template or object.template
      assert.equal(expected.data, controller_revision.data(template))
    end)
  end

  each("podFromTemplate", function(_, input, expected)
    local reference = input.owner.controllerRef
    local controller = {
      apiVersion = reference.apiVersion,
      kind = reference.kind,
      metadata = { name = input.owner.name, uid = reference.uid },
    }
    local pod = pod_template.pod(controller, input.template)
    assert.same(expected.metadata, pod.metadata)
    if expected.specEqualsTemplate then
      assert.equal(input.template.spec, pod.spec)
    end
  end)

  local HASH_LABELS = {
    Deployment = { pod_template.HASH, "hash" },
    ReplicaSet = { pod_template.HASH, "hash" },
    DaemonSet = { controller_revision.POD_LABEL, "hash" },
    StatefulSet = { controller_revision.POD_LABEL, "full name" },
  }

  each("podHashLabel", function(_, input, expected)
    local label, holds = table.unpack(HASH_LABELS[input.kind])
    assert.equal(expected.label, label)
    assert.truthy(expected.holds:find(holds, 1, true))
  end)
end)

describe("a template's hash", function()
  local function template(labels) return { metadata = { labels = labels }, spec = {} } end

  it("does not depend on the order of keys", function()
    local one, other = {}, {}
    for i = 1, 20 do
      one["k" .. i], other["k" .. 21 - i] = "v" .. i, "v" .. 21 - i
    end
    assert.equal(hash.template(template(one)), hash.template(template(other)))
  end)

  it("is spelled with safe letters", function()
    assert.truthy(hash.template(template { app = "web" }):find("^[" .. hash.ALPHABET .. "]+$"))
  end)

  it("changes with the collision count", function()
    local seen = {}
    for count = 0, 50 do
      local sum = hash.template(template { app = "web" }, count)
      assert.is_nil(seen[sum])
      seen[sum] = true
    end
  end)
end)
