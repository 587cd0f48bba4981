-- SPDX-License-Identifier: MIT
--- A policy's rules, prepared for a group of like pods.
--
-- Sorted by when they must be asked: `fixed` rules once a node, `moving` ones
-- when the pods on it change, `domain_rules` and `host_rules` at each choice.
local prepared = {}

local HOSTNAME = "kubernetes.io/hostname"

local function add_domains(self, part)
  for _, rule in ipairs(part.domains) do
    rule.weight = part.weight
    local on_host = rule.key == HOSTNAME
    table.insert(on_host and self.host_rules or self.domain_rules, rule)
    self.asked_again = self.asked_again or on_host and rule.score ~= nil
    self.fleeting = self.fleeting or not rule.kept
  end
end

local function add_part(self, rule, answer)
  local never = answer.never
  local check = never and function() return never, true end or answer.check
  local part = { rule = rule, weight = rule.weight or 1, check = check, room = answer.room,
                 score = answer.score, cost = answer.cost, domains = answer.domains or {},
                 raw = rule.normalise and {}, highest = 0 }
  self.parts[#self.parts + 1] = part
  table.insert(rule.changes == "node" and self.fixed or self.moving, part)
  if rule.changes == "pods" then
    local certain = (not part.check or part.room) and (not part.score or part.cost)
    self.asked_again = self.asked_again or not certain
  end
  self.observers[#self.observers + 1] = answer.observe
  self.placed[#self.placed + 1] = answer.placed
  self.only = self.only or answer.only
  self.never = self.never or answer.never
  self.fleeting = self.fleeting or answer.fleeting == true
  add_domains(self, part)
end

--- @param policy a placement policy
-- @param pod a view of one of the pods
-- @param nodes the scheduler's Nodes
-- @treturn table `parts` in the policy's order, the same sorted (see above),
--   `observers`, `placed`: functions; `only`: names of nodes or nil;
--   `never`: why no node at all will do;
--   `asked_again`: must moving rules be asked after each placement?
--   `fleeting`: do answers depend on pods elsewhere, so that they cannot be kept?
function prepared.rules(policy, pod, nodes)
  local self = { parts = {}, fixed = {}, moving = {}, domain_rules = {}, host_rules = {},
                 observers = {}, placed = {}, asked_again = false, fleeting = false }
  for _, rule in ipairs(policy.rules) do
    local answer = rule.prepare(pod, nodes)
    if answer then
      add_part(self, rule, answer)
    end
  end
  self.fleeting = self.fleeting or self.only ~= nil
  return self
end

return prepared
