-- SPDX-License-Identifier: MIT
--- The columns of the kinds that are kept as data.
-- Source: kubernetes pkg/printers/internalversion printConfigMap and others.
local cells = require "wl.columns.cells"

local config = {}

local function count_keys(map)
  local n = 0
  for _ in pairs(map or {}) do
    n = n + 1
  end
  return n
end

config.ConfigMap = {
  cells.NAME,
  { "DATA", function(object) return count_keys(object.data) + count_keys(object.binaryData) end },
  cells.AGE,
}

config.Secret = {
  cells.NAME,
  { "TYPE", ".type" },
  { "DATA", function(object) return count_keys(object.data) end },
  cells.AGE,
}

config.ServiceAccount = {
  cells.NAME,
  { "SECRETS", function(object) return #(object.secrets or {}) end },
  cells.AGE,
}

config.PriorityClass = {
  cells.NAME,
  { "VALUE", cells.count "value" },
  { "GLOBAL-DEFAULT", function(object) return tostring(object.globalDefault or false) end },
  cells.AGE,
  { "PREEMPTIONPOLICY", ".preemptionPolicy" },
}

config.Lease = { cells.NAME, { "HOLDER", ".spec.holderIdentity" }, cells.AGE }

-- "limits.cpu: 1/2, limits.memory: 0/1Gi": one of the halves.
local function quota_cell(wants_limits)
  return function(object)
    local used = object.status and object.status.used or {}
    local hard = object.status and object.status.hard or object.spec.hard or {}
    local parts = {}
    for _, name in ipairs(cells.keys(hard)) do
      if name:find("^limits%.") ~= nil == wants_limits then
        parts[#parts + 1] = ("%s: %s/%s"):format(name, used[name] or 0, hard[name])
      end
    end
    return table.concat(parts, ", ")
  end
end

config.ResourceQuota = {
  cells.NAME, { "REQUEST", quota_cell(false) }, { "LIMIT", quota_cell(true) }, cells.AGE,
}

config.LimitRange = {
  cells.NAME,
  { "CREATED AT", ".metadata.creationTimestamp" },
}

return config
