-- SPDX-License-Identifier: MIT
-- A strategy of one's own: double the new pods as long as the error rate stays low; when it
-- does not, go back and say why; and ask before the last half.
--
--     wlrun examples/own-strategy.lua

define(strategy "Doubling" {
  params = { limit = strategy.number { default = 0.05 }, rest = strategy.any { default = "1m" } },
  script = function(step, params)
    local pods = 1
    while pods < step.replicas / 2 do
      step.set_replicas(pods)
      step.pause(params.rest)
      local rate = step.measure "error-rate"
      if rate and rate > params.limit then
        step.abort(("%.1f%% errors with %d new pods"):format(100 * rate, pods))
      end
      pods = 2 * pods
    end
    step.ask "the rest?"
    step.promote()
  end,
})

cluster { nodes = 4, seed = 8 }
behave("app=web", { start = "1s", ready = "4s" })
metric("error-rate", "deploy/web", function(_, version)
  return version.image == "web:3" and version.available * 0.02 or 0.01
end)

Deployment "web" { replicas = 12, image = "web:1", strategy = { type = "Doubling" } }
wait("deploy/web", "rolled out")
always("nine of twelve are available", function()
  return get "deploy/web".status.availableReplicas >= 9
end)

set_image("deploy/web", "web=web:2")
run "10m"
print(get "deploy/web".status.rollout.message)
rollout.promote "deploy/web"
wait("deploy/web", "rolled out")

set_image("deploy/web", "web=web:3")
run "10m"
print(get "deploy/web".status.rollout.phase, get "deploy/web".status.rollout.message)
expect(get "deploy/web".status.rollout.message).is "8.0% errors with 4 new pods"
