-- SPDX-License-Identifier: MIT
--- Defaults of a Job that depend on its other fields.
--
-- They are not those of a CronJob's jobTemplate: what its author left out stays
-- out, and is filled in when the Job is made.
-- Source: pkg/apis/batch/v1/defaults.go.
local workload = require "wl.api.defaults.workload"

local batch = {}

local NO_LIMIT = 2147483647

local function fill(spec, fields)
  for name, x in pairs(fields) do
    if spec[name] == nil then spec[name] = x end
  end
end

--- Complete a Job.
-- @param draft
function batch.job(draft)
  local spec = draft.spec
  if spec.completions == nil and spec.parallelism == nil then spec.completions = 1 end
  fill(spec, {
    parallelism = 1,
    -- Where failures are counted per index they are not counted for the whole.
    backoffLimit = spec.backoffLimitPerIndex and NO_LIMIT or 6,
    completionMode = "NonIndexed",
    suspend = false,
    manualSelector = false,
    podReplacementPolicy = spec.podFailurePolicy and "Failed" or "TerminatingOrFailed",
  })
  workload.labels_of_template(draft, spec.template)
end

return batch
