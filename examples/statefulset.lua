-- SPDX-License-Identifier: MIT
-- A StatefulSet, lesson by lesson: names that stay, storage that stays, one pod
-- after another, a canary, and a broken revision that nothing but a deletion by
-- hand gets out of the way.
--
--     wlrun examples/statefulset.lua

cluster { nodes = 3, seed = 11 }

local function images()
  local found = {}
  for i, pod in ipairs(list("pods", "app=db")) do
    found[i] = pod.metadata.name .. " " .. pod.spec.containers[1].image
  end
  return table.concat(found, ", ")
end

print "1. The pods start in order, each when the one before it is ready.\n"

behave("app=db", { ready = "10s" })
local watching = watch "pods"
StatefulSet "db" {
  replicas = 3, image = "db:1", labels = { app = "db" },
  volumeClaimTemplates = { { metadata = { name = "data" }, spec = {
    accessModes = { "ReadWriteOnce" }, resources = { requests = { storage = "1Gi" } } } } },
}
wait("sts/db", "ready", "2m")
watching.stop()

print "\n2. A pod that is gone comes back under its name, with its claim.\n"

local volume, uid = get "pvc/data-db-1".spec.volumeName, get "pod/db-1".metadata.uid
delete "pod/db-1"
wait("pod/db-1", function(pod) return pod ~= nil and pod.metadata.uid ~= uid end, "1m")
wait("sts/db", "ready", "2m")
expect(get "pod/db-1".spec.volumes[1].persistentVolumeClaim.claimName).is("data-db-1")
expect(get "pvc/data-db-1".spec.volumeName).is(volume)
show "pods,pvc"

print "\n3. A canary: with partition 2 only ordinals from 2 up get the new revision.\n"

patch("sts/db", { spec = { updateStrategy = { rollingUpdate = { partition = 2 } } } })
set_image("sts/db", "db=db:2")
wait("sts/db", "rolled out", "5m")
print(images())
expect(images()).is("db-0 db:1, db-1 db:1, db-2 db:2")

-- A pod below the partition that is made anew is of the old revision still.
delete "pod/db-0"
run "1m"
expect(images()).is("db-0 db:1, db-1 db:1, db-2 db:2")

print "\n4. The rest follows, from the highest ordinal down.\n"

patch("sts/db", { spec = { updateStrategy = { rollingUpdate = { partition = 0 } } } })
wait("sts/db", "rolled out", "5m")
print(images())
expect(get "sts/db".status.currentRevision).is(get "sts/db".status.updateRevision)

print "\n5. A revision that never gets ready stops at the first pod ...\n"

behave("app=db", { ready = "10s", image = "db:2" })
behave("app=db", { never_ready = true, image = "db:3" })
set_image("sts/db", "db=db:3")
run "10m"
print(images())
expect(images()).is("db-0 db:2, db-1 db:2, db-2 db:3")

print "\n   ... and going back is not enough: the broken pod keeps its place.\n"

rollout.undo "sts/db"
run "10m"
print(images())
expect(images()).is("db-0 db:2, db-1 db:2, db-2 db:3")

print "\n   Somebody has to delete it.\n"

delete "pod/db-2"
wait("sts/db", "rolled out", "5m")
print(images())
rollout.history "sts/db"

print "\n6. Scaled down, the highest go first; the claims stay for the next time.\n"

scale("sts/db", 1)
run "2m"
show "pods,pvc"
expect(#list("pods", "app=db")).is(1)
expect(#list "pvc").is(3)
