-- SPDX-License-Identifier: MIT
-- Every kind and every policy that ships, explored under faults with all promises that ship; when
-- it is calm again all comes right. `wlrun check --runs 10000 --promise all
-- spec/exploration/NAME.lua ARGUMENTS` explores further than this.
local explore = require "wl.explore"

local RUNS = 3

-- Scenario -> lists of arguments.
local EXPLORED = {
  cronjob = { { "Allow" }, { "Forbid" }, { "Replace" }, { "Queue" }, { "KeepLatest" }, { "Skip" } },
  daemonset = { { "RollingUpdate" }, { "OnDelete" }, { "Batches" }, { "ByZone" }, { "Canary" } },
  deployment = { { "RollingUpdate" }, { "Recreate" }, { "Canary" }, { "BlueGreen" }, { "Batches" },
    { "Partition" }, { "SurgeFirst" }, { "RollingUpdate", "IdleFirst" } },
  job = { {}, { "Exponential" }, { "Linear" }, { "Fixed" }, { "Immediate" }, { "Budgeted" },
    { "CircuitBreaker" }, { "ByExitCode" } },
  owners = { {} },
  release = { {} },
  replicas = { {}, { "ByCost" }, { "IdleFirst" }, { "Scatter" } },
  statefulset = { { "RollingUpdate" }, { "RollingUpdate", "Parallel" }, { "OnDelete" },
    { "Batches" }, { "Partition" }, { "Canary" } },
  workflow = { {} },
  world = { {}, { "pack" }, { "spread" }, { "zones" } },
}

for name, lists in pairs(EXPLORED) do
  describe("exploring " .. name, function()
    for _, arguments in ipairs(lists) do
      local words = table.concat(arguments, " ")
      it("breaks no promise: " .. words, function()
        local found = explore.run { path = ("spec/exploration/%s.lua"):format(name), runs = RUNS,
          arguments = arguments, promise = { "all" } }
        assert.is_nil(found.wrong and found.wrong.message)
        assert.is_nil(found.first and ("run %d: %s"):format(found.first.number,
          found.first.outcome.message))
      end)
    end
  end)
end
