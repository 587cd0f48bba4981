-- SPDX-License-Identifier: MIT
--- The types of the Kubernetes API by name: `api.type("apps.v1.Deployment")`.
local api = {}

-- The modules that hold a group's types; loaded when first asked for.
local GROUPS = {
  ["apps.v1"] = { "wl.api.apps" },
  ["autoscaling.v1"] = { "wl.api.autoscaling", at = "v1" },
  ["autoscaling.v2"] = { "wl.api.autoscaling" },
  ["batch.v1"] = { "wl.api.batch" },
  ["coordination.v1"] = { "wl.api.scheduling" },
  ["core.v1"] = {
    "wl.api.pod", "wl.api.pod_status", "wl.api.container", "wl.api.volume", "wl.api.persistent",
    "wl.api.storage_plugin", "wl.api.placement", "wl.api.security", "wl.api.reference",
    "wl.api.node", "wl.api.service", "wl.api.config", "wl.api.namespace", "wl.api.event",
    "wl.api.replication",
  },
  ["discovery.v1"] = { "wl.api.discovery" },
  ["events.v1"] = { "wl.api.event", at = "v1" },
  ["meta.v1"] = { "wl.api.meta", "wl.api.wire" },
  ["networking.v1"] = { "wl.api.networking" },
  ["policy.v1"] = { "wl.api.policy" },
  ["rbac.v1"] = { "wl.api.rbac" },
  ["scheduling.v1"] = { "wl.api.scheduling" },
  ["storage.v1"] = { "wl.api.storage" },
}

--- A type by its group, version and name.
-- @tparam string name such as "core.v1.PodSpec"
-- @treturn ?type nil when there is none
function api.type(name)
  local group, word = name:match("^(.+)%.([^.]+)$")
  local modules = GROUPS[group] or {}
  for _, path in ipairs(modules) do
    local module = require(path)
    if modules.at then module = module[modules.at] end
    if module[word] then return module[word] end
  end
  return nil
end

return api
