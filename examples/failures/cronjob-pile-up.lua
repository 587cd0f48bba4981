-- A CronJob under Allow whose runs pile up.
--
-- Allow is the default: each run begins when it is due, whether or not those before it have
-- ended. While each is short nobody notices. When the data have grown, or the database is
-- slow, runs overlap, take longer for it, and overlap more.
-- Instead: concurrencyPolicy: Forbid, and an activeDeadlineSeconds so that a run that hangs
-- does not keep out all others.
--
--     wlrun check --runs 20 examples/failures/cronjob-pile-up.lua
--     wlrun check --runs 20 examples/failures/cronjob-pile-up.lua fixed
local fixed = arg[1] == "fixed"

cluster { nodes = 2 }

CronJob "sync" { schedule = "*/5 * * * *", image = "sync:1",
  concurrencyPolicy = fixed and "Forbid" or "Allow",
  jobTemplate = { spec = { activeDeadlineSeconds = fixed and 1800 or nil, template = { spec = {
    restartPolicy = "Never", containers = { { name = "sync", image = "sync:1" } } } } } } }
behave("batch.kubernetes.io/job-name", { after = { "1m", "12m" } }) -- mostly in time

never("more than two runs at once", function()
  return #(get "cronjob/sync".status.active or {}) > 2
end)
run "6h"
show "cronjobs,jobs"
