-- SPDX-License-Identifier: MIT
-- A workload kind that Kubernetes does not have: pods that get another image without
-- being moved. The kind is kinds/clone_set.lua, a page of Lua.
--
--     wlrun examples/clone-set.lua

-- luacheck: globals CloneSet
define(require "kinds.clone_set")

cluster { nodes = 3, seed = 4 }

CloneSet "web" { replicas = 6, image = "nginx:1" }
behave("app=web", { start = "2s", ready = "3s" })
wait("clone/web", function(set) return set.status and set.status.readyReplicas == 6 end, "1m")

-- Where each pod is, by name.
local function places()
  local found = {}
  for _, pod in ipairs(list "pods") do
    found[pod.metadata.name] = pod.spec.nodeName .. " " .. tostring(pod.status.podIP)
  end
  return found
end

local function images()
  local count = {}
  for _, pod in ipairs(list "pods") do
    local image = pod.spec.containers[1].image
    count[image] = (count[image] or 0) + 1
  end
  return count
end

always("at most one is missing", function()
  return get "clone/web".status.readyReplicas >= 5
end)

-- Another image: the pods stay where they are. Two are kept at the old one.
local before = places()
patch("clone/web", { spec = { updateStrategy = { partition = 2 } } })
set_image("clone/web", "web=nginx:2")
run "2m"
show "clonesets,pods"
expect(images(), "images").is { ["nginx:1"] = 2, ["nginx:2"] = 4 }
expect(places(), "places").is(before)

-- The rest.
patch("clone/web", { spec = { updateStrategy = { partition = 0 } } })
run "1m"
expect(images(), "images").is { ["nginx:2"] = 6 }
expect(places(), "places").is(before)

-- A change that is not only of images: new pods.
patch("clone/web", function(set)
  set.spec.template.spec.containers[1].args = { "-g", "daemon off;" }
end)
run "3m"
show "clonesets,pods"
expect(get "clone/web".status.updatedReadyReplicas).is(6)
for name in pairs(places()) do expect(before[name], name).is(nil) end
