-- SPDX-License-Identifier: MIT
--- The manifests that lint looks at: objects with their defaults, and how they
-- refer to each other.
--
-- An entry has `kind`, `name`, `namespace`, `object` (with defaults) and `document`
-- (for the place in its file). One with pods has `pods`: their `labels`, `spec`,
-- the `path` of the pod template in the object, and how many are wanted (`replicas`,
-- nil where that is not said).
local selector = require "wl.selector"

local Model = {}
Model.__index = Model

-- Kind -> where its pod template is.
local TEMPLATES = {
  Deployment = "spec.template", ReplicaSet = "spec.template", StatefulSet = "spec.template",
  DaemonSet = "spec.template", Job = "spec.template", ReplicationController = "spec.template",
  CronJob = "spec.jobTemplate.spec.template",
}

local WITH_REPLICAS = { Deployment = true, ReplicaSet = true, StatefulSet = true,
  ReplicationController = true }

local function template_of(entry)
  local spec = entry.object.spec
  if entry.kind == "CronJob" then return spec.jobTemplate.spec.template end
  return TEMPLATES[entry.kind] and spec.template
end

local function pods_of(entry)
  local template = template_of(entry)
  if template then
    return { labels = (template.metadata or {}).labels or {}, spec = template.spec,
      path = TEMPLATES[entry.kind],
      replicas = WITH_REPLICAS[entry.kind] and (entry.object.spec.replicas or 1) or nil }
  elseif entry.kind == "Pod" then
    return { labels = entry.object.metadata.labels or {}, spec = entry.object.spec, path = "",
      replicas = 1 }
  end
end

--- @tparam {entry,...} entries with kind, object and document
-- @treturn Model
function Model.new(entries)
  for _, entry in ipairs(entries) do
    local metadata = entry.object.metadata
    entry.name, entry.namespace = metadata.name or metadata.generateName, metadata.namespace
    entry.pods = pods_of(entry)
  end
  return setmetatable({ entries = entries }, Model)
end

--- The path of a field of an entry's pods: "spec.template.spec.hostname".
-- @param entry with pods
-- @tparam string field in the pod
function Model.pod_path(entry, field)
  return entry.pods.path == "" and field or entry.pods.path .. "." .. field
end

local function none() end

--- Go through the objects of a kind, in the order of the files.
-- @tparam string kind
function Model:each(kind)
  return coroutine.wrap(function()
    for _, entry in ipairs(self.entries) do
      if entry.kind == kind then coroutine.yield(entry) end
    end
  end), none
end

--- Everything that makes pods, or is one.
-- @treturn {entry,...}
function Model:with_pods()
  local found = {}
  for _, entry in ipairs(self.entries) do
    if entry.pods then found[#found + 1] = entry end
  end
  return found
end

--- An object by kind, namespace and name.
-- @treturn ?entry
function Model:find(kind, namespace, name)
  for _, entry in ipairs(self.entries) do
    if entry.kind == kind and entry.name == name and entry.namespace == namespace then
      return entry
    end
  end
end

--- Whose pods a selector matches.
-- @tparam ?string namespace nil: of every namespace
-- @param wanted a wl.selector
-- @treturn {entry,...}
function Model:selected(namespace, wanted)
  local found = {}
  for _, entry in ipairs(self:with_pods()) do
    if (not namespace or entry.namespace == namespace) and wanted:matches(entry.pods.labels) then
      found[#found + 1] = entry
    end
  end
  return found
end

--- Whose pods a selector as in `matchLabels`/`matchExpressions` matches.
function Model:matching(namespace, label_selector)
  return self:selected(namespace, selector.from(label_selector))
end

--- Whose pods have these labels.
function Model:labelled(namespace, labels)
  return self:selected(namespace, selector.from_labels(labels))
end

--- "Deployment/web, Job/pi".
-- @tparam {entry,...} entries
function Model.names(entries)
  local names = {}
  for i, entry in ipairs(entries) do names[i] = entry.kind .. "/" .. entry.name end
  return table.concat(names, ", ")
end

return Model
