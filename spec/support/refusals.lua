-- SPDX-License-Identifier: MIT
--- What the API server has against an object, short enough for a table of cases.
--
--     refusals.of_create(object)       --> { "spec.replicas invalid" }
--     refusals.of_update(object, change)
--     refusals.of_status(object, change)
--
-- Objects are tables, or YAML.
local admission = require "wl.admission"
local busted = require "busted"
local registry = require "wl.registry"
local value = require "wl.value"
local yaml = require "wl.yaml"

local refusals = {}

local UID = "00000000-0000-0000-0000-000000000001"

local WORDS = {
  FieldValueRequired = "required", FieldValueInvalid = "invalid",
  FieldValueForbidden = "forbidden", FieldValueDuplicate = "duplicate",
  FieldValueNotSupported = "unsupported", FieldValueTooLong = "too long",
  FieldValueTooMany = "too many", FieldValueNotFound = "not found",
}

local kinds

local function kind_of(object)
  kinds = kinds or registry.new()
  return assert(kinds:find(object.apiVersion, object.kind))
end

--- An object as a plain table.
function refusals.read(object)
  if type(object) ~= "string" then return object end
  return value.table(assert(yaml.parse(object)))
end

local function placed(object)
  local kind = kind_of(object)
  local metadata = object.metadata or {}
  object.metadata = metadata
  metadata.name = metadata.name or metadata.generateName == nil and "web" or nil
  if kind.namespaced then metadata.namespace = metadata.namespace or "default" end
  return object
end

-- Each line once, sorted; {} when there is nothing against it.
local function lines(stored, message, _, causes)
  local seen, list = {}, {}
  if not stored and not causes then error(message) end
  for _, cause in ipairs(causes or {}) do
    local line = ("%s %s"):format(cause.field, assert(WORDS[cause.reason], message))
    if not seen[line] then list[#list + 1] = line end
    seen[line] = true
  end
  table.sort(list)
  return list
end

--- @param object a table or YAML; a name and a namespace are added
-- @treturn {string,...} "path reason", sorted
function refusals.of_create(object)
  object = placed(refusals.read(object))
  return lines(admission.create(kind_of(object), object, UID))
end

-- A JSON merge patch: maps are merged, null takes a field away.
local function merge(target, change)
  for key, x in pairs(change) do
    if x == value.null then
      target[key] = nil
    elseif value.is_map(x) and value.is_map(target[key]) then
      merge(target[key], x)
    else
      target[key] = x
    end
  end
  return target
end

local function changed(way, object, change)
  object = placed(refusals.read(object))
  local kind = kind_of(object)
  local old = assert(admission.create(kind, object, UID))
  old.metadata.resourceVersion = "1"
  old.status = assert(admission.read(kind, object)).status
  local new = merge(value.table(value.of(old)), refusals.read(change))
  return lines(way(kind, new, old))
end

--- What is against a change of a stored object.
-- @param object a table or YAML
-- @param change a table or YAML: a JSON merge patch
-- @treturn {string,...}
function refusals.of_update(object, change) return changed(admission.update, object, change) end

--- What is against a change of a status.
function refusals.of_status(object, change)
  return changed(admission.update_status, object, change)
end

-- ---- tables of cases: { what it is about, YAML, what is said, ... } ----

local function said(case)
  local list = table.move(case, 3, #case, 1, {})
  table.sort(list)
  return list
end

--- One `it` for each case of a new object.
-- @tparam string head YAML that every case completes
-- @tparam table cases
function refusals.created(head, cases)
  for _, case in ipairs(cases) do
    busted.it(case[1], function()
      busted.assert.same(said(case), refusals.of_create(head .. "\n" .. case[2]))
    end)
  end
end

local function each_change(way, word)
  return function(object, cases)
    for _, case in ipairs(cases) do
      busted.it(word .. ": " .. case[1], function()
        busted.assert.same(said(case), way(object, case[2]))
      end)
    end
  end
end

--- One `it` for each case of a change.
-- @tparam string object YAML of what is stored
-- @tparam table cases
refusals.changed = each_change(refusals.of_update, "changed")

--- One `it` for each case of a change of the status.
refusals.reported = each_change(refusals.of_status, "reported")

return refusals
