-- SPDX-License-Identifier: MIT
--- What a kind's table looks like.
--
-- A kind that declares `columns` has those. The kinds that ship have kubectl's
-- (lua/wl/columns/*.lua); all others have NAME and AGE.
local cells = require "wl.columns.cells"
local value = require "wl.value"

local columns = {}

-- Kind -> the module that has its columns; read when first printed.
local MODULES = {
  node = { "Node", "Namespace" },
  workload = { "Deployment", "ReplicaSet", "ReplicationController", "StatefulSet", "DaemonSet",
    "ControllerRevision" },
  batch = { "Job", "CronJob" },
  network = { "Service", "Ingress", "IngressClass", "NetworkPolicy", "Endpoints",
    "EndpointSlice" },
  config = { "ConfigMap", "Secret", "ServiceAccount", "PriorityClass", "Lease", "ResourceQuota",
    "LimitRange" },
  storage = { "PersistentVolume", "PersistentVolumeClaim", "StorageClass" },
  rbac = { "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding" },
  event = { "Event" },
  policy = { "PodDisruptionBudget", "HorizontalPodAutoscaler" },
}

local MODULE_OF = {}
for module, kinds in pairs(MODULES) do
  for _, kind in ipairs(kinds) do
    MODULE_OF[kind] = module
  end
end

local GENERIC = { cells.NAME, cells.AGE }

--- The columns of a kind.
-- @tparam string name of the kind, such as "Pod"
-- @tparam ?{{...},...} declared the kind's own
-- @treturn {{...},...} each { title, path or function(object, ctx), wide = boolean }
function columns.of(name, declared)
  if declared then
    return declared
  elseif name == "Pod" then
    return require("wl.columns.pod").columns
  end
  local module = MODULE_OF[name]
  return module and require("wl.columns." .. module)[name] or GENERIC
end

--- The text of one cell.
-- @tparam {...} column
-- @param object view or table
-- @tparam {now=number} ctx
-- @treturn string "<none>" where there is nothing
function columns.cell(column, object, ctx)
  local source = column[2]
  local content
  if type(source) == "function" then
    content = source(object, ctx)
  else
    content = value.get(object, source)
  end
  if content == nil or content == value.null then
    return "<none>"
  end
  return tostring(content)
end

return columns
