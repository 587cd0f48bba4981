-- A day's load in twenty minutes, and an autoscaler that follows it.
cluster { nodes = 5, seed = 6 }

Deployment "web" { replicas = 2, image = "nginx:1.27",
  resources = { requests = { cpu = "500m" } } }
HorizontalPodAutoscaler "web" {
  scaleTargetRef = { apiVersion = "apps/v1", kind = "Deployment", name = "web" },
  minReplicas = 2, maxReplicas = 10,
  metrics = { { type = "Resource", resource = { name = "cpu",
    target = { type = "Utilization", averageUtilization = 60 } } } },
}
behave("app=web", { start = "2s", ready = "5s" })

-- The load in cpus, which the ready pods share: it comes at five minutes, and goes at ten.
metric("cpu", "app=web", { total = function(t)
  return t >= 300 and t < 600 and 2.4 or 0.4
end })

local function replicas() return get "deploy/web".spec.replicas end

run "4m50s"
expect(replicas()).is(2)

-- 2.4 cpus over two pods are 240% of what they ask for. It takes two steps: no faster
-- than twofold at once.
run "20s"
expect(replicas()).is(4)
run "3m"
expect(replicas()).is(8)
show "hpa,deploy"

-- The load is gone, but it waits five minutes before it believes that.
run "6m"
expect(replicas()).is(8)
run "2m"
expect(replicas()).is(2)
describe "hpa/web"
