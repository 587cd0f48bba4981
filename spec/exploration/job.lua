-- SPDX-License-Identifier: MIT
-- Jobs under a policy of retries: plain, indexed, with parallelism that changes.
local retry = arg[1]

cluster { nodes = 3 }
chaos(require "weather"())
behave("job-name", { start = { "1s", "3s" }, after = { "5s", "40s" }, crash = 0.1 })

local given = retry and { type = retry,
  byExitCode = retry == "ByExitCode" and { rules = { { codes = { 2 }, action = "fail" } } } or nil }
Job "one" { image = "x", restartPolicy = "Never", backoffLimit = 50, retry = given }
Job "many" { image = "x", restartPolicy = "Never", completions = 8, parallelism = 3,
  backoffLimit = 50, retry = given }
Job "indexed" { image = "x", restartPolicy = "Never", completions = 6, parallelism = 2,
  completionMode = "Indexed", backoffLimitPerIndex = 20, retry = given }
run "1m"
patch("job/many", { spec = { parallelism = 1 } })
run "30s"
patch("job/many", { spec = { parallelism = 4 } })
patch("job/indexed", { spec = { suspend = true } })
run "1m"
patch("job/indexed", { spec = { suspend = false } })
run "5h"
for _, name in ipairs { "one", "many", "indexed" } do
  local status = get("job/" .. name).status
  expect(#(status.conditions or {})).at_least(1)
  expect(status.active or 0).is(0)
end
expect(get "job/many".status.succeeded or 0).at_most(8)
