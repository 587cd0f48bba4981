-- Namespaces: what is in them, and how they go.
--
--     wlrun examples/namespaces.lua

cluster { nodes = 2, seed = 3 }

local function pods_in(namespace) return #list("pods", { namespace = namespace }) end

print "-- Names are unique within a namespace; the same manifest can be in several."
Namespace "staging" {}
Namespace "production" {}
for _, where in ipairs { "staging", "production" } do
  Deployment "web" { namespace = where, replicas = 2, image = "nginx:1.27" }
  Service "web" { namespace = where, selector = { app = "web" }, ports = { { port = 80 } } }
end
wait("deploy/web", "rolled out", "1m", { namespace = "staging" })
wait("deploy/web", "rolled out", "1m", { namespace = "production" })
expect(pods_in "staging").is(2)

print "\n-- Labels select within a namespace: nobody takes another's pods."
scale("deploy/web", 4, { namespace = "production" })
run "1m"
expect(pods_in "staging").is(2)
expect(pods_in "production").is(4)

print "\n-- A namespace that is deleted is emptied first. Meanwhile it is Terminating, and"
print "-- nothing new can be made in it."
ConfigMap "kept" { namespace = "staging", finalizers = { "example.com/backup" } }
delete "ns/staging"
run "1m"
show "ns"
expect(get "ns/staging".status.phase).is "Terminating"
local made, problem = pcall(ConfigMap "late", { namespace = "staging" })
expect(made).is(false)
print(tostring(problem.message or problem))

print "\n-- What still holds it up stands in its conditions."
for _, condition in ipairs(get "ns/staging".status.conditions) do
  if condition.status == "True" then print(condition.type .. ": " .. condition.message) end
end

print "\n-- When the last object lets go, the namespace goes, too."
patch("cm/kept", { metadata = { finalizers = {} } }, { namespace = "staging" })
run "1m"
expect(exists "ns/staging").is(false)
expect(pods_in "production").is(4)
