-- SPDX-License-Identifier: MIT
-- What Kubernetes accepts and refuses, on the whole way through admission.
local admission = require "wl.admission"
local fielderrors = require "wl.fielderrors"
local indexes = require "wl.validate.indexes"
local registry = require "wl.registry"
local schedule = require "wl.validate.schedule"
local shared = require "spec.support.shared"
local value = require "wl.value"

local kinds = registry.new()

local UID = "00000000-0000-0000-0000-000000000001"

local function kind_of(object) return assert(kinds:find(object.apiVersion, object.kind)) end

-- One line a cause, sorted and each once: their order says nothing.
local function lines(causes)
  local seen, list = {}, {}
  for _, cause in ipairs(causes or {}) do
    local line = cause.field .. " " .. cause.reason
    if not seen[line] then list[#list + 1] = line end
    seen[line] = true
  end
  table.sort(list)
  return table.concat(list, "\n")
end

local function agrees(expected, stored, message, code, causes)
  if expected.accepted then return assert(stored, message) end
  assert.is_nil(stored)
  assert.equal(expected.reason, code)
  assert.equal(lines(expected.causes), lines(causes), message)
end

-- A request names its namespace; an object may leave it out.
local function placed(object)
  if object.metadata.namespace == nil then object.metadata.namespace = "default" end
  return object
end

describe("validation, as Kubernetes does it", function()
  shared.each("api_validation", "create", function(_, input, expected)
    local object = placed(input.object)
    agrees(expected, admission.create(kind_of(object), object, UID))
  end)

  local function update(way)
    return function(_, input, expected)
      local kind = kind_of(input.new)
      local old = assert(admission.read(kind, placed(input.old)))
      agrees(expected, way(kind, placed(input.new), old))
    end
  end
  shared.each("api_validation", "update", update(admission.update))
  shared.each("api_validation", "statusUpdate", update(admission.update_status))

  local function optional(x) return x ~= value.null and x or nil end

  local function same_count(expected, errors)
    assert.equal(#expected.errors, #errors)
    for i, each in ipairs(expected.errors) do assert.equal(each.field, errors[i].field) end
  end

  shared.each("api_validation", "cronSchedule", function(_, input, expected)
    local errors = fielderrors.new()
    schedule.check(errors, "spec.schedule", input.schedule, optional(input.timeZone),
      input.allowTZInSchedule)
    same_count(expected, errors)
  end)

  shared.each("api_validation", "cronTimeZone", function(_, input, expected)
    local errors = fielderrors.new()
    schedule.zone(errors, "spec.timeZone", optional(input.timeZone))
    same_count(expected, errors)
  end)

  shared.each("api_validation", "indexesFormat", function(_, input, expected)
    local total, message = indexes.count(input.indexes, input.completions)
    assert.equal(expected.error or false, total == nil, message)
    if total then assert.equal(expected.total, total) end
  end)

  shared.each("api_validation", "indexesOverlap", function(_, input, expected)
    local index = indexes.overlap(input.completedIndexes, input.failedIndexes, input.completions)
    assert.equal(expected.error, index ~= nil)
  end)
end)
