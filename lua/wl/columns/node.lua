-- SPDX-License-Identifier: MIT
--- The columns of nodes and namespaces.
-- Source: kubernetes pkg/printers/internalversion printNode.
local cells = require "wl.columns.cells"
local conditions = require "wl.conditions"

local node = {}

--- "Ready", "NotReady,SchedulingDisabled" ...
function node.status(object)
  local ready = conditions.find(object.status and object.status.conditions, "Ready")
  local status = not ready and "Unknown" or ready.status == "True" and "Ready" or "NotReady"
  return object.spec and object.spec.unschedulable and status .. ",SchedulingDisabled" or status
end

--- The roles that a node's labels give it.
-- @treturn string "<none>" when there are none
function node.roles(object)
  local seen, roles = {}, {}
  for key, text in pairs(object.metadata.labels or {}) do
    local role = key:match "^node%-role%.kubernetes%.io/(.+)$"
      or key == "kubernetes.io/role" and text ~= "" and text
    if role and not seen[role] then
      seen[role] = true
      roles[#roles + 1] = role
    end
  end
  table.sort(roles)
  return #roles > 0 and table.concat(roles, ",") or "<none>"
end

local function address(type)
  return function(object)
    for _, entry in ipairs(object.status and object.status.addresses or {}) do
      if entry.type == type then
        return entry.address
      end
    end
  end
end

local function info(field)
  return function(object)
    local system = object.status and object.status.nodeInfo or {}
    return cells.text(system[field], "<unknown>")
  end
end

node.Node = {
  cells.NAME,
  { "STATUS", node.status },
  { "ROLES", node.roles },
  cells.AGE,
  { "VERSION", function(object)
    return object.status and object.status.nodeInfo and object.status.nodeInfo.kubeletVersion or ""
  end },
  { "INTERNAL-IP", address "InternalIP", wide = true },
  { "EXTERNAL-IP", address "ExternalIP", wide = true },
  { "OS-IMAGE", info "osImage", wide = true },
  { "KERNEL-VERSION", info "kernelVersion", wide = true },
  { "CONTAINER-RUNTIME", info "containerRuntimeVersion", wide = true },
}

node.Namespace = { cells.NAME, { "STATUS", ".status.phase" }, cells.AGE }

return node
