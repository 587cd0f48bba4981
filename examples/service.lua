-- A Service's pods: who is asked, and when a pod joins and leaves.
cluster { nodes = 3, seed = 1 }

Deployment "web" { replicas = 3, image = "nginx:1.27" }
Service "web" { selector = { app = "web" }, ports = { { port = 80, targetPort = 8080 } } }

-- The containers start at once, but need a while until they serve.
behave("app=web", { ready = "10s" })

local function endpoints()
  local ready, all = 0, 0
  for _, slice in ipairs(list("endpointslices", "kubernetes.io/service-name=web")) do
    for _, one in ipairs(slice.endpoints or {}) do
      all = all + 1
      if one.conditions.ready then ready = ready + 1 end
    end
  end
  return ready, all
end

-- An address is listed as soon as the pod has it; it is asked when the pod is ready.
run "5s"
local ready, all = endpoints()
expect(all).is(3)
expect(ready).is(0)
wait("deploy/web", "rolled out", "5m")
expect((endpoints())).is(3)

-- From now on somebody must always answer, also during a rollout.
always("two pods can be asked", function() return (endpoints()) >= 2 end)
set_image("deploy/web", "web=nginx:1.28")
wait("deploy/web", "rolled out", "5m")

-- A label is all that ties a pod to its Service: without it the pod runs on, but
-- nobody asks it, and its ReplicaSet makes another.
run "1m"
local pod = list("pods", "app=web")[1].metadata.name
label("pod/" .. pod, "app-")
run "1m"
expect(#list "pods").is(4)
expect((endpoints())).is(3)
show "svc,endpointslices,pods"
