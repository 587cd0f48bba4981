-- SPDX-License-Identifier: MIT
--- The strategies that ship besides Kubernetes' own.
local strategies = {}

--- Their names, as in a manifest's `type`.
strategies.names = { "Batches", "BlueGreen", "ByZone", "Canary", "Partition", "SurgeFirst" }

--- Is it one of them?
-- @treturn boolean
function strategies.has(name)
  for _, known in ipairs(strategies.names) do
    if known == name then return true end
  end
  return false
end

--- The field that has the parameters of each.
strategies.blocks = {}
for i, name in ipairs(strategies.names) do
  strategies.blocks[i] = (name:gsub("^%u", string.lower))
end

return strategies
