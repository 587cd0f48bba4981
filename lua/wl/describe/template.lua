-- SPDX-License-Identifier: MIT
--- How pod templates are described, and what pods have in common with them.
-- Source: k8s.io/kubectl/pkg/describe DescribePodTemplate.
local cells = require "wl.columns.cells"
local container = require "wl.describe.container"
local parts = require "wl.describe.parts"
local volumes = require "wl.describe.volumes"

local template = {}

local function toleration_text(toleration)
  local text = toleration.key or ""
  local has_value = (toleration.value or "") ~= ""
  if has_value then
    text = text .. "=" .. toleration.value
  end
  if (toleration.effect or "") ~= "" then
    text = text .. ":" .. toleration.effect
  end
  if toleration.operator == "Exists" and not has_value then
    text = text .. (text ~= "" and " " or "") .. "op=Exists"
  end
  if toleration.tolerationSeconds then
    text = ("%s for %ds"):format(text, toleration.tolerationSeconds)
  end
  return text
end

-- By key; those of one key as they are written.
local function by_key(list, field)
  local entries = {}
  for i, item in ipairs(list or {}) do
    entries[i] = { key = item[field] or "", place = i, item = item }
  end
  table.sort(entries, function(a, b)
    if a.key ~= b.key then
      return a.key < b.key
    end
    return a.place < b.place
  end)
  return entries
end

--- Tolerations, a line each.
function template.tolerations(w, title, tolerations)
  local texts = {}
  for i, entry in ipairs(by_key(tolerations, "key")) do
    texts[i] = toleration_text(entry.item)
  end
  w:lines_of(title, texts)
end

--- Topology spread constraints, if there are any.
function template.spread(w, title, constraints)
  local texts = {}
  for i, entry in ipairs(by_key(constraints, "topologyKey")) do
    local c = entry.item
    texts[i] = ("%s:%s when max skew %d is exceeded"):format(c.topologyKey,
      c.whenUnsatisfiable or "", c.maxSkew or 0)
    if c.labelSelector then
      texts[i] = texts[i] .. " for selector " .. cells.selector(c.labelSelector)
    end
  end
  if #texts > 0 then
    w:lines_of(title, texts)
  end
end

--- Describe a pod template.
-- @param w writer
-- @param object the template, or nil
function template.write(w, object)
  w:line(0, "Pod Template:")
  local metadata, spec = object.metadata or {}, object.spec or {}
  parts.labels(w, "  Labels", metadata.labels)
  if #cells.keys(metadata.annotations) > 0 then
    parts.annotations(w, "  Annotations", metadata.annotations)
  end
  if (spec.serviceAccountName or "") ~= "" then
    w:line(1, "Service Account:\t" .. spec.serviceAccountName)
  end
  if #(spec.initContainers or {}) > 0 then
    container.write(w, "Init Containers", spec.initContainers, nil, nil, "  ")
  end
  container.write(w, "Containers", spec.containers, nil, nil, "  ")
  volumes.write(w, spec.volumes, "  ")
  template.spread(w, "  Topology Spread Constraints", spec.topologySpreadConstraints)
  if (spec.priorityClassName or "") ~= "" then
    w:line(1, "Priority Class Name:\t" .. spec.priorityClassName)
  end
  parts.labels(w, "  Node-Selectors", spec.nodeSelector)
  template.tolerations(w, "  Tolerations", spec.tolerations)
end

return template
