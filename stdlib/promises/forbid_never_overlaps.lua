-- SPDX-License-Identifier: MIT
--- forbid-never-overlaps: a CronJob under Forbid never has two active Jobs; under Replace
-- those before are being deleted.
local conditions = require "wl.job.conditions"
local owner = require "wl.owner"
local promise = require "wl.promise"

local ALONE = { Forbid = true, Replace = true }

local function job(ctx, old, now)
  local above = not old and now and owner.controller(now)
  local cron = above and above.kind == "CronJob" and ctx:by_uid(above.uid)
  if not cron or not ALONE[cron.spec.concurrencyPolicy] then return nil end
  local active = 0
  for one in ctx:owned(cron, "Job"):each() do
    if not conditions.finished(one) and not one.metadata.deletionTimestamp then
      active = active + 1
    end
  end
  if active > 1 then
    return ("CronJob %s/%s has %d active Jobs under %s"):format(cron.metadata.namespace,
      cron.metadata.name, active, cron.spec.concurrencyPolicy)
  end
end

return promise "forbid-never-overlaps" {
  about = "a CronJob under Forbid or Replace never has two active Jobs",
  writes = { Job = job },
}
