-- SPDX-License-Identifier: MIT
--- A Job of many completions, until it is complete.
local Cluster = require "wl.cluster"

local TEMPLATE = { spec = { restartPolicy = "Never", containers = { { name = "main",
  image = "busybox" } } } }

local function run_job(completions, fields)
  local cluster = Cluster.new { nodes = 200, history = 0 }
  local spec = { completions = completions, parallelism = completions // 10, template = TEMPLATE }
  for field, x in pairs(fields or {}) do spec[field] = x end
  assert(cluster:create { apiVersion = "batch/v1", kind = "Job", metadata = { name = "big" },
    spec = spec })
  assert(cluster:run_until("1h", function()
    return cluster:get("Job", "default", "big").status.completionTime ~= nil
  end), "the Job did not complete")
end

return function(bench)
  bench("job.completions_100000", bench.seconds(run_job, 100000), "s")
  bench("job.indexed_10000", bench.seconds(run_job, 10000, { completionMode = "Indexed" }), "s")
end
