-- SPDX-License-Identifier: MIT
--- Runs of a CronJob that may pile up, and runs that nothing ends.
--
-- Under Allow each run starts, whatever else is running. If the runs' own deadline is
-- longer than the time between two of them, or there is none, a slow day has several
-- at once, which make each other slower.
local cron = require "wl.cron"
local rule = require "wl.lint.rule"
local time = require "wl.time"

local FROM = time.parse "2024-01-01T00:00:00Z"
local DAY = 86400

-- The least time between two runs within the next days.
local function interval(parsed)
  local least, before = nil, nil
  for _, at in ipairs((parsed:between(FROM, FROM + 8 * DAY, 2000))) do
    if before then least = math.min(least or at - before, at - before) end
    before = at
  end
  return least
end

local function check(entry, report)
  local spec = entry.object.spec
  local parsed = cron.parse(spec.schedule, { tz = spec.timeZone or "UTC" })
  local every = parsed and interval(parsed)
  if spec.concurrencyPolicy ~= "Allow" or not every then return end
  local deadline = spec.jobTemplate.spec.activeDeadlineSeconds
  if deadline and deadline > every then
    report(entry, "spec.concurrencyPolicy", ("a run may take %d s, the next starts after %d s: "
      .. "under Allow they pile up"):format(deadline, every),
      "write concurrencyPolicy: Forbid, or Replace, or a shorter activeDeadlineSeconds", "warning")
  elseif not deadline then
    report(entry, "spec.concurrencyPolicy", "nothing ends a run that hangs, and under Allow the "
      .. "next ones start beside it", "write concurrencyPolicy: Forbid, or give the job an "
      .. "activeDeadlineSeconds")
  end
end

return rule "runs-pile-up" {
  about = "a CronJob whose runs may pile up",
  severity = "note",
  check = function(model, report)
    for entry in model:each "CronJob" do check(entry, report) end
  end,
}
