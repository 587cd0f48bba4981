-- Jobs: work that ends. How many pods, what becomes of failures, and what waits
-- for what.
--
--     wlrun examples/job.lua

cluster { nodes = 3, seed = 7 }

print "-- Six completions, two at a time."
Job "resize" { image = "busybox", completions = 6, parallelism = 2 }
behave("job-name=resize", { after = "10s", exit = 0 })
wait("job/resize", "complete", "5m")
show "jobs"

print "\n-- A pod that fails is replaced after 10 s, then 20 s, then 40 s ..."
Job "flaky" { image = "busybox", backoffLimit = 2, restartPolicy = "Never" }
behave("job-name=flaky", { after = "1s", exit = 1 })
wait("job/flaky", "Failed", "5m")
events "job/flaky"

print "\n-- Each pod of an Indexed Job has a number; here index 2 fails for good,"
print "-- and the others go on."
Job "shards" { image = "busybox", completions = 5, parallelism = 5, completionMode = "Indexed",
  backoffLimitPerIndex = 0, restartPolicy = "Never" }
behave("job-name=shards", { after = "5s", exit = 0 })
behave("job-name=shards,batch.kubernetes.io/job-completion-index=2", { after = "2s", exit = 1 })
wait("job/shards", "Failed", "5m")
local shards = get "job/shards".status
print("succeeded: " .. shards.completedIndexes, "failed: " .. shards.failedIndexes)
expect(shards.completedIndexes).is "0,1,3,4"
expect(shards.failedIndexes).is "2"

print "\n-- A Job can wait for others. Kubernetes has no such thing: the annotation"
print "-- is wlrun's own."
Job "extract" { image = "busybox" }
Job "load" { image = "busybox", annotations = { ["wlrun.dev/depends-on"] = "extract, resize" } }
behave("job-name=extract", { after = "30s", exit = 0 })
run "10s"
print("load is " .. get "job/load".status.conditions[1].message)
wait("job/load", "complete", "5m")
show "jobs"
