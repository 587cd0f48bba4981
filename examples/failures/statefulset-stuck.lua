-- A StatefulSet that stays on a broken revision, also after it was taken back.
--
-- Under OrderedReady the controller goes on only when all pods are ready. The pod of the broken
-- revision never is, so going back waits for it too: the template is right again, and the
-- pod stays as it is.
-- Instead: after the undo delete the broken pod by hand. Its successor has the old revision.
--
--     wlrun check --runs 5 examples/failures/statefulset-stuck.lua
--     wlrun check --runs 5 examples/failures/statefulset-stuck.lua fixed
local fixed = arg[1] == "fixed"

cluster { nodes = 3 }

StatefulSet "db" { replicas = 3, image = "db:1", serviceName = "db" }
behave("app=db", { image = "db:1", start = "1s", ready = { "2s", "10s" } })
behave("app=db", { image = "db:2", pull_error = "no such image" })
wait("sts/db", "ready")

set_image("sts/db", "db=db:2")
run "5m"
rollout.undo "sts/db"
if fixed then delete "pod/db-2" end

within("10m", "three are ready again", function()
  return get "sts/db".status.readyReplicas == 3
end)
run "15m"
show "sts,pods"
