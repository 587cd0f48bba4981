-- An autoscaler and a pipeline that fight over replicas.
--
-- The manifest says replicas: 2, the autoscaler has made it four. Each time the pipeline
-- applies the manifest the Deployment has two again, two pods die under load, and the
-- autoscaler begins anew.
-- Instead: leave replicas out of the manifest of what an autoscaler scales.
--
--     wlrun check --runs 5 examples/failures/autoscaler-and-apply.lua
--     wlrun check --runs 5 examples/failures/autoscaler-and-apply.lua fixed
local fixed = arg[1] == "fixed"

cluster { nodes = 3 }

local MANIFEST = [[
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  %s
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "web:1", resources: {requests: {cpu: 500m}}}]}
]]

local manifest = MANIFEST:format(fixed and "" or "replicas: 2")
apply(manifest)
HorizontalPodAutoscaler "web" { target = "deploy/web", cpu = 60, minReplicas = 2, maxReplicas = 8 }
behave("app=web", { start = "2s", ready = { "3s", "10s" } })
metric("cpu", "app=web", { total = 1.1 })

promise "nobody-fights"
every("10m", function() apply(manifest) end)
run "2h"
show "hpa,deploy"
