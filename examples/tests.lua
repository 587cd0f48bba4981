-- Several tests in one file, each with a cluster of its own: wlrun check examples/tests.lua

local function web(replicas)
  Deployment "web" { replicas = replicas, image = "nginx:1.27" }
  behave("app=web", { start = "1s", ready = "2s" })
  wait("deploy/web", "rolled out")
end

test("a rollout never has less than three quarters", function()
  web(4)
  always("three stay", function() return get "deploy/web".status.availableReplicas >= 3 end)
  set_image("deploy/web", "web=nginx:1.28")
  wait("deploy/web", "rolled out")
  expect(#list("pods", "app=web")).at_least(4)
end)

test("a version that never becomes ready does not take the old pods with it", function()
  web(4)
  behave("version=2", { ready = "1h" })
  patch("deploy/web", function(draft) draft.spec.template.metadata.labels.version = "2" end)
  run "15m"
  expect(get "deploy/web".status.availableReplicas).is(3)
  rollout.undo "deploy/web"
  wait("deploy/web", "rolled out")
end)
