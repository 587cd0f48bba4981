-- SPDX-License-Identifier: MIT
-- Blue and green: users of the Service see one version or the other, at no moment both,
-- and never fewer than four pods. A version that fails after the switch is switched back.
--
--     wlrun examples/blue-green.lua

cluster { nodes = 4, seed = 5 }
behave("app=web", { start = "2s", ready = { "2s", "8s" } })
metric("error-rate", "deploy/web", function(_, version)
  return version.image == "web:3" and 0.3 or 0.001
end)

Service "web" { selector = { app = "web" }, ports = { { port = 80 } } }
Service "web-preview" { selector = { app = "web" }, ports = { { port = 80 } } }
Deployment "web" {
  replicas = 4, image = "web:1",
  strategy = { type = "BlueGreen", blueGreen = {
    activeService = "web", previewService = "web-preview",
    autoPromotionEnabled = false, scaleDownDelaySeconds = 120,
    postPromotionAnalysis = { metric = "error-rate", successCondition = "< 1%",
      initialDelay = "30s", interval = "30s", count = 2 },
  } },
}
wait("deploy/web", "rolled out", "5m")

-- The images behind the Service.
local function served()
  local images, count = {}, 0
  for _, slice in ipairs(list("endpointslices", "kubernetes.io/service-name=web")) do
    for _, endpoint in ipairs(slice.endpoints or {}) do
      local name = endpoint.targetRef.name
      if endpoint.conditions.ready and exists("pod/" .. name) then
        images[get("pod/" .. name).spec.containers[1].image] = true
        count = count + 1
      end
    end
  end
  local names = {}
  for image in pairs(images) do names[#names + 1] = image end
  return table.concat(names, " and "), count
end

always("users see one version", function() return not served():find " and " end)
always("four pods are there for them", function() return select(2, served()) >= 4 end)

print "web:2 is there beside web:1, for those who ask the preview:\n"
set_image("deploy/web", "web=web:2")
run "1m"
show "rs,svc"
expect((served())).is "web:1"

rollout.promote "deploy/web"
wait("deploy/web", "rolled out", "10m")
print("\npromoted: users see " .. served() .. "\n")
expect((served())).is "web:2"

set_image("deploy/web", "web=web:3")
run "1m"
rollout.promote "deploy/web"
run "2s"
print("promoted again: users see " .. served())
expect((served())).is "web:3"
run "2m"
print("the analysis has failed: users see " .. served())
expect((served())).is "web:2"
expect(get "deploy/web".status.rollout.phase).is "Degraded"
