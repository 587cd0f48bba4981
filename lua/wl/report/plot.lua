-- SPDX-License-Identifier: MIT
--- The frame of a chart: an SVG with an axis of virtual time, and room to draw in.
--
-- Charts have classes, not colours: the page's style gives each theme its own.
local duration = require "wl.duration"
local markup = require "wl.report.markup"

local element = markup.element

local Plot = {}
Plot.__index = Plot

local WIDTH, LEFT, RIGHT, TOP, BOTTOM = 960, 150, 16, 12, 30
local LETTER = 8 -- the width of a letter of a tick, about

local STEPS = { 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
  86400, 172800, 604800, 2592000 }
local TICKS = 9

--- @tparam table axis from and to, in seconds since the beginning
-- @tparam number height of the room, in the units of the drawing
-- @treturn Plot
function Plot.new(axis, height)
  return setmetatable({ from = axis.from, to = math.max(axis.to, axis.from + 1), height = height,
    parts = {}, left = LEFT, right = WIDTH - RIGHT, top = TOP, bottom = TOP + height }, Plot)
end

--- Add markup.
function Plot:add(...) self.parts[#self.parts + 1] = element(...) end

--- Where a moment is.
-- @tparam number t seconds since the beginning
function Plot:x(t)
  local share = (math.max(self.from, math.min(self.to, t)) - self.from) / (self.to - self.from)
  return self.left + share * (self.right - self.left)
end

--- Where a number is, of at most `most`.
function Plot:y(v, most) return self.bottom - v / most * (self.bottom - self.top) end

--- Text in the drawing. @tparam string anchor "start", "middle" or "end"
function Plot:label(x, y, words, anchor, class)
  self:add("text", { "x", x, "y", y, "text-anchor", anchor, "class", class }, markup.text(words))
end

local function step_of(length)
  for _, step in ipairs(STEPS) do
    if length / step <= TICKS then return step end
  end
  return STEPS[#STEPS]
end

-- "5m", not "5m0s".
local function tick_of(t) return (duration.go(t):gsub("m0s$", "m"):gsub("h0m$", "h")) end

--- The axis of time, below.
function Plot:time_axis()
  local step = step_of(self.to - self.from)
  for t = math.ceil(self.from / step) * step, self.to, step do
    local x = self:x(t)
    self:add("line", { "x1", x, "x2", x, "y1", self.top, "y2", self.bottom + 4, "class", "grid" })
    local words = tick_of(t)
    local reaches_out = x + #words * LETTER / 2 > WIDTH
    self:label(reaches_out and WIDTH - 4 or x, self.bottom + 18, words,
      reaches_out and "end" or "middle", "tick")
  end
end

--- An axis of numbers, at the left: nothing, the half and all.
-- @tparam integer most
function Plot:number_axis(most)
  local seen = {}
  for _, v in ipairs { 0, most // 2, most } do
    if not seen[v] then
      seen[v] = true
      local y = self:y(v, most)
      self:add("line", { "x1", self.left, "x2", self.right, "y1", y, "y2", y, "class", "grid" })
      self:label(self.left - 8, y + 4, v, "end", "tick")
    end
  end
end

--- The drawing.
-- @tparam string title for those who do not see it, and as a tooltip
-- @tparam string about a sentence that says what it shows
-- @treturn string markup
function Plot:svg(title, about)
  local height = self.bottom + BOTTOM
  table.insert(self.parts, 1, element("title", {}, markup.text(title))
    .. element("desc", {}, markup.text(about)))
  return element("div", { "class", "chart" }, element("svg", { "viewBox",
    ("0 0 %d %d"):format(WIDTH, height), "role", "img", "aria-label", title .. ": " .. about },
    table.concat(self.parts)))
end

return Plot
