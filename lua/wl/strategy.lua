-- SPDX-License-Identifier: MIT
--- Rollout strategies: how the pods of an old template give way to a new one.
--
--     return strategy "OneByOne" {
--       plan = function(view)
--         return { new = math.min(view.replicas, view.new.available + 1) }
--       end,
--     }
--
-- `plan` is asked at each sync and decides on numbers alone; it keeps nothing
-- and changes nothing. What it gets:
--
--     replicas     pods wanted
--     surge        how many more than that may exist        (maxSurge, in pods)
--     unavailable  how many fewer may be available          (maxUnavailable, in pods)
--     new          the set of the current template; all zero while `exists` is false
--     old          the other sets that still want pods, oldest first
--     total        pods wanted by all sets together
--     available    available pods of all sets together
--     old_pods     pods of old sets that exist, those being deleted included
--     params       the strategy's own block of the manifest (`canary` for
--                  "Canary"), or nil
--     now          seconds since the epoch
--
-- and of each set: name, revision, replicas (wanted), current, ready, available,
-- terminating. What it returns:
--
--     new          size of the new set; nil: leave it, and do not make it yet
--     old          sizes of the old sets in the order of view.old, or one number:
--                  how many old pods to keep in all; nil: leave them
--     requeue      seconds until it wants to be asked again; nil: at a change
--     message      what it waits for, shown in the Progressing condition
--
-- The runtime holds the plan to the budget (`wl.rollout.budget`) and tells the
-- Deployment what it did not get. A strategy with `exclusive = true` may make
-- all pods unavailable, but gets no new pod while an old one exists.

local FIELDS = { plan = "function", exclusive = "boolean", params = "table" }

--- Declare a strategy: `strategy "Name" { plan = function(view) ... end }`.
-- @tparam string name as in spec.strategy.type
-- @treturn function takes the fields, returns the strategy
return function(name)
  return function(fields)
    for field, x in pairs(fields) do
      if FIELDS[field] == nil then
        error(("strategy %q: unknown field %s"):format(name, tostring(field)), 2)
      elseif type(x) ~= FIELDS[field] then
        error(("strategy %q: %s must be a %s"):format(name, field, FIELDS[field]), 2)
      end
    end
    if not fields.plan then
      error(("strategy %q: plan is missing"):format(name), 2)
    end
    return {
      policy = "rollout", name = name, block = name:gsub("^%u", string.lower),
      plan = fields.plan, exclusive = fields.exclusive or false, params = fields.params,
    }
  end
end
