-- SPDX-License-Identifier: MIT
-- Values as Lua uses them: nested reads, single-field updates, patches.
local patch = require "wl.patch"
local value = require "wl.value"

local DEPLOYMENT = value.of {
  apiVersion = "apps/v1", kind = "Deployment",
  metadata = { name = "web", namespace = "default", labels = { app = "web" } },
  spec = {
    replicas = 3,
    template = { spec = { containers = { { name = "web", image = "nginx:1.27" } } } },
  },
}

local READS, UPDATES, OBJECTS, PATCHES = 3000000, 500000, 10000, 200000

-- As many objects that differ, so that no read is of the value before.
local function variants()
  local all = {}
  for i = 1, OBJECTS do
    all[i] = value.update(DEPLOYMENT, function(draft) draft.spec.replicas = i end)
  end
  return all
end

return function(bench)
  bench.rate("value.read", READS, "nested reads", function()
    local deployment, sum = DEPLOYMENT, 0
    for _ = 1, READS do sum = sum + deployment.spec.replicas end
    return sum
  end)

  local objects = variants()
  bench.rate("value.read.distinct", READS, "nested reads", function()
    local sum = 0
    for i = 0, READS - 1 do sum = sum + objects[i % OBJECTS + 1].spec.replicas end
    return sum
  end)

  bench.rate("value.get", READS, "reads by path", function()
    local deployment, get, image = DEPLOYMENT, value.get, nil
    for _ = 1, READS do image = get(deployment, "spec.template.spec.containers[0].image") end
    return image
  end)

  bench.rate("value.update", UPDATES, "updates", function()
    local deployment, update = DEPLOYMENT, value.update
    for i = 1, UPDATES do
      update(deployment, function(draft) draft.spec.replicas = i end)
    end
  end)

  local change = value.of { spec = { replicas = 5 } }
  bench.rate("patch.merge", PATCHES, "patches", function()
    for _ = 1, PATCHES do patch.merge(DEPLOYMENT, change) end
  end)

  local apps = require "wl.api.apps"
  local image = value.of {
    spec = { template = { spec = { containers = { { name = "web", image = "nginx:1.28" } } } } },
  }
  bench.rate("patch.strategic", PATCHES, "patches", function()
    for _ = 1, PATCHES do patch.strategic(DEPLOYMENT, image, apps.Deployment) end
  end)
end
