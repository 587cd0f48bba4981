-- SPDX-License-Identifier: MIT
local patch = require "wl.patch"
local schema = require "wl.schema"
local shared = require "spec.support.shared"
local value = require "wl.value"

local null = value.null

-- ---- the types that cases name ----

local MODULES = {
  "apps", "autoscaling", "batch", "config", "container", "discovery", "event", "meta", "namespace",
  "networking", "node", "persistent", "placement", "pod", "pod_status", "policy", "rbac",
  "reference", "replication", "scheduling", "security", "service", "storage", "storage_plugin",
  "volume",
}

local function find_type(name)
  for _, module in ipairs(MODULES) do
    local found = require("wl.api." .. module)[name]
    if schema.is_type(found) then return found end
  end
  error("no type " .. name)
end

-- The type that Kubernetes' own tests of strategic patches use.
local Item
Item = schema.object {
  name = schema.any, value = schema.any, other = schema.any,
  mergingList = schema.list(schema.lazy(function() return Item end)) { merge = "name" },
  nonMergingList = schema.list(schema.lazy(function() return Item end)),
  mergingIntList = schema.list(schema.int) { merge = true },
  nonMergingIntList = schema.list(schema.int),
  mergeItemPtr = schema.list(schema.lazy(function() return Item end)) { merge = "name" },
  simpleMap = schema.map(schema.any),
  replacingItem = schema.any { replace = true },
  jsonItem = schema.any,
  retainKeysMap = schema.lazy(function() return Item end) { retain = true },
  retainKeysMergingList = schema.list(schema.lazy(function() return Item end))
    { merge = "name", retain = true },
}

local Numbers = schema.object {
  name = schema.str, int32 = schema.int32, int64 = schema.int64, float32 = schema.number,
  float64 = schema.number,
}

local function type_of(name)
  if name == "item" then return Item end
  if name:find "^numbers" then return Numbers end
  return find_type(name)
end

local function same(expected, got, problem)
  if not value.equal(expected, got) then
    error(("expected %s, got %s %s"):format(tostring(value.of(expected)), tostring(got),
      problem or ""), 2)
  end
end

-- Of a patch the order within its lists does not matter, but for the lists
-- that give an order.
local function unordered(v, key)
  if value.is_map(v) then
    local sorted = {}
    for name, item in pairs(v) do sorted[name] = unordered(item, name) end
    return value.of(sorted)
  elseif not value.is_list(v) then
    return v
  end
  local items = {}
  for i, item in ipairs(v) do items[i] = unordered(item) end
  if not (key and key:find "^%$setElementOrder") then
    table.sort(items, function(a, b) return tostring(a) < tostring(b) end)
  end
  return value.of(value.list(items))
end

local function same_patch(expected, got, problem)
  assert(got ~= nil, problem)
  same(unordered(value.of(expected)), unordered(got))
end

local function document(v)
  return v ~= null and v or nil
end

-- ---- what Kubernetes does ----

describe("JSON merge patch", function()
  shared.each("patch_merge", "mergePatch", function(_, input, expected)
    same(expected.result, patch.merge(input.original, input.patch))
  end)

  shared.each("patch_merge", "jsonMergeDiff3", function(_, input, expected)
    local made, problem = patch.diff3(document(input.original), input.modified, input.current)
    same(expected.patch, made, problem)
    same(expected.after, patch.merge(input.current, made))
  end)
end)

describe("JSON patch", function()
  shared.each("patch_merge", "jsonPatch", function(_, input, expected)
    local result, message, code = patch.json(input.original, input.patch)
    if expected.error then
      assert.is_nil(result)
      assert.is_string(message)
      assert.is_string(code)
    else
      same(expected.result, result, message)
    end
  end)

  it("says where it has found an operation that it does not know", function()
    local _, message = patch.json(value.of { a = 1 },
      value.of(value.list { { op = "foo", path = "/a" } }))
    assert.equal('operation 1: foo "/a": unknown: use add, remove, replace, move, copy or test',
      message)
  end)
end)

