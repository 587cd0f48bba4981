-- SPDX-License-Identifier: MIT
--- A term of affinity or spreading that can match nothing.
--
-- A required node term that contradicts itself (or the nodeSelector) leaves no node.
-- A pod affinity term that matches no pod here leaves none either, if it is required:
-- but for the first pod of a group that matches its own term. A spread constraint
-- that does not count the pod's own kind spreads nothing.
local Model = require "wl.lint.model"
local contradiction = require "wl.lint.contradiction"
local rule = require "wl.lint.rule"
local selector = require "wl.selector"

local NODES = "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"
local PODS = "affinity.%s.requiredDuringSchedulingIgnoredDuringExecution[%d].labelSelector"

local function required(affinity, sort)
  return affinity and affinity[sort]
    and affinity[sort].requiredDuringSchedulingIgnoredDuringExecution
end

local function path(entry, text, ...) return Model.pod_path(entry, "spec." .. text:format(...)) end

-- Terms are alternatives: it is enough that one of them can be met.
local function check_nodes(entry, report)
  local spec = entry.pods.spec
  local affinity = required(spec.affinity, "nodeAffinity")
  local problem
  for i, term in ipairs(affinity and affinity.nodeSelectorTerms or {}) do
    local this = contradiction.of(spec.nodeSelector, term.matchExpressions)
    if not this then return end
    local field = path(entry, NODES .. ".nodeSelectorTerms[%d]", i - 1)
    problem = problem or { field = field, text = this }
  end
  if problem then
    report(entry, problem.field, "no node can match: " .. problem.text,
      "alternatives are terms of their own, or values of one In", "error")
  end
end

local function namespaces_open(term)
  return term.namespaceSelector ~= nil or (term.namespaces and #term.namespaces > 0)
end

local function found_by(model, entry, term)
  if not term.labelSelector then return {} end
  return model:matching(not namespaces_open(term) and entry.namespace or nil, term.labelSelector)
end

local function check_pods(model, entry, sort, report)
  for i, term in ipairs(required(entry.pods.spec.affinity, sort) or {}) do
    local field = path(entry, PODS, sort, i - 1)
    local problem = term.labelSelector and contradiction.of_selector(term.labelSelector)
    if problem then
      report(entry, field, "can match nothing: " .. problem, "take one of the requirements out")
    elseif #found_by(model, entry, term) == 0 then
      report(entry, field, sort == "podAffinity"
        and "no pod in these manifests matches: the pods stay Pending until there is one"
        or "no pod in these manifests matches: it keeps nothing apart",
        "write the labels of the pods that are meant")
    end
  end
end

local function check_spread(entry, report)
  for i, constraint in ipairs(entry.pods.spec.topologySpreadConstraints or {}) do
    local wanted = constraint.labelSelector
    if not wanted or not selector.from(wanted):matches(entry.pods.labels) then
      report(entry, path(entry, "topologySpreadConstraints[%d].labelSelector", i - 1),
        "does not match the labels of these pods themselves: they are not counted, and not spread",
        "write labels of the pod template")
    end
  end
end

return rule "term-matches-nothing" {
  about = "a node, affinity or spread term that can match nothing",
  severity = "warning",
  check = function(model, report)
    for _, entry in ipairs(model:with_pods()) do
      check_nodes(entry, report)
      check_pods(model, entry, "podAffinity", report)
      check_pods(model, entry, "podAntiAffinity", report)
      check_spread(entry, report)
    end
  end,
}
