-- SPDX-License-Identifier: MIT
--- Verbs that draw: timeline, report.
local reference = require "wl.verbs.reference"
local terminal = require "wl.terminal"

local pictures = {}

local function things_of(story)
  local things = {}
  for _, list in ipairs { story.rollouts, story.jobs, story.cron_jobs } do
    for _, thing in ipairs(list) do things[#things + 1] = thing end
  end
  return things
end

local function names_of(things)
  local names = {}
  for i, thing in ipairs(things) do names[i] = thing.name end
  return names
end

-- A run of a CronJob is found, too.
local function by_uid(things, uid)
  for _, thing in ipairs(things) do
    if thing.uid == uid then return thing end
    for _, run in ipairs(thing.runs or {}) do
      if run.uid == uid then return run end
    end
  end
end

local function find(cluster, story, words, options)
  local object = reference.find(cluster, words, options)
  local things = things_of(story)
  local found = by_uid(things, object.metadata.uid)
  if not found then
    reference.misuse("timeline: there is no timeline of %s; there are: %s", words,
      #things > 0 and table.concat(names_of(things), ", ", 1, math.min(#things, 8)) or "nodes")
  end
  return found
end

local OPTIONS = { width = true, ascii = true, from = true, to = true }

local function moment(cluster, given, name)
  if given == nil then return nil end
  local seconds = require("wl.duration").seconds(given, 3)
  if seconds < 0 or seconds > cluster:now() - cluster.started then
    reference.misuse("timeline: %s: %s is not between the beginning and now", name, tostring(given))
  end
  return seconds
end

-- What the shell says, else the width of the terminal, else 80.
local function width()
  local said = math.tointeger(tonumber(os.getenv "COLUMNS" or ""))
  return said or terminal.is "stdout" and terminal.columns() or 80
end

local function is_ascii()
  local locale = os.getenv "LC_ALL" or os.getenv "LC_CTYPE" or os.getenv "LANG" or ""
  return locale ~= "" and not locale:upper():find "UTF%-?8"
end

--- Print how a workload went over virtual time: its pods by revision, what was available,
-- its budget and events; a Job's pods; a CronJob's runs; or the pods by node.
-- @param cluster
-- @tparam string words "deploy/web", "job/pi", "cronjob/backup" or "nodes"
-- @tparam ?table options width (columns), ascii, from, to ("30s", since the beginning)
function pictures.timeline(cluster, words, options)
  if type(words) ~= "string" then
    reference.misuse('timeline: a workload expected, as in "deploy/web", or "nodes"; got %s',
      reference.seen(words))
  end
  options = reference.options("timeline", options, OPTIONS)
  local story = require("wl.report.story").of(cluster)
  local thing = words ~= "nodes" and words ~= "node" and find(cluster, story, words, options) or nil
  io.write(require("wl.report.text").timeline(story, thing, {
    width = options.width or width(), ascii = options.ascii or is_ascii(),
    from = moment(cluster, options.from, "from"), to = moment(cluster, options.to, "to") }))
end

--- Write what happened as one HTML file that opens from disk.
-- @param cluster
-- @tparam string path "out.html"
-- @tparam ?table options title
function pictures.report(cluster, path, options)
  if type(path) ~= "string" then
    reference.misuse('report: the name of a file expected, as in report "out.html"; got %s',
      reference.seen(path))
  end
  options = reference.options("report", options, { title = true })
  local written, message = require("wl.report.html").write(cluster, path, options)
  if not written then
    reference.misuse("report: %s", message)
  end
end

return pictures
