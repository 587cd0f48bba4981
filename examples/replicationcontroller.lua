-- ReplicationControllers: what there was before ReplicaSets and Deployments. They
-- do what a ReplicaSet does; this is what is different.
--
--     wlrun examples/replicationcontroller.lua

cluster { nodes = 3, seed = 5 }

print "-- The selector is a plain map of labels; left out, it is the template's labels."
ReplicationController "redis" { replicas = 2, image = "redis:7" }
wait("rc/redis", "ready", "1m")
expect(get "rc/redis".spec.selector.app).is "redis"
show "rc,pods"

print "\n-- It keeps their number, whatever becomes of a node."
local on = list("pods", "app=redis")[1].spec.nodeName
node(on):drain()
run "1m"
expect(get "rc/redis".status.readyReplicas).is(2)
node(on):uncordon()

print "\n-- There are no rollouts: a new image comes with new pods, one deleted by hand"
print "-- after the other."
set_image("rc/redis", "redis=redis:8")
run "30s"
for _, pod in ipairs(list("pods", "app=redis")) do
  expect(pod.spec.containers[1].image).is "redis:7"
  delete("pod/" .. pod.metadata.name)
  wait("rc/redis", "ready", "1m")
end
run "30s"
for _, pod in ipairs(list("pods", "app=redis")) do
  expect(pod.spec.containers[1].image).is "redis:8"
end

print "\n-- And one that is deleted leaves its pods behind, unless it is said otherwise:"
print "-- kubectl always says so, which is why few know it."
delete("rc/redis", { propagation = "Orphan" })
run "1m"
expect(exists "rc/redis").is(false)
expect(#list("pods", "app=redis")).is(2)
show "pods"

print "\n-- Another one with the same selector takes them over."
ReplicationController "redis" { replicas = 2, image = "redis:8" }
wait("rc/redis", "ready", "1m")
expect(#list("pods", "app=redis")).is(2)
describe "rc/redis"
