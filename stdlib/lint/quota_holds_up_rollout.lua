-- SPDX-License-Identifier: MIT
--- A ResourceQuota that the pods of these manifests do not fit in, or that leaves a
-- rollout no room.
--
-- With maxUnavailable 0 a rollout must have a pod more than wanted: a quota of just
-- the pods wanted, or of their requests, refuses it, and the rollout stands still.
local budget = require "wl.rollout.budget"
local rule = require "wl.lint.rule"
local suggest = require "wl.suggest"
local usage = require "wl.quota.usage"

local POD = { name = "Pod", resource = "pods" }

local function uses(entry) return usage.of(POD, entry.pods) end

local function counted(model, quota)
  local found = {}
  for _, entry in ipairs(model:with_pods()) do
    if entry.pods.replicas and entry.namespace == quota.namespace
        and usage.in_scope(POD, entry.pods, quota.object) then
      found[#found + 1] = entry
    end
  end
  return found
end

-- The first name of which more is used than there is.
local function exceeded(hard, used)
  for _, name in ipairs(suggest.keys(hard)) do
    if used[name] and used[name] > hard[name] then return name end
  end
end

local function needs_room(entry)
  if entry.kind ~= "Deployment" or entry.object.spec.strategy.type ~= "RollingUpdate" then
    return false
  end
  local _, unavailable = budget.of(entry.object)
  return unavailable == 0 and entry.pods.replicas > 0
end

local function check_surge(quota, entries, hard, total, report)
  for _, entry in ipairs(entries) do
    local with_one_more = {}
    usage.add(with_one_more, total, 1)
    usage.add(with_one_more, uses(entry), 1)
    local name = needs_room(entry) and exceeded(hard, with_one_more)
    if name then
      report(quota, "spec.hard." .. name, ("all of %s is used by the pods that are wanted: a "
        .. "rollout of %s/%s, whose maxUnavailable comes to no pod, stands still"):format(
        tostring(hard[name]), entry.kind, entry.name),
        ("leave room for one more pod, or write maxUnavailable: 1 in %s/%s"):format(entry.kind,
          entry.name))
    end
  end
end

local function check(model, quota, report)
  local hard, total = usage.read(quota.object.spec.hard), {}
  local entries = counted(model, quota)
  for _, entry in ipairs(entries) do usage.add(total, uses(entry), entry.pods.replicas) end
  local name = exceeded(hard, total)
  if name then
    report(quota, "spec.hard." .. name, ("the pods of these manifests need %s, more than %s")
      :format(tostring(total[name]), tostring(hard[name])), "raise it, or have fewer replicas")
  else
    check_surge(quota, entries, hard, total, report)
  end
end

return rule "quota-holds-up-rollout" {
  about = "a ResourceQuota without room for the pods, or for a rollout's surge",
  severity = "warning",
  check = function(model, report)
    for quota in model:each "ResourceQuota" do check(model, quota, report) end
  end,
}
