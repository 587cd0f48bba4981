-- SPDX-License-Identifier: MIT
--- Backup: keep so many pods that each back up once, a new one every so often.
local kind = require "wl.kind"
local owner = require "wl.owner"
local time = require "wl.time"

local function pod_for(backup)
  return {
    apiVersion = "v1", kind = "Pod",
    metadata = {
      generateName = backup.metadata.name .. "-", namespace = backup.metadata.namespace,
      labels = { backup = backup.metadata.name },
      ownerReferences = { owner.reference(backup) },
    },
    spec = {
      restartPolicy = "Never",
      containers = { { name = "backup", image = backup.spec.image } },
    },
  }
end

-- Decides on counts and on the status, remembers nothing: asked twice at one
-- moment, it answers twice the same.
local function reconcile(ctx, backup)
  local status, pods = backup.status or {}, ctx:owned(backup, "Pod")
  local last = status.lastTime and time.parse(status.lastTime)
  local wait = last and last + backup.spec.everySeconds - ctx.now or 0
  if wait > 0 then
    ctx:update_status(backup, { lastTime = status.lastTime, kept = #pods })
    return wait
  end
  local made, message = ctx:create(pod_for(backup))
  if not made then return nil, message end -- tried again, with back-off
  for pod in pods:each() do
    if #pods <= backup.spec.keep then break end
    ctx:delete(pod)
  end
  ctx:update_status(backup, { lastTime = ctx:timestamp(), kept = #pods })
  return backup.spec.everySeconds
end

return kind "Backup" {
  api = "example.org/v1", plural = "backups", short = { "bk" },
  spec = {
    image = kind.required(kind.str),
    everySeconds = kind.int { default = 3600, min = 1 },
    keep = kind.int { default = 7, min = 1 },
  },
  status = { lastTime = kind.str, kept = kind.int },
  columns = {
    { "NAME", ".metadata.name" },
    { "KEEP", ".spec.keep" },
    { "KEPT", ".status.kept" },
    { "LAST", ".status.lastTime" },
  },
  owns = { "Pod" },
  reconcile = reconcile,
}
