-- SPDX-License-Identifier: MIT
--- The node with the fewest pods is the better, whatever they ask for.
local EACH = 100 -- points that one pod costs its node

local function prepare()
  return {
    score = function(node) return -EACH * node.pods end,
    cost = function() return EACH end,
  }
end

return { name = "FewestPods", changes = "pods", weight = 3, reads = {}, prepare = prepare }
