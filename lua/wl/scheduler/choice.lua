-- SPDX-License-Identifier: MIT
--- Choosing a node for each pod of a group.
--
-- The best node of the heaps takes the pod and moves down; what its domain
-- says then is asked at the next choice. O(buckets + log nodes) a pod.
local choice = {}

local function closed(rules, labels)
  for _, rule in ipairs(rules) do
    if rule.check and rule.check(labels[rule.key]) then
      return true
    end
  end
  return false
end

-- The best node of a bucket whose pods elsewhere do not forbid it. Forbidden
-- ones are set aside until a rule says that things have changed.
local function best_of(group, bucket)
  while true do
    local index, score = bucket.heap:first()
    if not index or not closed(group.host_rules, group.nodes.list[index].labels) then
      return index, score
    end
    group.buckets:remove(index)
    group.aside[#group.aside + 1] = index
  end
end

local function domain_score(group, bucket)
  local score = 0
  for _, rule in ipairs(group.domain_rules) do
    if rule.score then
      score = score + rule.weight * rule.score(bucket.values[rule.key])
    end
  end
  return score
end

local function pick(group)
  local buckets = group.buckets.list
  if #buckets == 1 and #group.domain_rules == 0 then
    return best_of(group, buckets[1])
  end
  local best, best_score
  for _, bucket in ipairs(buckets) do
    if not closed(group.domain_rules, bucket.values) then
      local index, score = best_of(group, bucket)
      score = index and score + domain_score(group, bucket)
      if index and (not best or score > best_score or score == best_score and index < best) then
        best, best_score = index, score
      end
    end
  end
  return best
end

local function reopen(group)
  local aside = group.aside
  group.aside = {}
  for _, index in ipairs(aside) do
    if group.nodes.list[index] then
      group:admit(group.nodes.list[index])
    end
  end
end

local function tell_domains(rules, node)
  local changed = false
  for _, rule in ipairs(rules) do
    if rule.placed and rule.placed(node.labels[rule.key]) then
      changed = true
    end
  end
  return changed
end

-- True when nodes that were refused may do now.
local function tell_placed(group, node)
  for _, placed in ipairs(group.placed) do
    placed(node)
  end
  local domains = tell_domains(group.domain_rules, node)
  return tell_domains(group.host_rules, node) or domains
end

--- Choose nodes for pods of a group, one after another.
-- @param group a Group
-- @tparam integer n how many pods
-- @treturn table names of nodes, at most n; fewer when no node is left
function choice.assign(group, n)
  group:catch_up()
  local nodes, ask, names = group.nodes, group.ask, {}
  for i = 1, n do
    local index = pick(group)
    if not index then
      break
    end
    local node = nodes.list[index]
    names[i] = node.name
    nodes:place(node, ask)
    local changed = tell_placed(group, node)
    group:admit(node)
    if changed then
      reopen(group)
    end
  end
  group.cursor = nodes:mark()
  return names
end

return choice
