-- SPDX-License-Identifier: MIT
-- A CronJob under a concurrency policy: suspended, resumed, while the machine sleeps.
local policy = arg[1] or "Allow"

cluster { nodes = 2 }
chaos(require "weather" { pause = "1 every 6m for 3m" })
behave("batch.kubernetes.io/job-name", { start = "1s", after = { "10s", "2m" }, crash = 0.1 })

CronJob "tick" { schedule = "* * * * *", image = "x", concurrencyPolicy = policy,
  startingDeadlineSeconds = 120, successfulJobsHistoryLimit = 2, failedJobsHistoryLimit = 1 }
run "5m"
patch("cronjob/tick", { spec = { suspend = true } })
run "2m"
patch("cronjob/tick", { spec = { suspend = false } })
run "15m"
patch("cronjob/tick", { spec = { suspend = true } })
run "30m"
expect(#(get "cronjob/tick".status.active or {})).is(0)
expect(#list "jobs").at_most(3)
