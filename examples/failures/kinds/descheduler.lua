-- SPDX-License-Identifier: MIT
--- Descheduler: every so often evict a pod from the fullest node, to even them out.
local eviction = require "wl.eviction"
local kind = require "wl.kind"

local function pods_by_node(ctx)
  local full, empty
  for _, node in ipairs(ctx:list "Node") do
    local pods = ctx:on_node(node.metadata.name, "Pod"):batch()
    local one = { name = node.metadata.name, pods = pods, count = #pods }
    if not full or one.count > full.count then full = one end
    if not empty or one.count < empty.count then empty = one end
  end
  return full, empty
end

local function reconcile(ctx, descheduler)
  local full, empty = pods_by_node(ctx)
  if full.count - empty.count > descheduler.spec.tolerate then
    local pod = full.pods[1]
    if pod and not pod.metadata.deletionTimestamp then eviction.evict(ctx, pod, {}) end
  end
  return descheduler.spec.everySeconds
end

return kind "Descheduler" {
  api = "example.org/v1", plural = "deschedulers", namespaced = false,
  spec = {
    everySeconds = kind.int { default = 60, min = 1 },
    tolerate = kind.int { default = 1, min = 0 }, -- pods more on one node than on another
  },
  reconcile = reconcile,
}
