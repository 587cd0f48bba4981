-- CronJobs: a Job each time a schedule says so. What is kept, what happens when
-- a run takes too long, and what the change to summer time does to 02:30.
--
--     wlrun examples/cronjob.lua

cluster { nodes = 2, seed = 7, start = "2024-03-29T23:00:00Z" }

local function job_template(labels)
  return { spec = { template = { metadata = { labels = labels }, spec = {
    restartPolicy = "OnFailure", containers = { { name = "main", image = "busybox" } } } } } }
end

print "-- Every five minutes; the last three Jobs are kept."
CronJob "report" { schedule = "*/5 * * * *", jobTemplate = job_template() }
run "62m"
show "cronjobs,jobs"
expect(#list "jobs").is(3)

print "\n-- Runs of seven minutes, every five, one at a time: what comes due meanwhile"
print "-- waits, and only the latest of it starts."
CronJob "slow" { schedule = "*/5 * * * *", concurrencyPolicy = "Forbid",
  jobTemplate = job_template { app = "slow" } }
behave("app=slow", { after = "7m", exit = 0 })
always("no two at once", function() return #(get "cronjob/slow".status.active or {}) <= 1 end)
run "25m"
events "cronjob/slow"

print "\n-- What is due at 02:30 when the clock goes from 02:00 to 03:00?"
cron "30 2 * * *" { tz = "Europe/Berlin", from = "2024-03-30", to = "2024-04-02" }

print "\n-- Kubernetes leaves the run out. An annotation of wlrun's own chooses otherwise."
for name, policy in pairs { backup = "Kubernetes", ["backup-once"] = "Once" } do
  CronJob(name) { schedule = "30 2 * * *", timeZone = "Europe/Berlin",
    annotations = { ["wlrun.dev/dst-policy"] = policy }, jobTemplate = job_template() }
end
run "32h"
print("backup:      " .. get "cronjob/backup".status.lastScheduleTime)
print("backup-once: " .. get "cronjob/backup-once".status.lastScheduleTime)
expect(get "cronjob/backup".status.lastScheduleTime).is "2024-03-30T01:30:00Z"
expect(get "cronjob/backup-once".status.lastScheduleTime).is "2024-03-31T01:00:00Z"

print "\n-- And one by hand, as kubectl create job --from=cronjob/backup does."
create_job("backup-now", { from = "cronjob/backup" })
wait("job/backup-now", "complete", "5m")
show "cronjobs"
