-- SPDX-License-Identifier: MIT
-- Concurrency policies: what becomes of a CronJob's run that is due while another is
-- active. Allow, Forbid and Replace are Kubernetes'; Queue, KeepLatest and Skip are not.
--
--     wlrun examples/concurrency.lua

cluster { nodes = 2, seed = 1 }

-- A run each minute; each takes a minute and a half.
behave("", { work = "90s" })

local POLICIES = { "Allow", "Forbid", "Replace", "Queue", "KeepLatest", "Skip" }

for _, policy in ipairs(POLICIES) do
  CronJob(policy:lower(), { schedule = "* * * * *", image = "x", concurrencyPolicy = policy,
    successfulJobsHistoryLimit = 100 })
  if policy ~= "Allow" then
    always(policy .. " never runs two at once", function()
      local active = 0
      for _, reference in ipairs(get("cj/" .. policy:lower()).status.active or {}) do
        local job = exists("job/" .. reference.name) and get("job/" .. reference.name)
        if job and not (job.status and job.status.completionTime) then active = active + 1 end
      end
      return active <= 1
    end)
  end
end

run "10m"

-- How many runs were made, and how many of them succeeded.
local function count(policy)
  local made, succeeded = 0, 0
  for _, job in ipairs(list "jobs") do
    if job.metadata.name:find("^" .. policy:lower() .. "%-%d") then
      made = made + 1
      succeeded = succeeded + (job.status and job.status.succeeded or 0)
    end
  end
  return made, succeeded
end

print(("%-12s %-6s %s"):format("POLICY", "RUNS", "SUCCEEDED"))
for _, policy in ipairs(POLICIES) do
  local made, succeeded = count(policy)
  print(("%-12s %-6d %d"):format(policy, made, succeeded))
end

expect((count "Allow"), "runs under Allow").is(10)
expect(select(2, count "Replace"), "runs that Replace lets end").is(0)
expect((count "Queue"), "runs under Queue").at_least((count "Skip"))
