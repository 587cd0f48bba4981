-- SPDX-License-Identifier: MIT
--- Timelines for a terminal: a row of blocks for each revision, run or node, each
-- column a stretch of virtual time.
--
--     deploy/web   0s to 1m40s, a column is 2s
--     revision 1  ██████▆▆▅▅▃▃▂▂                              3 to 0
--     revision 2        ▂▂▃▃▅▅▆▆██████████████                0 to 3
--     available   ██████▆▆▆▆▆▆▆▆██████████████   least 2 at 12s, never below 2
--     events      1     2         3
--        1     0s  Normal   ScalingReplicaSet  Scaled up replica set web-5d4 from 0 to 3
--
-- A column shows the least that was available in its stretch, and the most pods.
local Rollouts = require "wl.report.rollouts"
local duration = require "wl.duration"
local window = require "wl.report.window"

local text = {}

local BLOCKS = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" }
local PLAIN = { ".", ":", "-", "=", "+", "*", "%", "#" }

local NOTES = 30 -- columns at the right, for numbers
local LABEL = 34 -- the longest label
local LEAST = 20 -- columns of time at least

-- ---- the axis ----

local STEPS = { 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
  10800, 21600, 43200, 86400, 172800, 604800 }

-- The shortest round stretch of which enough fit.
local function step_of(length, columns)
  for _, step in ipairs(STEPS) do
    if length <= step * columns then return step end
  end
  return math.ceil(length / columns / 86400) * 86400
end

local function axis_of(from, to, columns)
  local step = step_of(math.max(to - from, 0.1), columns)
  return { from = from, to = to, step = step,
    columns = math.max(1, math.ceil((to - from) / step)) }
end

local function stretch(axis, column)
  local from = axis.from + (column - 1) * axis.step
  return from, from + axis.step
end

