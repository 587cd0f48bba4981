-- SPDX-License-Identifier: MIT
--- Choosing a node for each pod of a group.
--
-- The best node of the heaps takes the pod and moves down; what its domain
-- says then is asked at the next choice. O(buckets + log nodes) a pod, and for
-- rules that can tell ahead (`room`, `cost`) a few operations.
local choice = {}

local function closed(rules, labels)
  for i = 1, #rules do
    local rule = rules[i]
    if rule.check and rule.check(labels[rule.key]) then
      return true
    end
  end
  return false
end

-- The best node of a bucket whose pods elsewhere do not forbid it. Forbidden
-- ones are set aside until a rule says that things have changed.
local function best_of(group, bucket)
  local rules = group.rules.host_rules
  while true do
    local index, score = bucket.heap:first()
    if not index or not closed(rules, group.nodes.list[index].labels) then
      return index, score
    end
    bucket.heap:remove(index)
    group.aside[#group.aside + 1] = index
  end
end

local function domain_score(rules, bucket)
  local score = 0
  for i = 1, #rules do
    local rule = rules[i]
    if rule.score then
      score = score + rule.weight * rule.score(bucket.values[rule.key])
    end
  end
  return score
end

-- The best node, its own score and its bucket.
local function pick(group)
  local buckets, rules = group.buckets.list, group.rules.domain_rules
  local best, best_score, best_own, best_bucket
  for i = 1, #buckets do
    local bucket = buckets[i]
    if not closed(rules, bucket.values) then
      local index, own = best_of(group, bucket)
      local score = index and (#buckets == 1 and own or own + domain_score(rules, bucket))
      if index and (not best or score > best_score or score == best_score and index < best) then
        best, best_score, best_own, best_bucket = index, score, own, bucket
      end
    end
  end
  return best, best_own, best_bucket
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

-- True when nodes that were refused may do now.
local function tell_domains(rules, labels)
  local changed = false
  for i = 1, #rules do
    local rule = rules[i]
    if rule.placed and rule.placed(labels[rule.key]) then
      changed = true
    end
  end
  return changed
end

local function tell_node(group, index, n)
  local node = group.nodes.list[index]
  group.nodes:place(node, group.ask, n)
  for _, placed in ipairs(group.rules.placed) do
    placed(node, n)
  end
end

-- Note one pod on a node, and where the node stands now.
local function settle(group, index, score, bucket)
  local rules = group.rules
  if rules.asked_again then
    tell_node(group, index, 1)
    group:admit(group.nodes.list[index])
    return
  end
  local room = group.room[index] - 1
  group.room[index] = room
  if room > 0 then
    bucket.heap:set(index, score - group.cost[index])
  else
    bucket.heap:remove(index)
  end
end

-- Tell of all placements at once, in the order of the first on each node.
local function tell_all(group, order, times)
  for _, index in ipairs(order) do
    tell_node(group, index, times[index])
  end
end

--- Choose nodes for pods of a group, one after another.
-- @param group a Group
-- @tparam integer n how many pods
-- @treturn table names of nodes, at most n; fewer when no node is left
function choice.assign(group, n)
  group:catch_up()
  local list, rules = group.nodes.list, group.rules
  local names, order, times = {}, {}, {}
  for i = 1, n do
    local index, score, bucket = pick(group)
    if not index then
      break
    end
    local node, before = list[index], times[index]
    names[i] = node.name
    times[index] = (before or 0) + 1
    if not before then
      order[#order + 1] = index
    end
    settle(group, index, score, bucket)
    local wider = tell_domains(rules.domain_rules, node.labels)
    if tell_domains(rules.host_rules, node.labels) or wider then
      reopen(group)
    end
  end
  if not rules.asked_again then
    tell_all(group, order, times)
  end
  group.cursor = group.nodes:mark()
  return names
end

-- Place one pod on the only node that will do, if it does.
local function take_pinned(group, node)
  group:observe(node)
  if group:refusal(node) then
    return false
  end
  tell_node(group, node.index, 1)
  tell_domains(group.rules.domain_rules, node.labels)
  tell_domains(group.rules.host_rules, node.labels)
  return true
end

--- See which of the pods of a group, each with its own node, fit there.
-- @param group a Group
-- @tparam batch pods
-- @tparam table wanted names of their nodes, in the order of the pods
-- @treturn table names of the nodes of those that fit
-- @treturn batch those
-- @treturn batch the others
function choice.assign_pinned(group, pods, wanted)
  local by_name, names, placed, rest = group.nodes.by_name, {}, nil, pods:slice(1, 0)
  for i, name in ipairs(wanted) do
    local node = by_name[name]
    local fits = node and take_pinned(group, node)
    if fits then
      names[#names + 1] = name
    end
    if not fits and not placed then
      placed = pods:slice(1, i - 1)
    end
    if not fits then
      rest:add(pods:id(i))
    elseif placed then
      placed:add(pods:id(i))
    end
  end
  return names, placed or pods, rest
end

return choice
