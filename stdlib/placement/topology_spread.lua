-- SPDX-License-Identifier: MIT
--- topologySpreadConstraints: the pods that match differ by at most maxSkew
-- from domain to domain. DoNotSchedule refuses nodes, ScheduleAnyway prefers
-- the emptier domain. Source: kube-scheduler plugin PodTopologySpread.
local Domain = require "wl.scheduler.domain"
local get = require("wl.value").get
local list = require("wl.value").list
local node_match = require "wl.node_match"
local pin = require "wl.scheduler.pin"
local selector = require "wl.selector"
local taint = require "wl.taint"

local EACH = 100 -- points that one matching pod costs its domain
local REFUSED = "node(s) didn't match pod topology spread constraints"

-- matchLabelKeys narrows the selector to pods like this one.
local function selector_of(constraint, labels)
  local given = constraint.labelSelector
  local keys = constraint.matchLabelKeys
  if not given or not keys or #keys == 0 then
    return given
  end
  local narrowed = { matchLabels = given.matchLabels, matchExpressions = {} }
  for i, expression in ipairs(given.matchExpressions or {}) do
    narrowed.matchExpressions[i] = expression
  end
  for _, key in ipairs(keys) do
    if labels[key] then
      local expression = { key = key, operator = "In", values = { labels[key] } }
      table.insert(narrowed.matchExpressions, expression)
    end
  end
  return narrowed
end

-- Which nodes make up the domains: those that the pod could go to.
local function eligible(constraint, pod)
  local required = node_match.required(pod.spec)
  return function(node)
    if constraint.nodeAffinityPolicy ~= "Ignore" and not required:matches(node) then
      return false
    end
    return constraint.nodeTaintsPolicy ~= "Honor"
      or not taint.untolerated(pod.spec.tolerations, node.taints, taint.repels)
  end
end

local function domain_of(constraint, pod, nodes, wanted)
  local domain, counts = Domain.new(constraint.topologyKey), eligible(constraint, pod)
  for node in nodes:each() do
    local value = node.labels[domain.key]
    if value and counts(node) then
      domain:know(value)
    end
  end
  if wanted then
    domain:add_found(nodes:matching({ pod.metadata.namespace }, wanted))
  end
  return domain
end

local function hard(constraint, domain, itself)
  local function least()
    return domain.number < (constraint.minDomains or 1) and 0 or domain.least
  end
  return {
    key = domain.key,
    check = function(value)
      if not value then
        return REFUSED .. " (missing required label)", true
      elseif (domain:count(value) or 0) + itself - least() > constraint.maxSkew then
        return REFUSED
      end
    end,
    placed = function(value)
      return domain:add(value, itself)
    end,
  }
end

local function soft(domain, itself)
  return {
    key = domain.key,
    score = function(value)
      return domain:count(value) and -EACH * domain:count(value) or -math.maxinteger
    end,
    placed = function(value)
      domain:add(value, itself)
    end,
  }
end

local function reads(pod)
  return #(pod.spec.topologySpreadConstraints or {}) > 0
    and { "metadata.namespace", "metadata.labels", pin.REQUIRED } or {}
end

-- Of its labels, whether they are among those that count, and by which keys.
local function sees(pod)
  local labels = pod.metadata.labels or {}
  local seen = { pod.metadata.namespace, get(pod, pin.REQUIRED) or false }
  for _, constraint in ipairs(pod.spec.topologySpreadConstraints) do
    local wanted = selector_of(constraint, labels)
    seen[#seen + 1] = wanted and selector.from(wanted):matches(labels) or false
    for _, key in ipairs(constraint.matchLabelKeys or {}) do
      seen[#seen + 1] = labels[key] or false
    end
  end
  return list(seen)
end

local function prepare(pod, nodes)
  local constraints = pod.spec.topologySpreadConstraints or {}
  if #constraints == 0 then
    return nil
  end
  local labels, domains = pod.metadata.labels or {}, {}
  for i, constraint in ipairs(constraints) do
    local wanted = selector_of(constraint, labels)
    local domain = domain_of(constraint, pod, nodes, wanted)
    local itself = wanted and selector.from(wanted):matches(labels) and 1 or 0
    local is_hard = constraint.whenUnsatisfiable ~= "ScheduleAnyway"
    domains[i] = is_hard and hard(constraint, domain, itself) or soft(domain, itself)
  end
  return { domains = domains }
end

return { name = "PodTopologySpread", changes = "pods", weight = 2, reads = reads,
         sees = sees, prepare = prepare }
