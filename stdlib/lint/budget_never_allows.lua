-- SPDX-License-Identifier: MIT
--- A PodDisruptionBudget that can never allow an eviction: a drain waits for ever.
--
-- So it is when all pods must be available, by number or by percentage (of which the
-- number that may be missing rounds up, and the number that must stay, too), and when
-- two budgets cover one pod: the API server then refuses each eviction.
local Model = require "wl.lint.model"
local intstr = require "wl.intstr"
local rule = require "wl.lint.rule"
local selector = require "wl.selector"

local function wanted(entries)
  local total = 0
  for _, entry in ipairs(entries) do
    if not entry.pods.replicas then return nil end
    total = total + entry.pods.replicas
  end
  return total
end

local function check_max_unavailable(entry, total, report)
  local most = entry.object.spec.maxUnavailable
  if most ~= nil and intstr.resolve(most, total or 100, true) == 0 then
    report(entry, "spec.maxUnavailable", ("%s lets no pod go, ever: a drain of its node waits "
      .. "without end"):format(tostring(most)), "write maxUnavailable: 1")
  end
end

local function check_min_available(entry, total, report)
  local least = entry.object.spec.minAvailable
  if least == nil or not total then return end
  local pods = intstr.resolve(least, total, true)
  if total > 0 and pods >= total then
    report(entry, "spec.minAvailable", ("%s of %d pods must stay, so none may go"):format(
      tostring(least), total), total == 1
      and "one pod cannot move without a gap: have 2 replicas, or write maxUnavailable: 1"
      or "write maxUnavailable: 1, which follows the number of replicas")
  end
end

local function check_others(model, entry, report)
  local one = selector.from(entry.object.spec.selector or {})
  for other in model:each "PodDisruptionBudget" do
    if other == entry then return end
    local both = {}
    if other.namespace == entry.namespace and other.object.spec.selector then
      for _, found in ipairs(model:matching(other.namespace, other.object.spec.selector)) do
        if one:matches(found.pods.labels) then both[#both + 1] = found end
      end
    end
    if #both > 0 then
      report(entry, "spec.selector", ("%s has PodDisruptionBudget/%s already: of a pod with two, "
        .. "no eviction is allowed"):format(Model.names(both), other.name), "keep one of them")
    end
  end
end

return rule "budget-never-allows" {
  about = "a PodDisruptionBudget that can never allow an eviction",
  severity = "warning",
  check = function(model, report)
    for entry in model:each "PodDisruptionBudget" do
      local covered = model:matching(entry.namespace, entry.object.spec.selector)
      local total = #covered > 0 and wanted(covered) or nil
      check_max_unavailable(entry, total, report)
      check_min_available(entry, total, report)
      check_others(model, entry, report)
    end
  end,
}
