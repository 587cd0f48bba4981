-- SPDX-License-Identifier: MIT
--- What goes of a workload's history, where `spec.history` names a policy for that.
--
-- Kubernetes has limits only (successfulJobsHistoryLimit, revisionHistoryLimit): a policy
-- takes their place. While it fails nothing goes, and the workload does all else.
local policy = require "wl.policy"

local outdated = {}

local function policy_of(ctx, object)
  local name = object.spec.history.type
  local chosen = ctx:policy("history", name)
  if not chosen then
    ctx:event(object, "Warning", "UnknownHistoryPolicy",
      ("there is no history policy %q: nothing goes"):format(name))
  end
  return chosen
end

-- Which of so many stay: place -> true.
local function staying(said, count)
  local stays = {}
  if type(said) == "table" then
    for _, place in ipairs(said) do stays[place] = true end
    return stays
  end
  for place = math.max(1, count - said + 1), count do stays[place] = true end
  return stays
end

--- What is to be deleted.
-- @param ctx
-- @param object the workload
-- @tparam function list called without arguments when there is a policy: what could go, the
--   oldest first; items as in wl.history, with whatever else
-- @treturn ?{item,...} nil: the object names no policy
function outdated.items(ctx, object, list)
  local given = object.spec.history
  if not given then return policy.unused(ctx, object, "history") end
  local items, gone, chosen = list(), {}, policy_of(ctx, object)
  if #items == 0 or not chosen then return gone end
  local said = policy.call(ctx, chosen, object, "keep",
    { items = items, params = given[chosen.block], now = ctx.now })
  if said == nil then return gone end
  local stays = staying(said, #items)
  for place, item in ipairs(items) do
    if not stays[place] then gone[#gone + 1] = item end
  end
  return gone
end

return outdated
