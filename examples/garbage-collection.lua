-- Owners and what they leave behind: how things go that belong to others.
--
--     wlrun examples/garbage-collection.lua

cluster { nodes = 3, seed = 2 }

-- An object's controller, by its ownerReferences: "ReplicaSet/web-6d8...".
local function owner_of(object)
  local reference = (object.metadata.ownerReferences or {})[1]
  return reference and reference.kind .. "/" .. reference.name or "nobody"
end

print "-- A Deployment owns ReplicaSets, which own pods. Each says so itself."
Deployment "web" { replicas = 2, image = "nginx:1.27" }
wait("deploy/web", "rolled out", "1m")
local set, pod = list("rs", "app=web")[1], list("pods", "app=web")[1]
print(("pod/%s belongs to %s, that to %s"):format(pod.metadata.name, owner_of(pod), owner_of(set)))
expect(owner_of(set)).is "Deployment/web"

print "\n-- In the background: the owner goes at once, the collector fetches the others."
delete("deploy/web", { propagation = "Background" })
expect(exists "deploy/web").is(false)
run "1m"
expect(#list "rs").is(0)
expect(#list "pods").is(0)

print "\n-- In the foreground: the owner stays until those that block it have gone."
Deployment "web" { replicas = 2, image = "nginx:1.27" }
wait("deploy/web", "rolled out", "1m")
delete("deploy/web", { propagation = "Foreground" })
local dying = get "deploy/web".metadata
print("deploy/web is being deleted since " .. dying.deletionTimestamp .. ", and waits by its "
  .. "finalizer " .. dying.finalizers[1])
expect(dying.finalizers[1]).is "foregroundDeletion"
run "1m"
expect(exists "deploy/web").is(false)

print "\n-- Orphans stay: the pods run on, and belong to nobody."
ReplicaSet "db" { replicas = 2, image = "postgres:16" }
wait("rs/db", "ready", "1m")
delete("rs/db", { propagation = "Orphan" })
run "1m"
expect(#list("pods", "app=db")).is(2)
expect(owner_of(list("pods", "app=db")[1])).is "nobody"

print "\n-- A finalizer is somebody's word that the object may not go yet."
ConfigMap "settings" { data = { level = "info" }, finalizers = { "example.com/backup" } }
delete "cm/settings"
run "1h"
expect(exists "cm/settings").is(true)
patch("cm/settings", { metadata = { finalizers = {} } })
run "1s"
expect(exists "cm/settings").is(false)

print "\n-- An owner counts by its uid: another object of the same name is another owner."
ConfigMap "owner" {}
local reference = { apiVersion = "v1", kind = "ConfigMap", name = "owner",
  uid = get "cm/owner".metadata.uid }
ConfigMap "child" { ownerReferences = { reference } }
delete("cm/owner", { propagation = "Orphan" })
ConfigMap "owner" {}
run "1m"
print("cm/child belongs to " .. owner_of(get "cm/child"))
reference.uid = "00000000-0000-0000-0000-000000000000"
ConfigMap "stray" { ownerReferences = { reference } }
run "1m"
print("cm/stray, whose owner was never there, " .. (exists "cm/stray" and "stays" or "is gone"))
expect(exists "cm/stray").is(false)
