-- SPDX-License-Identifier: MIT
--- Concurrency policies: what to do when a run of a CronJob is due.
--
--     return concurrency "Forbid" {
--       decide = function(active) return active > 0 and "skip" or "start" end,
--     }
--
-- `decide` gets the number of runs that are active, and returns "start"; "skip",
-- to let this run go; or "replace", to stop those that are active and start.
local suggest = require "wl.suggest"

local FIELDS = { decide = "function" }

--- Declare a policy: `concurrency "Name" { decide = function(active) ... end }`.
-- @tparam string name as in spec.concurrencyPolicy
-- @treturn function takes the fields, returns the policy
return function(name)
  return function(fields)
    for _, field in ipairs(suggest.keys(fields)) do
      if type(fields[field]) ~= FIELDS[field] then
        error(("concurrency %q: %s must be a %s"):format(name, field, FIELDS[field] or
          "field that exists"), 2)
      end
    end
    if not fields.decide then error(("concurrency %q: decide is missing"):format(name), 2) end
    return { policy = "concurrency", name = name, decide = fields.decide }
  end
end
