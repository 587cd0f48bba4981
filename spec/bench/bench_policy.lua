-- SPDX-License-Identifier: MIT
--- What a policy's call costs above a plain call of its function.
local Decisions = require "wl.policy.decisions"
local policy = require "wl.policy"

local CALLS = 5000
local ROUNDS = 100

local function set(replicas)
  return { exists = true, name = "web-5d4f8c7b9", revision = 3, replicas = replicas,
    current = replicas, ready = replicas, available = replicas, terminating = 0 }
end

local VIEW = { replicas = 10, surge = 3, unavailable = 2, new = set(4), old = { set(7) },
  total = 11, available = 10, old_pods = 7, exclusive = false, now = 1704067200 }

local ctx = { now = 1704067200, cluster = { decision_log = Decisions.new() } }
local deployment = { metadata = { uid = "0b0a3f1e-0000-4000-8000-000000000001" } }

-- Nanoseconds of processor time of one call, in the best of several rounds.
local function cost(call)
  local best = math.huge
  for _ = 1, ROUNDS do
    local start = os.clock()
    for _ = 1, CALLS do call() end
    best = math.min(best, os.clock() - start)
  end
  return best / CALLS * 1e9
end

return function(bench)
  for _, name in ipairs { "rolling_update", "recreate" } do
    local p = require("stdlib.rollout." .. name)
    local plain = cost(function() return p.plan(VIEW) end)
    local called = cost(function()
      return policy.call(ctx, p, deployment, "plan", VIEW)
    end)
    bench("policy." .. name .. ".plain", plain, "ns")
    bench("policy." .. name .. ".above", called - plain, "ns")
  end
end
