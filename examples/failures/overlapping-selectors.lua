-- Two Deployments whose selectors overlap.
--
-- The worker was copied from the web server, labels and all. Each Deployment knows its own
-- pods by their owner, so both roll out as if nothing were wrong. But whoever goes by the
-- selector counts both: the autoscaler of the idle web server sees the busy workers, and scales
-- the web server to its maximum. Services and disruption budgets are wrong in the same way.
-- Instead: labels that tell them apart, such as app.kubernetes.io/component.
-- (`wlrun lint` says so, too.)
--
--     wlrun check --runs 5 examples/failures/overlapping-selectors.lua
--     wlrun check --runs 5 examples/failures/overlapping-selectors.lua fixed
local fixed = arg[1] == "fixed"

cluster { nodes = 3 }

local REQUESTS = { requests = { cpu = "500m" } }
local worker = fixed and "worker" or "web"
Deployment "web" { replicas = 2, image = "web:1", selector = "app=web", resources = REQUESTS }
Deployment "worker" { replicas = 6, image = "worker:1", selector = "app=" .. worker,
  resources = REQUESTS }
HorizontalPodAutoscaler "web" { target = "deploy/web", cpu = 60, minReplicas = 2, maxReplicas = 8 }
behave("app", { start = "1s", ready = { "2s", "10s" } })

-- A batch comes after two minutes; there are few requests all the time.
metric("cpu", "app", function(t, pod)
  local is_worker = pod.metadata.name:find "^worker"
  return is_worker and t >= 120 and 0.5 or 0.05
end)

never("the idle web server is scaled out", function()
  return get "deploy/web".spec.replicas > 2
end)
run "10m"
show "hpa,deploy"
