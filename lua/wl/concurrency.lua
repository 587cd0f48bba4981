-- SPDX-License-Identifier: MIT
--- Concurrency policies: what to do when a run of a CronJob is due.
--
--     return concurrency "Forbid" {
--       decide = function(view) return view.active > 0 and "skip" or "start" end,
--     }
--
-- A CronJob names one as spec.concurrencyPolicy; its parameters, if it has any,
-- stand beside that in a field of its own name (`queue` for "Queue").
local policy = require "wl.policy"
local types = require "wl.policy.types"

local function check_chosen(chosen, view)
  if type(chosen) == "boolean" then return end
  for _, at in ipairs(view.due) do
    if at == chosen then return end
  end
  return ("expected a moment of view.due, got %s"):format(types.printed(chosen))
end

return policy.declare("concurrency", {
  word = "concurrency",
  doc = "what to do when a run of a CronJob is due",
  named = "spec.concurrencyPolicy",
  example = "Forbid",
  fields = { params = "table" },
  required = { "decide" },
  functions = {
    choose = {
      doc = "asked first: which of the runs that are due; without it, the latest",
      receives = {
        { "due", types.list(types.time, "a list of moments"), "when runs were due that have not "
          .. "started, the oldest first; of very many the latest 100" },
        { "active", types.count, "runs that are active" },
        { "params", types.any, "the policy's own block of the manifest", optional = true },
        { "now", types.time, "the virtual time" },
      },
      returns = types.either(types.time, types.boolean),
      means = { ["false"] = "let all of them go", ["true"] = "the latest" },
      check = check_chosen,
    },
    decide = {
      doc = "asked when a run is due",
      receives = {
        { "active", types.count, "runs that are active" },
        { "scheduled", types.time, "the moment at which the run was due" },
        { "params", types.any, "the policy's own block of the manifest", optional = true },
        { "now", types.time, "the virtual time" },
      },
      returns = types.one_of { "start", "skip", "replace" },
      means = {
        start = "start the run",
        skip = "let this run go",
        replace = "stop those that are active, and start",
      },
    },
  },
})