describe("strategic merge patch", function()
  shared.each("patch_merge", "strategicMeta", function(_, input, expected)
    assert.same(expected, patch.strategy(find_type(input.type), input.field))
  end)

  shared.each("patch_merge", "strategicApply", function(_, input, expected)
    local result, message, code = patch.strategic(input.original, input.patch, type_of(input.type))
    if expected.error then
      assert.is_nil(result)
      assert.is_string(message)
      assert.is_string(code)
    else
      same(expected.result, result, message)
    end
  end)

  shared.each("patch_merge", "strategicDiff", function(_, input, expected)
    local t = type_of(input.type)
    local made, problem = patch.strategic_diff(document(input.original), input.modified, t)
    same_patch(expected.patch, made, problem)
    if expected.after then
      same(expected.after, patch.strategic(document(input.original) or {}, made, t))
    end
  end)

  shared.each("patch_merge", "strategicDiff3", function(_, input, expected)
    local t = type_of(input.type)
    local original, modified, current =
      document(input.original), document(input.modified), document(input.current)
    local made, problem, code = patch.strategic_diff3(original, modified, current, t)
    if expected.conflict then
      assert.is_nil(made)
      assert.equal("Conflict", code)
      made, problem = patch.strategic_diff3(original, modified, current, t, true)
    end
    same_patch(expected.patch or expected.forced, made, problem)
    if expected.after then
      same(expected.after, patch.strategic(current or {}, made, t))
    end
  end)
end)

-- ---- how it is used from Lua ----

describe("wl.patch", function()
  local Pod = require("wl.api.pod").Pod

  it("takes views and tables, and shares what it leaves alone", function()
    local pod = value.of { metadata = { name = "web" }, spec = { containers = { { name = "a" } } } }
    local new = patch.merge(pod, { metadata = { labels = { app = "web" } } })
    assert.equal("web", new.metadata.labels.app)
    assert.is_true(rawequal(pod.spec, new.spec))
    assert.is_nil(pod.metadata.labels)
    same({ a = 1 }, patch.merge(nil, { a = 1, b = null }))
    assert.equal(5, patch.merge({ a = 1 }, 5))
    same({}, patch.diff(pod, pod))
    same({ a = 1 }, patch.diff(nil, { a = 1 }))
  end)

  it("says what is wrong, and where", function()
    local function refused(word, pattern, result, message, code)
      assert.is_nil(result)
      assert.matches(pattern, message)
      assert.equal(word, code)
    end
    local pod = { spec = { containers = { { name = "a" } } } }
    refused("Invalid", '^operation 2: remove "/x": there is no such field or item$',
      patch.json({ a = 1 }, { { op = "test", path = "/a", value = 1 },
        { op = "remove", path = "/x" } }))
    refused("BadRequest", "a JSON patch is a list", patch.json({ a = 1 }, {}))
    refused("Invalid", '^spec%.containers: an item does not contain the merge key "name"$',
      patch.strategic(pod, { spec = { containers = { { image = "x" } } } }, Pod))
    refused("BadRequest", "^spec: $retainKeys does not name \"hostNetwork\"",
      patch.strategic(pod, { spec = { ["$retainKeys"] = { "volumes" }, hostNetwork = true } }, Pod))
    refused("Conflict", "changed", patch.strategic_diff3({ spec = { nodeName = "a" } },
      { spec = { nodeName = "b" } }, { spec = { nodeName = "c" } }, Pod))
  end)

  it("raises when it is misused", function()
    assert.has_error(function() patch.merge({}) end)
    assert.has_error(function() patch.merge({}, { a = print }) end)
    assert.has_error(function() patch.strategic({}, {}) end)
    assert.has_error(function() patch.strategic({}, {}, { kind = "object" }) end)
    assert.has_error(function() patch.json({}) end)
  end)

  it("knows the strategy of fields", function()
    local Deployment = require "wl.api.apps"
    assert.same({ kind = "object", strategy = "merge", retainKeys = true },
      patch.strategy(Deployment.DeploymentSpec, "strategy"))
    local strategy, message, code = patch.strategy(Deployment.DeploymentSpec, "strategie")
    assert.is_nil(strategy)
    assert.equal('DeploymentSpec has no field "strategie"', message)
    assert.equal("NotFound", code)
  end)

  it("refuses types of foreign tables without harm", function()
    local types = require("wl.patch_core").types()
    assert.has_error(function() types:field(0, "a", 0) end)
    assert.has_error(function() types:strategic(0, {}, {}) end)
    local leaf = types:add("leaf")
    assert.has_error(function() types:add("list") end)
    assert.has_error(function() types:field(leaf, 5, leaf) end)
    local gc = debug.getmetatable(types).__gc
    gc(types)
    gc(types)
    assert.has_error(function() types:add("leaf") end)
    assert.is_nil(types.__gc)
  end)
end)
