-- SPDX-License-Identifier: MIT
--- The cron laboratory: what a schedule does, before it does it.
--
--     cron "30 2 * * *" { tz = "Europe/Berlin", from = "2024-03-30", to = "2024-04-02" }
--
-- lists every firing, marks what a change of the clock does to it, and puts
-- three schedulers side by side that read the same five fields differently:
--
--   Kubernetes  github.com/robfig/cron: what the clock skips does not run, what
--               it repeats runs twice
--   cron        ISC/Vixie cron 4: what was skipped runs when the clock has jumped,
--               what is repeated runs once; but a schedule whose minutes or hours
--               begin with * runs by the minutes that pass. "*/2" is a * to it when
--               it decides whether day of month or of week must match
--   systemd     OnCalendar of a timer: what is skipped does not run, what is
--               repeated runs once; day of month and of week must both match
local cron = require "wl.cron"
local reference = require "wl.verbs.reference"
local suggest = require "wl.suggest"
local tabular = require "wl.table"
local time = require "wl.time"

local lab = {}

local MOST = 1000 -- firings that are listed
local WEEK = 7 * 86400

local SCHEDULERS = { "kubernetes", "cron", "systemd" }

-- ---- the horizon ----

-- "2024-03-30", "2024-03-30 12:00", RFC 3339, or seconds. What names no zone is
-- a time on the wall of the schedule's zone.
local function moment(given, tz, name)
  if math.type(given) then return given end
  local text = tostring(given)
  local exact = time.parse(text)
  if exact then return exact end
  local day, clock = text:match "^(%d+%-%d+%-%d+)[ T]?(%d*:?%d*)$"
  local wall = day and time.parse(("%sT%s:00Z"):format(day, clock ~= "" and clock or "00:00"))
  if not wall then
    reference.misuse('cron: %s: %q is no time, write it as in "2024-03-30" or '
      .. '"2024-03-30T12:00:00Z"', name, text)
  end
  return (select(2, cron.resolve(tz, wall)))
end

-- Each change of the clock in the horizon.
local function changes(tz, from, to)
  local list, before = {}, cron.period(tz, from)
  while before.to and before.to < to do
    local after = cron.period(tz, before.to)
    if after.offset ~= before.offset then
      list[#list + 1] = { at = before.to, before = before, after = after,
        by = after.offset - before.offset }
    end
    before = after
  end
  return list
end

-- ---- the firings ----

local function clock(wall) return time.format(wall):sub(12, 16) end

local function wall_text(at, period)
  return (time.format(at + period.offset):sub(1, 16):gsub("T", " ")) .. " " .. period.name
end

local function parse_all(text, options)
  local parsed = {}
  local readings = {
    kubernetes = { dst = options.dst },
    cron = { dialect = "vixie", dst = "Once" },
    systemd = { dialect = "systemd", dst = "Skip" },
  }
  for _, name in ipairs(SCHEDULERS) do
    local reading = readings[name]
    reading.tz, reading.seconds = options.tz, options.seconds
    local message
    parsed[name], message = cron.parse(text, reading)
    if not parsed[name] and name == "kubernetes" then
      reference.misuse('cron "%s": %s', text, message)
    end
  end
  return parsed
end

