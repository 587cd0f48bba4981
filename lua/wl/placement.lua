-- SPDX-License-Identifier: MIT
--- Placement policies: which rules choose a node for a pod.
--
-- A policy is a list of rules under the name that pods give as
-- `spec.schedulerName`. A rule says which nodes will do, which are better, or
-- both:
--
--   { name = "TaintToleration", weight = 3, normalise = "fewest",
--     changes = "node",                     -- or "pods"
--     prepare = function(pod, nodes) return { check = f, score = g } end }
--
-- `prepare` is asked once for a group of like pods; nil means that the rule has
-- nothing to say of them. What it returns may have
--
--   check(node)    nil when the node will do; else why not (a text, or a list
--                  of texts) and true when evicting pods could not help
--   score(node)    a number, more is better
--   room(node)     beside `check`: for how many more pods of the group it will do
--   cost(node)     beside `score`: by how much each of them lowers the score
--   observe(node)  called before the others when the node, or a pod on it, changed
--   placed(node, n)  n more pods of the group were given that node
--   domains        rules about groups of nodes (see below)
--   never          why no node at all will do, a text
--   only           set of names: no other node needs to be asked
--   fleeting       true: the answers do not outlive this decision
--
-- Pods are prepared for together when no rule can tell them apart. All rules may
-- read what a pod asks for (resources and ports of containers, overhead, init
-- containers), whom it tolerates and what it selects, its affinity and spread
-- constraints, priority and the kind of its controller. A rule that reads no more,
-- nor anything besides, says `reads = {}`; one that does names the paths:
--
--   reads = { "metadata.annotations['rack']" }   -- or function(pod, nodes) of the
--                             -- above, which returns the list for pods like this one
--   sees = function(pod, nodes) ... end          -- what it makes of them: pods of
--                             -- which it makes the same are alike
--
-- Without `reads` only pods that are the same but for name and status are alike.
-- The name of the node that a pod is pinned to (metadata.name in matchFields, as a
-- DaemonSet's pods have it) must be named: `require("wl.scheduler.pin").REQUIRED`.
--
-- Without `room` and `cost` a rule is asked again after every single placement:
-- right, but slower where thousands of pods are placed.
--
-- `changes` says what an answer depends on: "node", the Node object alone, or
-- "pods", also the pods on that node. An answer that depends on pods on other
-- nodes belongs in `domains`: a list of
--
--   { key = "topology.kubernetes.io/zone",    -- a label of nodes
--     check = function(value) ... end,        -- as above, for all of a domain
--     score = function(value) ... end,
--     placed = function(value) ... end,       -- a pod was placed there; true:
--                                             -- ask again about refused nodes
--     kept = true }                           -- observe keeps it up to date: the
--                                             -- answer may outlive one decision
--
-- A score counts `weight` times (1). `normalise` first brings the scores of a
-- group's nodes to 0..100: "most" (the highest becomes 100) or "fewest" (0
-- becomes 100); only for rules of changes = "node".
local guard = require "wl.placement.guard"
local policy = require "wl.policy"
local suggest = require "wl.suggest"

local FIELDS = { name = "string", prepare = "function", changes = "string",
                 weight = "number", normalise = "string", reads = "table or function",
                 sees = "function" }
local CHOICES = { changes = { "node", "pods" }, normalise = { "most", "fewest" } }

local function check_choice(rule, field)
  for _, choice in ipairs(CHOICES[field]) do
    if rule[field] == choice then
      return
    end
  end
  error(("rule %q: %s must be %q or %q, not %q"):format(rule.name, field, CHOICES[field][1],
    CHOICES[field][2], tostring(rule[field])), 0)
end

local function check_fields(rule)
  local known = {}
  for field in pairs(FIELDS) do
    known[#known + 1] = field
  end
  table.sort(known)
  for field, value in pairs(rule) do
    if not FIELDS[field] then
      error(("rule %q: unknown field %q%s"):format(rule.name, tostring(field),
        suggest.hint(tostring(field), known)), 0)
    elseif not FIELDS[field]:find(type(value), 1, true) then
      error(("rule %q: %s must be a %s"):format(rule.name, field, FIELDS[field]), 0)
    end
  end
end

local function check_rule(rule, i)
  if type(rule) ~= "table" or type(rule.name) ~= "string" then
    error(("rule %d of a placement policy must be a table with a name"):format(i), 0)
  end
  check_fields(rule)
  if not rule.prepare then
    error(("rule %q must have a function prepare(pod, nodes)"):format(rule.name), 0)
  end
  check_choice(rule, "changes")
  if rule.normalise then
    check_choice(rule, "normalise")
  end
end

return policy.declare("placement", {
  word = "placement",
  doc = "which rules choose a node for a pod",
  named = "spec.schedulerName of pods",
  naming = ".",
  example = "my-scheduler",
  list = "rules",
  complete = function(p, rules)
    p.rules = {}
    for i, rule in ipairs(rules) do
      check_rule(rule, i)
      p.rules[i] = guard(rule)
    end
  end,
})
