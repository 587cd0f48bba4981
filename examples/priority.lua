-- A full cluster, and pods that matter more than those that fill it.
cluster { nodes = 2, seed = 8, node = { cpu = "2" } }

PriorityClass "batch" { value = -10, globalDefault = true }
PriorityClass "critical" { value = 1000 }

-- Work that takes all there is.
Deployment "crunch" { replicas = 4, image = "busybox",
  resources = { requests = { cpu = "900m" } } }
wait("deploy/crunch", "available", "5m")
expect(get(list("pods")[1]).spec.priority).is(-10)

-- A service that must run: one pod of the work makes room for each of its pods.
Deployment "shop" { replicas = 2, template = {
  spec = { priorityClassName = "critical", containers = { { name = "shop", image = "nginx:1.27",
    resources = { requests = { cpu = "900m" } } } } } } }
wait("deploy/shop", "rolled out", "5m")
run "1m"
show "pods"
expect(get "deploy/crunch".status.readyReplicas).is(2)

-- What had to go waits until there is room again.
events()
scale("deploy/shop", 0)
run "2m"
expect(get "deploy/crunch".status.readyReplicas).is(4)
