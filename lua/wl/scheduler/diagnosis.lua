-- SPDX-License-Identifier: MIT
--- Why no node will do, in the words of Kubernetes:
--
--   0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.
--   preemption: 0/3 nodes are available: ...
--
-- Source: kube-scheduler `framework.FitError`, plugin DefaultPreemption.
local diagnosis = {}

local HELPLESS = "Preemption is not helpful for scheduling"
local NOT_ASKED = "node(s) didn't satisfy plugin(s) [NodeAffinity]"
local NO_VICTIMS = "No preemption victims found for incoming pod"

local function add(counts, reason, n)
  counts[reason] = (counts[reason] or 0) + n
end

-- The counted reasons, sorted as texts: "10 a" comes before "2 b".
local function listed(counts)
  local texts = {}
  for reason, n in pairs(counts) do
    texts[#texts + 1] = ("%d %s"):format(n, reason)
  end
  table.sort(texts)
  return table.concat(texts, ", ")
end

local function survey(group)
  local reasons, remedies = {}, {}
  local candidates = group:candidates()
  local others = group.nodes.count - #candidates
  if others > 0 then
    add(reasons, NOT_ASKED, others)
    add(remedies, HELPLESS, others)
  end
  for _, node in ipairs(candidates) do
    local refusal, helpless = group:refusal(node)
    for _, reason in ipairs(type(refusal) == "table" and refusal or { refusal }) do
      add(reasons, reason, 1)
    end
    if refusal then
      add(remedies, helpless and HELPLESS or NO_VICTIMS, 1)
    end
  end
  return reasons, remedies
end

--- The message of a pod's condition and of its event. O(nodes that are asked).
-- @param group a Group of which no pod can be placed
-- @treturn string
function diagnosis.message(group)
  local total = group.nodes.count
  if total == 0 then
    return "no nodes available to schedule pods"
  end
  local never, reasons, remedies = group.rules.never, {}, {}
  if never then
    add(remedies, HELPLESS, total)
  else
    reasons, remedies = survey(group)
  end
  local text = ("0/%d nodes are available: %s. preemption: "):format(total,
    never or listed(reasons))
  if group.pod.spec.preemptionPolicy == "Never" then
    return text .. "not eligible due to preemptionPolicy=Never."
  end
  return text .. ("0/%d nodes are available: %s."):format(total, listed(remedies))
end

--- The same where room is being made.
-- @tparam string message
-- @treturn string
function diagnosis.without_preemption(message)
  return (message:gsub(" preemption: .*$", ""))
end

return diagnosis
