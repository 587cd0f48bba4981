-- SPDX-License-Identifier: MIT
--- What a run that takes long is doing: one line on the terminal, erased at the end.
--
--     local line = progress.new()
--     cluster.observer = line            -- or call line:after_step(cluster) from another one
--     ... let time pass ...
--     line:finish()
--
-- It shows the virtual time, how many things happen a second, and how many pods are
-- ready; from the second second on, and only when the standard error is a terminal.
-- What is written meanwhile by `io.write` and `print` comes out as if it were not there.
local duration = require "wl.duration"
local host = require "wl.host"
local terminal = require "wl.terminal"

local Progress = {}
Progress.__index = Progress

local PATIENCE, PERIOD = 1, 0.1 -- wall-clock seconds: before the first line; between lines
local LOOK = 64                 -- steps between two looks at the clock

-- "1234567" -> "1,234,567"
local function grouped(count)
  local text = ("%d"):format(count)
  return (text:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", ""))
end

--- @tparam ?string title in front of it: "replaying"
-- @treturn Progress an observer of clusters
function Progress.new(title)
  return setmetatable({ title = title and title .. ": " or "", began = host.seconds(), steps = 0,
    is_on = terminal.is "stderr", shown_at = 0, shown_steps = 0 }, Progress)
end

-- ---- what it says ----

local function pods_of(cluster)
  local server = cluster.server
  local all = cluster.store:all(server:number(server:kind "Pod"))
  local total = all:count()
  return total > 0 and (", %s of %s pods ready"):format(grouped(all:count "ready"), grouped(total))
    or ""
end

local function text_of(self, cluster, now)
  local rate = (self.steps - self.shown_steps) / math.max(now - self.shown_at, 0.001)
  return ("%s%s of virtual time, %s events/s%s"):format(self.title,
    duration.format(cluster:now() - cluster.started), grouped(rate // 1), pods_of(cluster))
end

-- ---- the line ----

local function write(text)
  io.stderr:write(text)
  io.stderr:flush()
end

--- Take the line away.
function Progress:erase()
  if not self.restore then return end
  self.restore()
  self.restore = nil
  write "\r\27[K"
end

-- Others' output goes where the line stands: it makes room first.
local function make_way(self)
  local io_write, print_line = io.write, print
  rawset(io, "write", function(...)
    self:erase()
    return io_write(...)
  end)
  rawset(_G, "print", function(...)
    self:erase()
    print_line(...)
  end)
  self.restore = function()
    rawset(io, "write", io_write)
    rawset(_G, "print", print_line)
  end
end

local function show(self, cluster, now)
  if not self.restore then make_way(self) end
  local text = text_of(self, cluster, now):sub(1, terminal.columns() - 1)
  write("\r\27[K" .. text)
  self.shown_at, self.shown_steps = now, self.steps
end

-- ---- observing ----

--- One thing has been done.
function Progress:after_step(cluster)
  self.steps = self.steps + 1
  if not self.is_on or self.steps % LOOK ~= 0 then return end
  local now = host.seconds()
  if self.shown_at == 0 then self.shown_at = self.began end
  if now - self.began >= PATIENCE and now - self.shown_at >= PERIOD then
    show(self, cluster, now)
  end
end

--- Time is about to pass.
function Progress.before_time() end

--- The run is over.
function Progress:finish() self:erase() end

return Progress
