-- SPDX-License-Identifier: MIT
--- nobody-fights: no two controllers write an object to and fro.
--
-- An object whose spec goes from A to B and back to A again and again, each time by
-- another writer, has two masters. They are named.
local promise = require "wl.promise"
local value = require "wl.value"

local MOST = 6 -- times to and fro

-- By uid: the spec before the last, who wrote the last, and how often it went back.
local seen = setmetatable({}, { __mode = "k" })

local function note(ctx, old, now)
  if not old or not now or value.equal(old.spec, now.spec) then return nil end
  local known = seen[ctx.cluster] or {}
  seen[ctx.cluster] = known
  local uid, writer = now.metadata.uid, ctx.cluster.writer
  local one = known[uid] or { count = 0 }
  known[uid] = one
  local is_back = one.before and value.equal(one.before, now.spec) and one.writer ~= writer
  one.count = is_back and one.count + 1 or 0
  local other = one.writer
  one.before, one.writer = old.spec, writer
  if one.count >= MOST then
    return ("%s and %s write %s %s/%s to and fro"):format(other, writer, now.kind,
      now.metadata.namespace or "", now.metadata.name)
  end
end

return promise "nobody-fights" {
  about = "no two controllers write an object to and fro",
  writes = { Deployment = note, ReplicaSet = note, StatefulSet = note, DaemonSet = note,
    Job = note, CronJob = note, HorizontalPodAutoscaler = note, Service = note },
}
