-- SPDX-License-Identifier: MIT
--- ByZone: one failure domain of a DaemonSet after the other.
--
--     updateStrategy:
--       type: ByZone
--       byZone:
--         topologyKey: topology.kubernetes.io/zone   # the label of nodes; this when left out
--         maxUnavailable: 50%                        # of all nodes, 1 when left out
--         rest: 10m                                  # between two zones; until promoted: ask
--         ask: true
--
-- A version that brings nodes down brings down one zone: what is replicated over
-- zones goes on. Zones come in the order of their names.
local strategy = require "wl.strategy"

return strategy "ByZone" {
  kinds = { "DaemonSet" },
  domains = "topology.kubernetes.io/zone",
  params = {
    topologyKey = strategy.str, rest = strategy.any, ask = strategy.bool,
    maxSurge = strategy.int_or_string, maxUnavailable = strategy.int_or_string,
  },
  script = function(step, params)
    local zones = {}
    for i, zone in ipairs(step.domains) do
      zones[i] = zone.name
      step.set_domains(zones)
      if params.rest and i < #step.domains then
        step.pause(params.rest)
      end
      if params.ask and i < #step.domains then
        step.ask("on to the next zone?")
      end
    end
  end,
}
