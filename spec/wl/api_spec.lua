-- SPDX-License-Identifier: MIT
--- Each type against the facts that Kubernetes publishes about it.
local api = require "wl.api"
local dkjson = require "dkjson"
local shared = require "spec.support.shared"
local types = require "wl.schema.types"

-- What is a scalar here though it has a type of its own there.
local SCALAR = {
  ["api.resource.Quantity"] = "quantity", ["meta.v1.Time"] = "time",
  ["meta.v1.MicroTime"] = "time:micro", ["meta.v1.FieldsV1"] = "any",
  ["meta.v1.Patch"] = "any", ["runtime.RawExtension"] = "any",
  ["util.intstr.IntOrString"] = "int_or_string",
}

local function ours(t)
  t = types.resolve(t)
  if t.kind == "list" then return "[]" .. ours(t.item) end
  if t.kind == "map" then return "{}" .. ours(t.item) end
  if t.kind == "object" then return t.shape.name end
  if t.kind == "integer" then return t.format end
  if t.kind == "quantity" then return "quantity" end
  return t.kind .. (t.format and ":" .. t.format or "")
end

local function theirs(fact)
  if fact.ref then return SCALAR[fact.ref] or fact.ref:match("[^.]+$") end
  if fact.type == "array" then return "[]" .. theirs(fact.items) end
  if fact.type == "object" then return fact.values and "{}" .. theirs(fact.values) or "any" end
  if fact.type == "integer" then return fact.format end
  return fact.type .. (fact.format and ":" .. fact.format or "")
end

local function joined(list)
  return list and table.concat(list, ",")
end

-- What is said of a field, as one line.
local function our_line(field)
  return ("%s list=%s keys=%s strategy=%s merge=%s map=%s%s"):format(ours(field),
    field.kind == "list" and field.list_type or nil, joined(field.list_map_keys),
    field.patch_strategy, field.patch_merge_key, field.map_type,
    field.required and " required" or "")
end

local function their_line(fact, is_required)
  local list = fact.type == "array" and (fact["list-type"] or "atomic") or nil
  local map = fact["map-type"] == "atomic" and "atomic" or nil
  return ("%s list=%s keys=%s strategy=%s merge=%s map=%s%s"):format(theirs(fact), list,
    joined(fact["list-map-keys"]), fact["patch-strategy"], fact["patch-merge-key"], map,
    is_required and " required" or "")
end

local function their_fields(fact)
  local required, lines = {}, {}
  for _, name in ipairs(fact.required or {}) do required[name] = true end
  for name, field in pairs(fact.fields) do lines[name] = their_line(field, required[name]) end
  return lines
end

local function our_fields(t)
  local lines = {}
  for _, name in ipairs(t.names) do
    if not t.fields[name].extension then lines[name] = our_line(t.fields[name]) end
  end
  return lines
end

describe("the API's types", function()
  local text = shared.text("schema/kubernetes-1.36.json")
  local facts = text and dkjson.decode(text).types or {}
  local names = {}
  for name in pairs(facts) do
    if not SCALAR[name] then names[#names + 1] = name end
  end
  table.sort(names)

  for _, name in ipairs(names) do
    it(name, function()
      local t = assert(api.type(name), "there is no such type")
      assert.equal(name:match("[^.]+$"), t.shape.name)
      assert.same(their_fields(facts[name]), our_fields(t))
    end)
  end

  it("are found by name, or not", function()
    assert.is_nil(api.type("apps.v1.Nope"))
    assert.is_nil(api.type("nope.v1.Deployment"))
  end)
end)
