-- SPDX-License-Identifier: MIT
--- Objects as `kubectl describe` prints them.
--
--     print(describe.text(deployment, ctx))
--
-- `ctx` is where the rest of the picture comes from: `ctx.now` in seconds and
-- `ctx:list(kind, { namespace =, field = })` (an array of objects; {} for a
-- kind it does not know). If it has `ctx:events_of(object)`, that gives the
-- object's events.
local writer = require "wl.describe.writer"

local describe = {}

-- Kind -> the module of its description; read when first used.
local MODULES = {
  workload = { "Deployment", "ReplicaSet", "ReplicationController", "StatefulSet", "DaemonSet" },
  batch = { "Job", "CronJob" },
  network = { "Service", "Ingress" },
  endpoints = { "Endpoints", "EndpointSlice" },
  quota = { "ResourceQuota", "LimitRange", "Namespace" },
  config = { "ConfigMap", "Secret", "ServiceAccount", "PriorityClass", "PodDisruptionBudget" },
  storage = { "PersistentVolume", "PersistentVolumeClaim", "StorageClass" },
  rbac = { "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding" },
  autoscaler = { "HorizontalPodAutoscaler" },
}

local MODULE_OF = {}
for module, kinds in pairs(MODULES) do
  for _, kind in ipairs(kinds) do
    MODULE_OF[kind] = module
  end
end

local WHOLE = { Pod = "pod", Node = "node" }

local function function_for(kind)
  if WHOLE[kind] then
    return require("wl.describe." .. WHOLE[kind]).write
  elseif MODULE_OF[kind] then
    return require("wl.describe." .. MODULE_OF[kind])[kind]
  end
  return require("wl.describe.generic").write
end

--- Describe one object.
-- @param object view or table
-- @param ctx see above
-- @tparam ?function declared what the object's kind declares: called as
--   declared(object, ctx), returns the text, or nil for the usual one
-- @treturn string lines
function describe.text(object, ctx, declared)
  local text = declared and declared(object, ctx)
  if text then
    return text
  end
  local w = writer.new()
  function_for(object.kind)(w, object, ctx)
  return w:text()
end

--- Describe several objects, with two empty lines between them.
-- @param objects array
-- @param ctx
-- @treturn string
function describe.all(objects, ctx)
  local texts = {}
  for i, object in ipairs(objects) do
    texts[i] = describe.text(object, ctx)
  end
  return table.concat(texts, "\n\n")
end

return describe
