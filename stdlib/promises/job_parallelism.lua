-- SPDX-License-Identifier: MIT
--- job-parallelism: a Job never starts more pods than its parallelism, and never a
-- completed index again.
local indexes = require "wl.job.indexes"
local names = require "wl.job.names"
local owner = require "wl.owner"
local promise = require "wl.promise"

local function pod(ctx, old, now)
  local above = not old and now and owner.controller(now)
  local job = above and above.kind == "Job" and ctx:by_uid(above.uid)
  if not job then return nil end
  local active, most = ctx:owned(job, "Pod"):count "active", job.spec.parallelism or 1
  local name = job.metadata.namespace .. "/" .. job.metadata.name
  if active > most then
    return ("Job %s has %d active pods, its parallelism is %d"):format(name, active, most)
  end
  local index = names.index((now.metadata.annotations or {})[names.INDEX])
  local completed = index and indexes.parse((job.status or {}).completedIndexes,
    job.spec.completions or 0)
  if completed and indexes.has(completed, index) then
    return ("Job %s starts index %d again, which is completed"):format(name, index)
  end
end

return promise "job-parallelism" {
  about = "a Job keeps to its parallelism, and runs no completed index again",
  writes = { Pod = pod },
}
