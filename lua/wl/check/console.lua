-- SPDX-License-Identifier: MIT
--- How tests are told to people: a line each, and what is wrong below it.
local duration = require "wl.duration"

local Console = {}
Console.__index = Console

local WIDTH = 56 -- of names; longer ones push their time to the right
local MOST_OUTPUT = 40 -- lines of a failed test's output

--- @tparam table options quiet: only what failed; verbose: what was printed, too;
--   colours; columns of the terminal (nil: it is none)
-- @treturn Console
function Console.new(options)
  return setmetatable({ options = options, running = {}, passed = 0, failed = 0, modules = 0,
    done = 0 }, Console)
end

local COLOURS = { green = "32", red = "31", dim = "2" }

function Console:paint(colour, text)
  return self.options.colours and ("\27[%sm%s\27[0m"):format(COLOURS[colour], text) or text
end

local function seconds_text(seconds) return ("%.2fs"):format(seconds) end

-- ---- the line of what runs ----

local function erase(self)
  if self.is_shown then io.stderr:write "\r\27[K" end
  self.is_shown = false
end

local function show_running(self)
  if not self.options.columns then return end
  local names = {}
  for _, job in ipairs(self.running) do names[#names + 1] = job.path end
  if #names == 0 then return end
  local text = ("%d of %d files; running %s"):format(self.done, self.options.files,
    table.concat(names, ", "))
  io.stdout:flush()
  io.stderr:write("\r\27[K", self:paint("dim", text:sub(1, self.options.columns - 1)))
  io.stderr:flush()
  self.is_shown = true
end

--- A file has begun.
function Console:started(job)
  self.running[#self.running + 1] = job
  show_running(self)
end

--- A file has ended.
function Console:ended(job)
  for i, one in ipairs(self.running) do
    if one == job then table.remove(self.running, i) break end
  end
  self.done = self.done + 1
  show_running(self)
end

-- ---- what became of them ----

local function indented(text, by)
  return (" "):rep(by) .. text:gsub("\n$", ""):gsub("\n", "\n" .. (" "):rep(by)) .. "\n"
end

local function last_lines(text, most)
  local lines = {}
  for line in text:gmatch "[^\n]*" do lines[#lines + 1] = line end
  if lines[#lines] == "" then lines[#lines] = nil end
  if #lines <= most then return table.concat(lines, "\n") end
  return ("... (%d lines more above)\n"):format(#lines - most)
    .. table.concat(lines, "\n", #lines - most + 1)
end

function Console:line(word, colour, test)
  local gap = (" "):rep(math.max(2, WIDTH - (utf8.len(test.name) or #test.name)))
  io.write(self:paint(colour, word), test.name, gap, seconds_text(test.seconds), "\n")
end

function Console:failure(test)
  self:line("FAIL  ", "red", test)
  io.write(indented(test.message or last_lines(test.output, MOST_OUTPUT), 6))
  if test.again then io.write("      again: ", test.again, "\n") end
  if test.left then io.write("      left in ", test.left, "\n") end
end

--- A file's tests, in the order of the files.
function Console:file(job)
  erase(self)
  if job.is_module then self.modules = self.modules + 1 end
  if job.is_module and self.options.verbose then
    io.write("      ", job.path, ": no scenario: it returns what others use\n")
  end
  for _, test in ipairs(job.tests) do
    if test.status ~= 0 then
      self.failed = self.failed + 1
      self:failure(test)
    else
      self.passed = self.passed + 1
      if not self.options.quiet then self:line("ok    ", "green", test) end
    end
  end
  if self.options.verbose and #job.tests > 0 and job.tests[1].output ~= "" then
    io.write(indented(job.tests[1].output, 6))
  end
  show_running(self)
end

--- All are done.
-- @tparam number seconds that it took
-- @tparam integer left files that were not run
function Console:finish(seconds, left)
  erase(self)
  local counts = ("%d passed"):format(self.passed)
  local failed = ("%d failed"):format(self.failed)
  if self.failed > 0 then counts = counts .. ", " .. self:paint("red", failed) end
  if left > 0 then counts = counts .. (", %d files not run"):format(left) end
  io.write(self.passed + self.failed > 0 and not self.options.quiet and "\n" or "", counts, " in ",
    seconds < 120 and seconds_text(seconds) or duration.format(seconds), "\n")
end

return Console
