-- SPDX-License-Identifier: MIT
--- status-is-true: when nothing is left to do, what ReplicaSets say of their pods is so,
-- and every workload has seen its last change.
local promise = require "wl.promise"

local function wrong_count(ctx, set)
  local pods, status = ctx:owned(set, "Pod"), set.status or {}
  for _, pair in ipairs { { "replicas", "active" }, { "readyReplicas", "ready" } } do
    local said, is = status[pair[1]] or 0, pods:count(pair[2])
    if said ~= is then
      return ("ReplicaSet %s/%s says %s: %d, there are %d"):format(set.metadata.namespace,
        set.metadata.name, pair[1], said, is)
    end
  end
end

local function unseen(object)
  local seen = (object.status or {}).observedGeneration
  if seen and seen < object.metadata.generation then
    return ("%s %s/%s has not seen its last change: generation %d, observed %d"):format(object.kind,
      object.metadata.namespace, object.metadata.name, object.metadata.generation, seen)
  end
end

return promise "status-is-true" {
  about = "when nothing is left to do, statuses say what is so",
  finish = function(ctx)
    if ctx.cluster:is_busy() then return nil end
    for _, kind in ipairs { "ReplicaSet", "Deployment", "StatefulSet", "DaemonSet" } do
      for object in ctx:all(kind):each() do
        local problem = unseen(object) or kind == "ReplicaSet" and wrong_count(ctx, object)
        if problem then return problem end
      end
    end
  end,
}
