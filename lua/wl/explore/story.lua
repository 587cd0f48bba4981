-- SPDX-License-Identifier: MIT
--- The way to a failure, in words: the faults that struck, and what was told before it.
local duration = require "wl.duration"

local story = {}

local MOST_EVENTS = 25
local ROUTINE = { Pulling = true, Pulled = true, Created = true, Started = true, Scheduled = true,
  SuccessfulCreate = true, SuccessfulDelete = true, Starting = true, RegisteredNode = true }

local function faults_of(outcome, lines)
  for _, fault in ipairs(outcome.faults) do
    if not fault.muted then
      lines[#lines + 1] = { at = fault.at, text = ("fault %d, %s: %s"):format(fault.number,
        fault.fault, fault.text or "") }
    end
  end
end

local function events_of(outcome, lines)
  local cluster, told = outcome.cluster, {}
  for _, event in ipairs(cluster.events:list()) do
    if not ROUTINE[event.reason] then told[#told + 1] = event end
  end
  for i = math.max(1, #told - MOST_EVENTS + 1), #told do
    local event = told[i]
    lines[#lines + 1] = { at = event.first - cluster.started, text = ("%s %s/%s: %s"):format(
      event.reason, event.kind:lower(), event.name, event.message) }
  end
end

--- Tell it.
-- @tparam table outcome see wl.explore.run
-- @treturn string lines, in the order of time; the failure last
function story.tell(outcome)
  local lines = {}
  if outcome.cluster then
    faults_of(outcome, lines)
    events_of(outcome, lines)
  end
  for i, line in ipairs(lines) do line.place = i end
  table.sort(lines, function(a, b)
    if a.at ~= b.at then return a.at < b.at end
    return a.place < b.place
  end)
  local texts = {}
  for i, line in ipairs(lines) do
    texts[i] = ("  %9s  %s"):format(duration.go(math.floor(line.at * 1000) / 1000), line.text)
  end
  texts[#texts + 1] = ("  %9s  %s"):format(duration.go(math.floor(outcome.at * 1000) / 1000),
    outcome.message)
  return table.concat(texts, "\n") .. "\n"
end

return story
