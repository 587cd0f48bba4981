-- SPDX-License-Identifier: MIT
--- A run as one HTML file: charts, and the log of events, each linked to its moment.
--
-- It needs no network and no script, opens from disk, and is read with a keyboard as
-- well as with a mouse: the marks of events in the charts are links to their rows.
local Rollouts = require "wl.report.rollouts"
local charts = require "wl.report.charts"
local duration = require "wl.duration"
local markup = require "wl.report.markup"
local story = require "wl.report.story"
local style = require "wl.report.style"
local time = require "wl.time"

local html = {}

local element, text = markup.element, markup.text

local MOST_EVENTS = 5000
local MOST_JOBS = 50

-- ---- parts ----

local function section(id, title, ...)
  return element("section", { "aria-labelledby", id }, element("h2", { "id", id }, text(title))
    .. table.concat({ ... }))
end

local function paragraph(format, ...) return element("p", {}, text(format:format(...))) end

local function counted(n, word) return ("%d %s%s"):format(n, word, n == 1 and "" or "s") end

local function sample(class, shape)
  return element("svg", { "viewBox", "0 0 22 12", "aria-hidden", "true" },
    shape == "line" and element("path", { "d", "M0 6H22", "class", class })
    or element("rect", { "width", 22, "height", 12, "class", class }))
end

local function legend(entries)
  local items = {}
  for i, entry in ipairs(entries) do
    items[i] = element("li", {}, sample(entry[2], entry[3]) .. text(entry[1]))
  end
  return element("ul", { "class", "legend" }, table.concat(items))
end

