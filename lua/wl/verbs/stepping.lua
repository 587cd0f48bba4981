-- SPDX-License-Identifier: MIT
--- Verbs for looking closely: one thing at a time, and until all is quiet.
local changes = require "wl.changes"
local duration = require "wl.duration"
local reference = require "wl.verbs.reference"

local stepping = {}

local IDLE = 10000 -- turns without an effect, before it is said that nothing happens

local function said_since(cluster, count)
  local all = cluster.events:list()
  return table.move(all, count + 1, #all, 1, {})
end

-- The turns of controllers until one of them writes or says something. Nil: nothing will.
local function effect(cluster)
  local revision, events = cluster.store:revision(), #cluster.events:list()
  for _ = 1, IDLE do
    if not cluster:step() then return nil end
    local said = said_since(cluster, events)
    if cluster.store:revision() ~= revision or #said > 0 then
      return changes.lines(changes.since(cluster, revision)), said
    end
  end
end

-- Much that is alike is one line.
local function add_events(lines, said)
  local counts = {}
  local function key_of(event) return event.type .. event.kind .. event.reason end
  for _, event in ipairs(said) do counts[key_of(event)] = (counts[key_of(event)] or 0) + 1 end
  for _, event in ipairs(said) do
    local key = key_of(event)
    local count = counts[key]
    if count and count > 2 then
      lines[#lines + 1] = ("said %s %s %d times, first about %s/%s: %s"):format(event.type,
        event.reason, count, event.kind:lower(), event.name, event.message)
      counts[key] = nil
    elseif count then
      lines[#lines + 1] = ("said %s %s about %s/%s: %s"):format(event.type, event.reason,
        event.kind:lower(), event.name, event.message)
    end
  end
end

--- Let the next thing happen that has an effect, and tell what it was: who was at work,
-- what it wrote, and what it said.
-- @param cluster
-- @tparam ?integer count of things, 1 when left out
function stepping.step(cluster, count)
  count = count or 1
  if math.type(count) ~= "integer" or count < 1 then
    reference.misuse("step: a number of steps expected, as in step(5); got %s",
      reference.seen(count))
  end
  for _ = 1, count do
    local lines, said = effect(cluster)
    if not lines then
      io.write "nothing happens any more\n"
      return
    end
    add_events(lines, said)
    local clock = duration.format(cluster:now() - cluster.started)
    io.write(("%6s  %s\n"):format(clock, cluster.controllers:last_run()))
    for _, line in ipairs(lines) do io.write("        ", line, "\n") end
  end
end

--- Let time pass until nothing changes any more, and tell when that was.
-- @param cluster
-- @tparam ?number|string longest time, "1h" when left out
function stepping.until_settled(cluster, longest)
  local seconds = reference.seconds("until_settled", longest or "1h")
  local quiet, since = cluster:run_until_quiet(seconds)
  if quiet then
    io.write(("nothing changes any more since %s\n"):format(
      duration.format(since - cluster.started)))
  else
    io.write(("still changing after %s; it goes on with until_settled \"2h\"\n"):format(
      duration.format(seconds)))
  end
end

return stepping
