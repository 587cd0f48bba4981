-- SPDX-License-Identifier: MIT
--- The charts of a report: pods by revision as stacked areas with what was available
-- against the budget; pods of a Job as bars; runs of a CronJob on a strip; pods by node.
local Plot = require "wl.report.plot"
local duration = require "wl.duration"
local markup = require "wl.report.markup"
local window = require "wl.report.window"

local charts = {}

local COLOURS = 6 -- classes layer-1 .. layer-6
charts.MOST_BARS, charts.MOST_NODES = 200, 60 -- that are drawn
local BAR = 16 -- the height of a bar with its gap

-- ---- steps ----

-- The moments at which one of some series changes, within a stretch of time.
local function moments(list, from, to)
  local seen, times = {}, { from }
  for _, series in ipairs(list) do
    for _, t in ipairs(series.times) do
      if t > from and t <= to and not seen[t] then
        seen[t] = true
        times[#times + 1] = t
      end
    end
  end
  table.sort(times)
  return times
end

-- A line of steps: at each moment it goes to its new height.
local function steps(plot, times, height_at)
  local parts, before = {}, nil
  for _, t in ipairs(times) do
    local x, y = plot:x(t), height_at(t)
    parts[#parts + 1] = before and ("H%.2fV%.2f"):format(x, y) or ("M%.2f %.2f"):format(x, y)
    before = y
  end
  return table.concat(parts) .. ("H%.2f"):format(plot:x(plot.to))
end

-- ---- marks of events ----

local function mark_events(plot, events)
  for _, event in ipairs(events) do
    if event.t >= plot.from and event.t <= plot.to then
      local x = plot:x(event.t)
      plot:add("a", { "href", "#event-" .. event.number, "class", "mark " .. event.type:lower() },
        ('<path d="M%.2f %.2fl-4 -8h8z"/><title>%s</title>'):format(x, plot.top,
          markup.text(("%s %s: %s"):format(duration.go(event.t), event.reason,
            event.message))))
    end
  end
end

-- ---- rollouts ----

local function draw_layers(plot, rollout, times, most)
  local below = {}
  for _, t in ipairs(times) do below[t] = 0 end
  for i, layer in ipairs(rollout.layers) do
    local base = {}
    for _, t in ipairs(times) do
      base[t] = below[t]
      below[t] = below[t] + layer.pods:at(t)
    end
    local top = steps(plot, times, function(t) return plot:y(below[t], most) end)
    local parts = { top }
    for j = #times, 1, -1 do
      local y = plot:y(base[times[j]], most)
      parts[#parts + 1] = ("%s%.2fH%.2f"):format("V", y, plot:x(times[j]))
    end
    plot:add("path", { "d", table.concat(parts) .. "Z",
      "class", "layer layer-" .. (i - 1) % COLOURS + 1 }, "<title>" ..
      markup.text(layer.label) .. "</title>")
  end
end

--- Pods by revision, the available ones, and the least that the budget allows.
-- @tparam table story
-- @tparam table rollout
-- @tparam {event,...} events about it
-- @treturn string markup
function charts.rollout(story, rollout, events)
  local plot = Plot.new(window.of(story, rollout), 180)
  local all = { rollout.available, rollout.least, rollout.wanted }
  for _, layer in ipairs(rollout.layers) do all[#all + 1] = layer.pods end
  local times = moments(all, plot.from, plot.to)
  local most = math.max(1, rollout.wanted:most(), rollout.most:most())
  for _, t in ipairs(times) do
    local sum = 0
    for _, layer in ipairs(rollout.layers) do sum = sum + layer.pods:at(t) end
    most = math.max(most, sum)
  end
  plot:number_axis(most)
  plot:time_axis()
  draw_layers(plot, rollout, times, most)
  for _, line in ipairs { { rollout.least, "budget" }, { rollout.available, "available" } } do
    if line[1]:most() > 0 then
      local function height(t) return plot:y(line[1]:at(t), most) end
      plot:add("path", { "d", steps(plot, times, height), "class", line[2] })
    end
  end
  mark_events(plot, events)
  return plot:svg(rollout.name, ("pods by revision from %s to %s, at most %d"):format(
    duration.go(plot.from), duration.go(plot.to), most))
end

-- ---- bars ----

local function class_of(one)
  return "bar " .. (one.result or "running"):lower() .. (one.overlaps and " overlaps" or "")
end

local function draw_bar(plot, one, i, label)
  local y = plot.top + (i - 1) * BAR
  local stop = one.stop or plot.to
  local waited = one.created or one.start
  plot:label(plot.left - 8, y + 11, label, "end", "tick")
  if one.start and one.start > waited then
    plot:add("rect", { "x", plot:x(waited), "y", y + 5, "height", 4, "class", "waiting",
      "width", plot:x(one.start) - plot:x(waited) })
  end
  local from = one.start or waited
  local words = ("%s: %s to %s, %s"):format(label, duration.go(from), duration.go(stop),
    one.result or "running")
  plot:add("rect", { "x", plot:x(from), "y", y + 1, "height", BAR - 4, "rx", 2,
    "width", math.max(2, plot:x(stop) - plot:x(from)),
    "class", class_of(one) }, "<title>" .. markup.text(words) .. "</title>")
end

local function bars(story, thing, list, events, label)
  local shown = math.min(#list, charts.MOST_BARS)
  local plot = Plot.new(window.of(story, thing), math.max(1, shown) * BAR)
  plot:time_axis()
  for i = 1, shown do draw_bar(plot, list[i], i, label(list[i])) end
  mark_events(plot, events)
  return plot, shown
end

--- The pods of a Job, each from its making to its end.
function charts.job(story, job, events)
  local plot, shown = bars(story, job, job.pods, events, function(pod) return pod.label end)
  return plot:svg(job.name, ("%d of %d pods"):format(shown, #job.pods))
end

--- The runs of a CronJob on one strip: what ran, what was due and not made.
function charts.cron_job(story, cron, events)
  local plot = Plot.new(window.of(story, cron), 44)
  plot:time_axis()
  plot:label(plot.left - 8, plot.top + 16, "runs", "end", "tick")
  plot:label(plot.left - 8, plot.top + 38, "due, not made", "end", "tick")
  for _, run in ipairs(cron.runs) do
    local stop = run.stop or plot.to
    plot:add("rect", { "x", plot:x(run.start), "y", plot.top + 4, "height", 16, "rx", 2,
      "width", math.max(2, plot:x(stop) - plot:x(run.start)),
      "class", class_of(run) }, "<title>" .. markup.text(("%s: %s to %s, %s%s"):format(run.name,
        duration.go(run.start), duration.go(stop), run.result or "running",
        run.overlaps and ", overlaps" or "")) .. "</title>")
  end
  for _, at in ipairs(cron.skipped) do
    if at >= plot.from and at <= plot.to then
      plot:add("circle", { "cx", plot:x(at), "cy", plot.top + 34, "r", 3, "class", "skipped" },
        "<title>due at " .. duration.go(at) .. "</title>")
    end
  end
  mark_events(plot, events)
  return plot:svg(cron.name, ("%d runs, %d due and not made"):format(#cron.runs, #cron.skipped))
end

-- ---- nodes ----

local function draw_node(plot, node, i, most)
  local top, bottom = plot.top + (i - 1) * 24 + 2, plot.top + i * 24 - 2
  plot:label(plot.left - 8, bottom - 5, node.name, "end", "tick")
  local times = moments({ node.pods, node.ready }, plot.from, plot.to)
  local function y(t) return bottom - node.pods:at(t) / most * (bottom - top) end
  plot:add("path", { "d", steps(plot, times, y) .. ("V%.2fH%.2fZ"):format(bottom,
    plot:x(plot.from)), "class", "layer layer-1" }, "<title>" ..
    markup.text(node.name) .. "</title>")
  for j, t in ipairs(times) do
    if node.ready:at(t) == 0 then
      plot:add("rect", { "x", plot:x(t), "y", top, "height", bottom - top, "class", "not-ready",
        "width", math.max(1, plot:x(times[j + 1] or plot.to) - plot:x(t)) })
    end
  end
end

--- Pods by node, and when a node was not ready.
function charts.nodes(story)
  local shown, most = math.min(#story.nodes, charts.MOST_NODES), 1
  for _, node in ipairs(story.nodes) do most = math.max(most, node.pods:most()) end
  local plot = Plot.new(story, math.max(1, shown) * 24)
  plot:time_axis()
  for i = 1, shown do draw_node(plot, story.nodes[i], i, most) end
  return plot:svg("Pods by node", ("%d of %d nodes, at most %d pods on one"):format(shown,
    #story.nodes, most))
end

return charts