-- Numbers the events, and sorts those that get a row by the uid of their object.
local function index_events(told)
  told.events_of = {}
  for i, event in ipairs(told.events) do
    event.number = i
    if i <= MOST_EVENTS and event.uid then
      local list = told.events_of[event.uid] or {}
      told.events_of[event.uid] = list
      list[#list + 1] = event
    end
  end
end

-- What was told of a thing, and warnings of what it owns.
local function events_about(told, thing)
  local found = { table.unpack(told.events_of[thing.uid] or {}) }
  for uid in pairs(thing.uids or {}) do
    for _, event in ipairs(uid ~= thing.uid and told.events_of[uid] or {}) do
      if event.type == "Warning" then found[#found + 1] = event end
    end
  end
  table.sort(found, function(a, b) return a.number < b.number end)
  return found
end

-- ---- sections ----

local function rollout_words(rollout)
  local breaches = Rollouts.breaches(rollout)
  if not breaches[1] then return paragraph("Never fewer available than the budget allows.") end
  local moments = {}
  for i = 1, math.min(#breaches, 10) do moments[i] = duration.go(breaches[i]) end
  return element("p", { "class", "failure" }, text(
    ("Fewer available than the budget allows, from: %s"):format(table.concat(moments, ", "))))
end

local function rollout_section(told, rollout, id)
  local entries = {}
  for i, layer in ipairs(rollout.layers) do
    entries[i] = { layer.label, "layer layer-" .. (i - 1) % 6 + 1 }
  end
  entries[#entries + 1] = { "available", "available", "line" }
  if rollout.least:most() > 0 then
    entries[#entries + 1] = { "least that the budget allows", "budget", "line" }
  end
  return section(id, rollout.name, charts.rollout(told, rollout, events_about(told, rollout)),
    legend(entries), rollout.least:most() > 0 and rollout_words(rollout) or "")
end

local BARS = { { "succeeded", "bar succeeded" }, { "failed", "bar failed" },
  { "deleted", "bar deleted" }, { "running", "bar running" } }

local function job_section(told, job, id)
  local restarts, failed = 0, 0
  for _, pod in ipairs(job.pods) do
    restarts = restarts + pod.restarts
    failed = failed + (pod.result == "Failed" and 1 or 0)
  end
  return section(id, job.name, charts.job(told, job, events_about(told, job)), legend(BARS),
    paragraph("%s%s, %d failed, %s; %s%s.", counted(#job.pods, "pod"),
      #job.pods > charts.MOST_BARS and (" (%d are drawn)"):format(charts.MOST_BARS) or "", failed,
      counted(restarts, "restart"), job.result or "still running",
      job.reason and " (" .. job.reason .. ")" or ""))
end

local function cron_section(told, cron, id)
  local overlaps = 0
  for _, run in ipairs(cron.runs) do overlaps = overlaps + (run.overlaps and 1 or 0) end
  return section(id, cron.name, charts.cron_job(told, cron, events_about(told, cron)),
    legend(BARS), paragraph("Schedule %s: %s, %d due and not made, %d beside another run.",
      cron.schedule, counted(#cron.runs, "run"), #cron.skipped, overlaps))
end

local function event_row(event)
  return element("tr", { "id", "event-" .. event.number, "class", event.type:lower() },
    element("td", { "class", "time" }, text(duration.go(event.t)))
    .. element("td", {}, text(event.type)) .. element("td", {}, text(event.reason))
    .. element("td", {}, text(event.object))
    .. element("td", {}, text(event.message .. (event.count > 1 and (" (x%d, until %s)"):format(
      event.count, duration.go(event.last)) or ""))))
end

local function events_section(told)
  local rows = {}
  for i = 1, math.min(#told.events, MOST_EVENTS) do rows[i] = event_row(told.events[i]) end
  local more = #told.events > MOST_EVENTS
    and paragraph("and %d more", #told.events - MOST_EVENTS) or ""
  local head = "<thead><tr><th scope=\"col\">Time</th><th scope=\"col\">Type</th>"
    .. "<th scope=\"col\">Reason</th><th scope=\"col\">Object</th><th scope=\"col\">Message</th>"
    .. "</tr></thead>"
  return section("events", "Events",
    element("table", {}, head .. element("tbody", {}, table.concat(rows))), more)
end

-- ---- the page ----

local function body(told, options)
  local parts = { element("h1", {}, text(options.title)),
    paragraph("%s of virtual time from %s, seed %d.", duration.go(told.to),
      time.format(told.origin), options.seed) }
  if options.failure then
    parts[#parts + 1] = element("p", { "class", "failure", "role", "alert" }, text(options.failure))
  end
  if told.from > 0 then
    parts[#parts + 1] = paragraph("The history was cut: the charts begin at %s. A larger history "
      .. "in cluster { history = ... } keeps more.", duration.go(told.from))
  end
  for i, rollout in ipairs(told.rollouts) do
    parts[#parts + 1] = rollout_section(told, rollout, "rollout-" .. i)
  end
  for i = 1, math.min(#told.jobs, MOST_JOBS) do
    parts[#parts + 1] = job_section(told, told.jobs[i], "job-" .. i)
  end
  if #told.jobs > MOST_JOBS then
    parts[#parts + 1] = paragraph("and %s that are not drawn.",
      counted(#told.jobs - MOST_JOBS, "Job"))
  end
  for i, cron in ipairs(told.cron_jobs) do
    parts[#parts + 1] = cron_section(told, cron, "cron-job-" .. i)
  end
  parts[#parts + 1] = section("nodes", "Nodes", charts.nodes(told),
    legend { { "pods", "layer layer-1" }, { "not ready", "not-ready" } },
    #told.nodes > charts.MOST_NODES and paragraph("and %s that are not drawn.",
      counted(#told.nodes - charts.MOST_NODES, "node")) or "")
  parts[#parts + 1] = events_section(told)
  return element("main", {}, table.concat(parts, "\n"))
end

--- The page.
-- @param cluster
-- @tparam ?table options title; failure: what ended the run, as text
-- @treturn string
function html.page(cluster, options)
  options = options or {}
  local told = story.of(cluster)
  index_events(told)
  local about = { title = options.title or "wlrun report", failure = options.failure,
    seed = cluster.seed }
  return ('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    .. '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>%s</title>\n'
    .. "<style>\n%s</style>\n</head>\n<body>\n%s\n</body>\n</html>\n"):format(text(about.title),
    style, body(told, about))
end

--- Write the page to a file.
-- @param cluster
-- @tparam string path
-- @tparam ?table options as for `page`
-- @treturn ?boolean true; or nil and why not
function html.write(cluster, path, options)
  local out, message = io.open(path, "w")
  if not out then return nil, message end
  local written
  written, message = out:write(html.page(cluster, options))
  local closed, problem = out:close()
  if not written or not closed then return nil, message or problem end
  return true
end

return html
