-- SPDX-License-Identifier: MIT
--- What a DaemonSet has to do on each of many nodes.
--
-- Nodes with one pod that looks like the others' come to the same verdict, so it is
-- found once for all of them.
local one_node = require "wl.daemon.one_node"
local pods = require "wl.daemon.pods"

local Verdicts = {}
Verdicts.__index = Verdicts

local NOBODY, NOTHING = {}, {}

--- @tparam table view see wl.daemon.one_node
-- @param lines the Lines that keep the tallies
-- @param backoff of failed pods
-- @treturn Verdicts for this view
function Verdicts.new(view, lines, backoff)
  return setmetatable({ view = view, lines = lines, backoff = backoff, rows = {} }, Verdicts)
end

-- The kubelet or the garbage collector has to finish with these.
local function is_over(one) return one.terminating and pods.is_finished(one) end

local function living(all)
  local list = {}
  for _, one in ipairs(all) do
    list[#list + 1] = not is_over(one) and one or nil
  end
  if #list > 1 then
    table.sort(list, pods.before)
  end
  return list
end

-- When time will make a difference.
local function soonest_of(self, node, view)
  local soonest
  local function at(moment)
    soonest = moment > view.now and math.min(moment, soonest or moment) or soonest
  end
  for _, one in ipairs(node.pods) do
    if one.since and view.min_ready > 0 then
      at(one.since + view.min_ready)
    elseif one.phase == "Failed" then
      at(self.backoff:due(node.name, view.now))
    end
  end
  return soonest
end

-- Pods that were never bound cannot be collected with their node.
local function stranded(node)
  local list = {}
  for _, one in ipairs(node.pods) do
    list[#list + 1] = not one.bound and not one.terminating and one or nil
  end
  return list
end

local function keep(node, view)
  if node.exists then
    return one_node.keep(node, view)
  end
  return false, stranded(node)
end

local function find(self, node)
  local view = self.view
  local seen = { name = node.name, run = node.run, stay = node.stay, exists = node.exists,
                 pods = living(node.all) }
  local needs, excess = keep(seen, view)
  local tally = one_node.count(seen, view)
  local role, old = one_node.role(seen, view, tally)
  return { needs = needs, excess = excess, role = role, old = old,
           tally = self.lines:tally(tally), soonest = soonest_of(self, seen, view) }
end

local function flags(node)
  return (node.run and 1 or 0) + (node.stay and 2 or 0) + (node.exists and 4 or 0)
end

local function shared(self, node, one)
  local look = one and pods.look_of(one) or NOBODY
  local row = self.rows[look]
  if not row then
    row = {}
    self.rows[look] = row
  end
  local verdict = row[flags(node)]
  if not verdict then
    verdict = find(self, node)
    row[flags(node)] = verdict
  end
  return verdict
end

--- Judge a node.
-- @tparam table node name, run, stay, exists and `all` its pods; gets `excess`, the pods
--   that must go, and `old`, the old pod of the rollout
-- @treturn table needs (a pod), role, tally, soonest (when to look again)
function Verdicts:judge(node)
  local one = node.all[1]
  if node.all[2] or one and one.phase == "Failed" then
    local verdict = find(self, node)
    node.excess, node.old = verdict.excess, verdict.old
    return verdict
  end
  local verdict = shared(self, node, one)
  node.excess = #verdict.excess > 0 and { one } or NOTHING
  node.old = verdict.old and one
  return verdict
end

return Verdicts