local function column_of(axis, t)
  return math.max(1, math.min(axis.columns, (t - axis.from) // axis.step + 1))
end

-- ---- rows ----

local function block(style, v, most)
  if v <= 0 or most <= 0 then return " " end
  return style[math.max(1, math.min(#style, math.ceil(v / most * #style)))]
end

local function blocks(series, axis, most, style, pick)
  local cells = {}
  for column = 1, axis.columns do
    local least, high = series:range(stretch(axis, math.tointeger(column)))
    cells[column] = block(style, pick == "least" and least or high, most)
  end
  return table.concat(cells)
end

local function row(label, cells, note, width)
  return ((" %-" .. width .. "s %s  %s"):format(label, cells, note or ""):gsub(" +$", ""))
end

local function label_width(labels)
  local width = 9
  for _, label in ipairs(labels) do width = math.max(width, #label) end
  return math.min(width, LABEL)
end

local function layout(labels, stretched, options)
  local width = label_width(labels)
  local columns = math.max(LEAST, (options.width or 80) - width - NOTES)
  return axis_of(options.from or stretched.from, options.to or stretched.to, columns), width
end

-- ---- events ----

local MARKS = "123456789abcdefghijklmnopqrstuvwxyz"

local function marked(events, axis)
  local cells, lines, widest = {}, {}, 0
  for column = 1, axis.columns do cells[column] = " " end
  for i = 1, math.min(#events, #MARKS) do widest = math.max(widest, #events[i].reason) end
  for i, event in ipairs(events) do
    local mark = MARKS:sub(i, i)
    if mark ~= "" then
      cells[math.tointeger(column_of(axis, event.t))] = mark
      local reason = event.reason .. (" "):rep(widest - #event.reason)
      local times = event.count > 1 and (" (x%d)"):format(event.count) or ""
      lines[#lines + 1] = ("  %s %7s  %-7s  %s  %s%s"):format(mark, duration.go(event.t),
        event.type, reason, event.message, times)
    end
  end
  if #events > #MARKS then lines[#lines + 1] = ("  and %d more"):format(#events - #MARKS) end
  return table.concat(cells), lines
end

-- Of what is normal only what the thing itself tells: each pod that a set makes is
-- not news.
local function events_about(story, thing, axis)
  local found = {}
  for _, event in ipairs(story.events) do
    local is_about = event.uid == thing.uid
      or thing.uids and thing.uids[event.uid] and event.type == "Warning"
    if is_about and event.t >= axis.from and event.t <= axis.to then found[#found + 1] = event end
  end
  return found
end

local function heading(name, axis, story)
  local cut = story.from > 0 and "; the history begins at " .. duration.go(story.from) or ""
  return ("%s   %s to %s, a column is %s%s"):format(name, duration.go(axis.from),
    duration.go(axis.to), axis.step < 1 and axis.step .. "s" or duration.go(axis.step), cut)
end

-- ---- rollouts ----

local function scale_of(rollout)
  return math.max(rollout.wanted:most(), rollout.available:most(), 1)
end

-- The least that was available once all that was wanted had been.
local function least_of(rollout)
  local least, at, was_full
  for i, t in ipairs(rollout.available.times) do
    local v = rollout.available.values[i]
    was_full = was_full or v >= rollout.wanted:at(t)
    if was_full and (not least or v < least) then least, at = v, t end
  end
  return least, at
end

local function availability_note(rollout)
  local least, at = least_of(rollout)
  if not least then return ("%d of %d"):format(rollout.available:last(), rollout.wanted:last()) end
  local breaches = Rollouts.breaches(rollout)
  return ("least %d at %s%s"):format(least, duration.go(at),
    breaches[1] and (", BELOW THE BUDGET of %d"):format(rollout.least:at(breaches[1])) or "")
end

local function ends(series, axis)
  return ("%d to %d"):format(series:at(axis.from), series:at(axis.to))
end

local function rollout_rows(rollout, axis, width, style)
  local lines, most = {}, scale_of(rollout)
  for _, layer in ipairs(rollout.layers) do
    lines[#lines + 1] = row(layer.label, blocks(layer.pods, axis, most, style, "most"),
      ends(layer.pods, axis), width)
  end
  lines[#lines + 1] = row("available", blocks(rollout.available, axis, most, style, "least"),
    availability_note(rollout), width)
  if rollout.least:most() > 0 then
    lines[#lines + 1] = row("budget", blocks(rollout.least, axis, most, style, "least"),
      ("at least %d"):format(rollout.least:last()), width)
  end
  return lines
end

local function rollout_text(rollout, story, options)
  local labels = {}
  for i, layer in ipairs(rollout.layers) do labels[i] = layer.label end
  local axis, width = layout(labels, window.of(story, rollout), options)
  local lines = rollout_rows(rollout, axis, width, options.style)
  local marks, events = marked(events_about(story, rollout, axis), axis)
  if #events > 0 then lines[#lines + 1] = row("events", marks, nil, width) end
  table.move(events, 1, #events, #lines + 1, lines)
  return heading(rollout.name, axis, story) .. "\n" .. table.concat(lines, "\n")
end

-- ---- jobs: a line for each pod ----

local RESULT = { Succeeded = "ok", Failed = "failed", Deleted = "deleted" }
local END = { Succeeded = "o", Failed = "x", Deleted = "-" }
local MOST_LINES = 40

-- From a beginning to an end: dots while waiting, = while running, then the end.
local function bar(axis, created, start, stop, result)
  local cells = {}
  for column = 1, axis.columns do cells[column] = " " end
  local function fill(from, to, mark)
    for column = column_of(axis, from), column_of(axis, to) do
      cells[math.tointeger(column)] = mark
    end
  end
  fill(created, start or stop or axis.to, ".")
  if start then fill(start, stop or axis.to, "=") end
  if stop then cells[math.tointeger(column_of(axis, stop))] = END[result] or ">" end
  return table.concat(cells)
end

local function took(start, stop) return stop and start and duration.go(stop - start) or "" end

local function bars(list, axis, width, label)
  local lines = {}
  for i, one in ipairs(list) do
    if i > MOST_LINES then
      lines[#lines + 1] = (" and %d more"):format(#list - MOST_LINES)
      break
    end
    local note = ("%s %s%s"):format(RESULT[one.result] or "runs", took(one.start, one.stop),
      (one.restarts or 0) > 0 and (", %d restarts"):format(one.restarts) or "")
    lines[i] = row(label(one), bar(axis, one.created or one.start, one.start, one.stop, one.result),
      note, width)
  end
  return lines
end

local function labels_of(list, label)
  local labels = {}
  for i = 1, math.min(#list, MOST_LINES) do labels[i] = label(list[i]) end
  return labels
end

local function bars_text(thing, list, label, story, options)
  local axis, width = layout(labels_of(list, label), window.of(story, thing), options)
  local lines = bars(list, axis, width, label)
  local marks, events = marked(events_about(story, thing, axis), axis)
  if #events > 0 then lines[#lines + 1] = row("events", marks, nil, width) end
  table.move(events, 1, #events, #lines + 1, lines)
  return heading(thing.name, axis, story) .. "\n" .. table.concat(lines, "\n")
end

local function job_text(job, story, options)
  return bars_text(job, job.pods, function(pod) return pod.label end, story, options)
end

local function run_label(run)
  return run.name:gsub("^Job/", "") .. (run.overlaps and " (overlaps)" or "")
end

local function cron_text(cron, story, options)
  local skipped = #cron.skipped
  return bars_text(cron, cron.runs, run_label, story, options)
    .. ("\n %d run%s, %d due and not made"):format(#cron.runs, #cron.runs == 1 and "" or "s",
      skipped)
end

-- ---- nodes ----

local function nodes_text(story, options)
  local labels, most = {}, 1
  for i, node in ipairs(story.nodes) do
    labels[i] = node.name
    most = math.max(most, node.pods:most())
  end
  local axis, width = layout(labels, story, options)
  local lines = { heading("nodes", axis, story) }
  for i, node in ipairs(story.nodes) do
    if i > MOST_LINES then
      lines[#lines + 1] = (" and %d more"):format(#story.nodes - MOST_LINES)
      break
    end
    local last = node.pods:last()
    lines[#lines + 1] = row(node.name, blocks(node.pods, axis, most, options.style, "most"),
      ("%d pod%s%s"):format(last, last == 1 and "" or "s",
        node.ready:last() == 0 and ", not ready" or ""), width)
  end
  return table.concat(lines, "\n")
end

-- ---- the whole ----

--- The timeline of one thing, or of the nodes.
-- @tparam table story see wl.report.story
-- @tparam table thing a rollout, a job or a CronJob of it; nil: the nodes
-- @tparam ?table options width, of the terminal in columns (80); ascii: no block
--   characters; from, to: seconds since the beginning
-- @treturn string
function text.timeline(story, thing, options)
  options = { width = options.width, from = options.from, to = options.to,
    style = options.ascii and PLAIN or BLOCKS }
  if not thing then return nodes_text(story, options) .. "\n" end
  local write = thing.layers and rollout_text or thing.runs and cron_text or job_text
  return write(thing, story, options) .. "\n"
end

return text
