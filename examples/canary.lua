-- SPDX-License-Identifier: MIT
-- A canary: two of ten pods first, then half of them, while the errors are measured.
-- The good version comes through; the bad one goes back by itself, and at no moment are
-- there fewer than nine pods available or more than eleven in all.
--
--     wlrun examples/canary.lua

cluster { nodes = 4, seed = 3 }
behave("app=web", { start = "2s", ready = { "3s", "6s" } })

-- What people would see in their monitoring: web:3 is broken under load.
metric("error-rate", "deploy/web", function(_, version)
  return version.image == "web:3" and 0.002 * version.weight or 0.001
end)

local canary = {
  maxSurge = 1, maxUnavailable = 1,
  steps = {
    { setWeight = 20 }, { pause = { duration = "10m" } },
    { analysis = { metric = "error-rate", successCondition = "< 5%", interval = "1m", count = 3 } },
    { setWeight = 50 },
    { analysis = { metric = "error-rate", successCondition = "< 5%", interval = "1m", count = 3 } },
    { ask = "all right?" },
  },
}

Deployment "web" {
  replicas = 10, image = "web:1", strategy = { type = "Canary", canary = canary },
}
wait("deploy/web", "rolled out", "5m")

always("nine of ten are available", function()
  return get "deploy/web".status.availableReplicas >= 9
end)
always("the surge is one pod", function()
  local wanted = 0
  for _, set in ipairs(list "rs") do wanted = wanted + set.spec.replicas end
  return wanted <= 11
end)

local function tell()
  local kept = get "deploy/web".status.rollout
  print(("%6ds  %-11s %s"):format(now(), kept.phase, kept.message or ""))
end

print "web:2, step by step:\n"
set_image("deploy/web", "web=web:2")
run "1m"
tell()
run "15m"
tell()
print(rollout.promote("deploy/web", { dry_run = true }))
rollout.promote "deploy/web"
wait("deploy/web", "rolled out", "5m")
tell()

print "\nweb:3 fails at half of the pods, and goes back:\n"
set_image("deploy/web", "web=web:3")
wait("deploy/web", function(web) return web.status.rollout.phase == "Degraded" end, "30m")
tell()
run "5m"
show "rs"
expect(get "deploy/web".status.updatedReplicas).is(nil)
expect(get "deploy/web".status.rollout.message).contains "Failed"
