-- SPDX-License-Identifier: MIT
--- Testing a policy without a cluster.
--
--     local policy_test = require "wl.policy_test"
--
--     -- One decision: what is left out of the view is nothing, or follows from the rest.
--     local plan = policy_test.call("one_by_one.lua", "plan", {
--       replicas = 4, surge = 1, new = { replicas = 1 }, old = { { replicas = 4 } } })
--     plan.new, plan.held.new        --> 2, 1: the budget has no room for more
--
--     -- A whole rollout, of pods that become available at once.
--     local run = policy_test.rollout("canary.lua", {
--       replicas = 10, params = { steps = { { setWeight = 20 }, { pause = {} } } } })
--     run:go()
--     run.new, run.phase             --> 2, "Paused"
--     run:promote()
--
-- A policy is given as a value, or as the path of its file. Views and parameters
-- are checked: a wrong field is an error at the test's line, as is what the
-- policy does wrong; `try` returns nil, message, reason instead.
local policy = require "wl.policy"
local views = require "wl.policy_test.views"

local policy_test = {}

local function loaded(given)
  if policy.is_policy(given) then return given end
  if type(given) ~= "string" then
    error("a policy or the path of its file expected, got " .. policy.types.printed(given), 4)
  end
  local list, message = require("wl.policy.loader").load(given)
  if not list then error(message, 0) end
  return list[1]
end

local function rule_of(p, name)
  local rules = policy.contract(p.policy).functions
  if rules[name] then return rules[name] end
  local suggest = require "wl.suggest"
  error(("a %s has no function %q%s; there are %s"):format(policy.contract(p.policy).word,
    tostring(name), suggest.hint(tostring(name), suggest.keys(rules)),
    table.concat(suggest.keys(rules), ", ")), 4)
end

local function hold(plan, view)
  local held, complaint = require("wl.rollout.budget").hold(plan, view)
  plan.held, plan.complaint = held, complaint
  return plan
end

local function call(p, name, given)
  p = loaded(p)
  local rule = rule_of(p, name)
  local view, message = views.complete(p, rule, given or {})
  if not view then error(message, 3) end
  local result, problem, reason = policy.call(nil, p, nil, name, view)
  if result == nil then return nil, problem, reason end
  if p.policy == "rollout" and name == "plan" then result = hold(result, view) end
  return result
end

--- What a policy decides. Raises what it does wrong.
-- @param p a policy, or the path of its file
-- @tparam string name of the function: "plan", "decide" ...
-- @tparam ?table view fields of the contract
-- @return what it returned; of a rollout's plan also `held`, what the budget leaves of it, and
--   `complaint`, what it asked for and does not get
function policy_test.call(p, name, view)
  local result, message = call(p, name, view)
  if result == nil then error(message, 2) end
  return result
end

--- The same; or nil, message with file:line, reason ("PolicyError", "PolicyInvalid" ...).
function policy_test.try(p, name, view) return call(p, name, view) end

--- A rollout of numbers, which does what a strategy plans.
-- @param p a strategy, or the path of its file
-- @tparam ?table world replicas, surge, unavailable, params; metrics: name -> number or
--   function(run); services: name -> false (see wl.policy_test.rollout)
-- @treturn Rollout
function policy_test.rollout(p, world)
  return require("wl.policy_test.rollout").new(loaded(p), world or {})
end

return policy_test
