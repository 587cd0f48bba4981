-- ReplicaSets: so many pods of one template, no more and no less.
--
--     wlrun examples/replicaset.lua

cluster { nodes = 3, seed = 5 }

print "-- Three pods. Which of them they are does not matter: names are drawn."
ReplicaSet "web" { replicas = 3, image = "nginx:1.27" }
wait("rs/web", "ready", "1m")
show "rs,pods"

print "\n-- A pod that goes is replaced at once; its replacement has another name."
local lost = list("pods", "app=web")[1].metadata.name
delete("pod/" .. lost)
run "30s"
expect(#list("pods", "app=web")).is(3)
expect(exists("pod/" .. lost)).is(false)

print "\n-- Its pods are those that its selector picks and nobody else controls. A pod"
print "-- that loses the label is let go, and runs on alone;"
local free = list("pods", "app=web")[1].metadata.name
label("pod/" .. free, "app=spare")
run "30s"
expect(get("pod/" .. free).metadata.ownerReferences).is(nil)
expect(#list("pods", "app=web")).is(3)

print "-- one that gets it back is adopted - and as there are four then, one must go."
label("pod/" .. free, "app=web")
run "1m"
expect(#list("pods", "app=web")).is(3)
show "rs,pods"

print "\n-- Less: first go pods that have no node, that are not ready, that cost little."
local precious = list("pods", "app=web")[1].metadata.name
annotate("pod/" .. precious, "controller.kubernetes.io/pod-deletion-cost=100")
scale("rs/web", 1)
run "1m"
expect(list("pods", "app=web")[1].metadata.name).is(precious)

print "\n-- A new template is for new pods only: whoever wants the old ones replaced step"
print "-- by step asks for a Deployment, which has a ReplicaSet for each template."
set_image("rs/web", "web=nginx:1.28")
scale("rs/web", 2)
wait("rs/web", "ready", "1m")
local images = {}
for i, pod in ipairs(list("pods", "app=web")) do images[i] = pod.spec.containers[1].image end
table.sort(images)
print(table.concat(images, ", "))
expect(images[1]).is "nginx:1.27"
expect(images[2]).is "nginx:1.28"
