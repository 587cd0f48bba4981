-- SPDX-License-Identifier: MIT
--- ordinals-in-order: under OrderedReady a StatefulSet makes no pod before those with
-- lower ordinals are ready.
local owner = require "wl.owner"
local promise = require "wl.promise"

local function is_ready(pod)
  for _, condition in ipairs(pod and (pod.status or {}).conditions or {}) do
    if condition.type == "Ready" then return condition.status == "True" end
  end
  return false
end

local function pod(ctx, old, now)
  local above = not old and now and owner.controller(now)
  local set = above and above.kind == "StatefulSet" and ctx:by_uid(above.uid)
  if not set or set.spec.podManagementPolicy == "Parallel" then return nil end
  local namespace, name = now.metadata.namespace, set.metadata.name
  local ordinal = math.tointeger(now.metadata.name:match "%-(%d+)$")
  for lower = (set.spec.ordinals or {}).start or 0, ordinal - 1 do
    if not is_ready(ctx:get("Pod", namespace, name .. "-" .. lower)) then
      return ("StatefulSet %s/%s makes pod %d before pod %d is ready"):format(namespace, name,
        ordinal, lower)
    end
  end
end

return promise "ordinals-in-order" {
  about = "a StatefulSet under OrderedReady makes no pod before those below it are ready",
  writes = { Pod = pod },
}