local function firings(parsed, from, to)
  local by_moment, rows, cut = {}, {}, false
  for _, name in ipairs(SCHEDULERS) do
    local list, more = {}, nil
    if parsed[name] then list, more = parsed[name]:between(from, to, MOST) end
    cut = cut or more ~= nil
    for _, at in ipairs(list) do
      if not by_moment[at] then
        by_moment[at] = { at = at }
        rows[#rows + 1] = by_moment[at]
      end
      by_moment[at][name] = true
    end
  end
  table.sort(rows, function(a, b) return a.at < b.at end)
  return rows, cut
end

-- ---- what the clock does to them ----

-- Local times of the schedule that a jump skips.
local function skipped(text, change, options)
  local plain = cron.parse(text, { seconds = options.seconds })
  if not plain or change.by < 0 then return {} end
  return plain:between(change.at + change.before.offset, change.at + change.after.offset)
end

local function times(walls)
  local list = {}
  for i, wall in ipairs(walls) do list[i] = clock(wall) end
  return table.concat(list, ", ")
end

local function repeated_note(row, tz)
  local period = cron.period(tz, row.at)
  local wall = row.at + period.offset
  local fate, first = cron.resolve(tz, wall)
  if fate == "twice" then
    return ("%s comes twice: the %s time"):format(clock(wall),
      row.at == first and "first" or "second")
  end
end

-- Whether a firing is owed to a time that was skipped, and not due by itself.
local function makes_up(row, change, walls)
  for _, wall in ipairs(walls) do
    local shifted = wall - change.before.offset
    if (row.at == change.at or row.at == shifted) and not row.systemd then return wall end
  end
end

local function annotate(rows, text, found, options)
  for _, row in ipairs(rows) do row.note = repeated_note(row, options.tz) end
  for _, change in ipairs(found) do
    change.skipped = skipped(text, change, options)
    for _, row in ipairs(rows) do
      local wall = makes_up(row, change, change.skipped)
      if wall then row.note = ("for %s, which the clock skips"):format(clock(wall)) end
    end
  end
end

-- ---- printing ----

local function change_line(change)
  local wall = change.at + change.before.offset
  local line = ("%s %s the clock goes from %s %s to %s %s"):format(time.format(wall):sub(1, 10),
    change.by > 0 and "skips:  " or "repeats:", clock(wall), change.before.name,
    clock(change.at + change.after.offset), change.after.name)
  if #change.skipped > 0 then line = line .. ("; skipped: %s"):format(times(change.skipped)) end
  return line
end

local function mark(row, name, parsed)
  if not parsed[name] then return "?" end
  return row[name] and "runs" or "-"
end

local function table_of(self)
  local lines = { { "LOCAL TIME", "UTC", "KUBERNETES", "CRON", "SYSTEMD", "NOTE" } }
  for _, row in ipairs(self.firings) do
    lines[#lines + 1] = { wall_text(row.at, cron.period(self.tz, row.at)), time.format(row.at),
      mark(row, "kubernetes", self.parsed), mark(row, "cron", self.parsed),
      mark(row, "systemd", self.parsed), row.note or "" }
  end
  return tabular.format(lines)
end

local function sums(self)
  local parts = {}
  for i, name in ipairs(SCHEDULERS) do
    parts[i] = ("%s %s"):format(name, self.parsed[name] and self.counts[name] or "cannot read it")
  end
  return table.concat(parts, ", ")
end

local Lab = {}
Lab.__index = Lab

--- The whole as text.
function Lab:__tostring()
  local lines = { ("%s  %s, %s to %s"):format(self.schedule, self.tz, time.format(self.from),
    time.format(self.to)) }
  for _, change in ipairs(self.changes) do lines[#lines + 1] = change_line(change) end
  lines[#lines + 1] = (table_of(self):gsub("[ \n]+$", ""))
  lines[#lines + 1] = (self.cut and "the first firings: " or "firings: ") .. sums(self)
  return (table.concat(lines, "\n"):gsub(" +\n", "\n"))
end

-- ---- the verb ----

local OPTIONS = { tz = true, from = true, to = true, dst = true, seconds = true }

local function counts_of(rows)
  local counts = { kubernetes = 0, cron = 0, systemd = 0 }
  for _, row in ipairs(rows) do
    for _, name in ipairs(SCHEDULERS) do counts[name] = counts[name] + (row[name] and 1 or 0) end
  end
  return counts
end

--- Look at a schedule.
-- @tparam string text
-- @tparam table options
--   tz       "Europe/Berlin"; UTC when left out
--   from     "2024-03-30", a moment, or seconds; 1970 when left out
--   to       a week later when left out
--   dst      of the Kubernetes column: "Kubernetes", "Skip", "Once", "Shift"
--   seconds  true: six fields
-- @return with firings { at=, kubernetes=, cron=, systemd=, note= }, changes, counts;
--   tostring gives the table
function lab.look(text, options)
  for name in pairs(options) do
    if not OPTIONS[name] then
      reference.misuse("cron: unknown option %q%s", tostring(name),
        suggest.hint(tostring(name), suggest.keys(OPTIONS)))
    end
  end
  local tz = options.tz or "UTC"
  local known, message = cron.period(tz, 0)
  if not known then reference.misuse("cron: tz: %s", message) end
  local from = moment(options.from or 0, tz, "from")
  local to = options.to and moment(options.to, tz, "to") or from + WEEK
  local reading = { tz = tz, dst = options.dst, seconds = options.seconds }
  local parsed = parse_all(text, reading)
  local rows, cut = firings(parsed, from, to)
  local found = changes(tz, from, to)
  annotate(rows, text, found, reading)
  return setmetatable({ schedule = text, tz = tz, from = from, to = to, parsed = parsed,
    firings = rows, cut = cut, changes = found, counts = counts_of(rows) }, Lab)
end

--- The verb: `cron "30 2 * * *" { ... }` looks, prints and returns what it saw.
-- @tparam string text
-- @treturn function takes the options
function lab.cron(text)
  if type(text) ~= "string" then
    reference.misuse('cron: a schedule expected, as in cron "30 2 * * *" '
      .. '{ tz = "Europe/Berlin" }; got %s', reference.seen(text))
  end
  return function(options)
    local seen = lab.look(text, options or {})
    print(tostring(seen))
    return seen
  end
end

return lab
