-- A Job that is retried after it did its side effect.
--
-- A Job runs its pod until one succeeds: at least once, not exactly once. A pod that dies after
-- it has charged the customer and before it has ended is replaced, and the next one charges
-- again. backoffLimit: 0 and restartPolicy: Never do not mend it: the pod of a node that is lost
-- is replaced all the same.
-- Instead: make the effect idempotent, with a key that is the same for each try.
--
--     wlrun check --runs 50 examples/failures/job-at-least-once.lua
--     wlrun check --runs 50 examples/failures/job-at-least-once.lua fixed
local fixed = arg[1] == "fixed"

cluster { nodes = 2 }

local charges, paid = 0, {}

local function charge(key)
  if fixed and paid[key] then return end
  paid[key], charges = true, charges + 1
end

behave("job-name=bill", function(pod)
  pod:sleep { "5s", "20s" }
  charge(pod.metadata.labels["job-name"]) -- the same for all pods of the Job
  pod:sleep { "1s", "30s" }               -- writes the receipt, sends a mail
end)

Job "bill" { image = "bill:1", restartPolicy = "Never" }
chaos { pod_crash = "1 every 2m", to = "2m" }
always("the customer is charged once", function() return charges <= 1 end)
wait("job/bill", "complete", "30m")
expect(charges).is(1)
show "jobs,pods"
