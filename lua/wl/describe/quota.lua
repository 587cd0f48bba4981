-- SPDX-License-Identifier: MIT
--- How quotas, limit ranges, and the namespaces that have them are described.
-- Source: k8s.io/kubectl/pkg/describe describeQuota, describeLimitRange, describeNamespace.
local cells = require "wl.columns.cells"
local parts = require "wl.describe.parts"

local quota = {}

-- ---- quotas ----

local function write_scopes(w, level, object)
  local scopes = {}
  for i, scope in ipairs(object.spec and object.spec.scopes or {}) do scopes[i] = scope end
  table.sort(scopes)
  if #scopes > 0 then w:line(level, "Scopes:\t" .. table.concat(scopes, ", ")) end
end

local function write_usage(w, level, object, rule)
  w:line(level, "Resource\tUsed\tHard")
  w:line(level, "--------\t" .. rule .. "\t" .. rule)
  local status = object.status or {}
  local hard, used = status.hard or {}, status.used or {}
  for _, name in ipairs(cells.keys(hard)) do
    w:line(level, ("%s\t%s\t%s"):format(name, parts.quantity(used[name] or 0),
      parts.quantity(hard[name])))
  end
end

--- Describe a ResourceQuota.
function quota.ResourceQuota(w, object)
  parts.name(w, object)
  write_scopes(w, 0, object)
  write_usage(w, 0, object, "----")
end

-- ---- limits ----

local BOUNDS = { "min", "max", "defaultRequest", "default", "maxLimitRequestRatio" }
local TITLES = "Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio"
local RULES = "----\t--------\t---\t---\t---------------\t-------------\t-----------------------"

local function resources_of(item)
  local all = {}
  for _, bound in ipairs(BOUNDS) do
    for name in pairs(item[bound] or {}) do all[name] = true end
  end
  return cells.keys(all)
end

local function write_limits(w, indent, object)
  for _, item in ipairs(object.spec and object.spec.limits or {}) do
    for _, name in ipairs(resources_of(item)) do
      local row = { indent .. item.type, name }
      for _, bound in ipairs(BOUNDS) do
        local amount = (item[bound] or {})[name]
        row[#row + 1] = amount and parts.quantity(amount) or "-"
      end
      w:line(0, table.concat(row, "\t"))
    end
  end
end

--- Describe a LimitRange.
function quota.LimitRange(w, object)
  parts.name(w, object)
  w:line(0, TITLES)
  w:line(0, RULES)
  write_limits(w, "", object)
end

-- ---- namespaces ----

local function write_quotas(w, quotas)
  if #quotas == 0 then
    w:line(0, "No resource quota.")
    return
  end
  w:line(0, "Resource Quotas")
  for _, one in ipairs(quotas) do
    w:line(1, "Name:\t" .. one.metadata.name)
    write_scopes(w, 1, one)
    write_usage(w, 1, one, "---")
  end
end

local function write_ranges(w, ranges)
  if #ranges == 0 then
    w:line(0, "No LimitRange resource.")
    return
  end
  w:line(0, "Resource Limits")
  w:line(0, " " .. TITLES)
  w:line(0, " " .. RULES)
  for _, one in ipairs(ranges) do write_limits(w, " ", one) end
end

--- Describe a Namespace, with its quotas and limits.
function quota.Namespace(w, object, ctx)
  w:line(0, "Name:\t" .. object.metadata.name)
  parts.labels_and_annotations(w, object)
  w:line(0, "Status:\t" .. (object.status and object.status.phase or ""))
  local inside = { namespace = object.metadata.name }
  w:line(0, "")
  write_quotas(w, ctx:list("ResourceQuota", inside))
  w:line(0, "")
  write_ranges(w, ctx:list("LimitRange", inside))
end

return quota
