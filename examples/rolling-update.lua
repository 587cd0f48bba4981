-- A rolling update: nginx 1.14 to 1.16, three replicas, watched as it goes.
--
--     wlrun examples/rolling-update.lua

local here = arg[0]:match "^(.*)/" or "."

cluster { nodes = 3, seed = 7 }

-- Each change of the Deployment and its ReplicaSets is printed as it happens.
watch "deploy,rs"

apply(here .. "/nginx-deployment.yaml")
behave("app=web", { start = "2s", ready = "3s" })
wait("deploy/web", "rolled out", "5m")

-- From here on the update must never leave fewer than three pods available:
-- maxUnavailable is 25%, rounded down, and so no pod at all.
always("three stay available", function()
  return get "deploy/web".status.availableReplicas >= 3
end)

set_image("deploy/web", "nginx=nginx:1.16")
wait("deploy/web", "rolled out", "5m")

-- The rollout is complete while the last old pod is still shutting down.
run "30s"

expect(get "deploy/web".status.updatedReplicas).is(3)
for _, pod in ipairs(list("pods", "app=web")) do
  expect(pod.spec.containers[1].image, pod.metadata.name).is("nginx:1.16")
end

print()
show "deploy,rs,pods"
print()
events "deploy/web"
print()
rollout.history "deploy/web"
