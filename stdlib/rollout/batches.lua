-- SPDX-License-Identifier: MIT
--- Batches: a few pods, then more, then more still, with a rest in between.
--
--     strategy:
--       type: Batches
--       batches:
--         first: 1           # pods or percent in the first batch
--         factor: 2          # each next one is so many times as large
--         rest: 1m           # between two batches
--         sizes: [1, 10%, 50%, 100%]   # or all of them, each what is new in total then
--
-- A mistake that shows at once hits few; one that does not show costs little time.
local strategy = require "wl.strategy"

-- What is new in total after each batch.
local function totals(step, params)
  local list, total, size = {}, 0, step.pods(params.first)
  while total < step.replicas do
    total = math.min(total + size, step.replicas)
    list[#list + 1] = total
    size = math.max(1, math.ceil(size * params.factor))
  end
  return list
end

return strategy "Batches" {
  params = {
    first = strategy.int_or_string { default = 1 },
    factor = strategy.number { default = 2 },
    rest = strategy.any, sizes = strategy.list(strategy.int_or_string),
    maxSurge = strategy.int_or_string, maxUnavailable = strategy.int_or_string,
  },
  script = function(step, params)
    for _, total in ipairs(params.sizes or totals(step, params)) do
      step.set_replicas(total)
      if params.rest then
        step.pause(params.rest)
      end
    end
  end,
}
