-- SPDX-License-Identifier: MIT
--- Tests in the Test Anything Protocol, version 14.
-- Source: https://testanything.org/tap-version-14-specification.html
local yaml = require "wl.yaml"

local Tap = {}
Tap.__index = Tap

--- @treturn Tap that prints
function Tap.new()
  io.write "TAP version 14\n"
  return setmetatable({ count = 0 }, Tap)
end

function Tap.started() end
function Tap.ended() end

local function escaped(name) return (name:gsub("[\\#]", "\\%0"):gsub("\n", " ")) end

-- What is known of a failure, as YAML below the line.
local function diagnosis(test)
  local known = { message = test.message or test.output, again = test.again,
    duration_ms = math.floor(test.seconds * 1000),
    severity = test.status == 1 and "fail" or "error" }
  local text = yaml.format(known, { sorted = true })
  return "  ---\n  " .. text:gsub("\n$", ""):gsub("\n", "\n  ") .. "\n  ...\n"
end

--- A file's tests, in the order of the files.
function Tap:file(job)
  for _, test in ipairs(job.tests) do
    self.count = self.count + 1
    io.write(("%s %d - %s\n"):format(test.status == 0 and "ok" or "not ok", self.count,
      escaped(test.name)))
    if test.status ~= 0 then io.write(diagnosis(test)) end
  end
end

--- All are done.
function Tap:finish(_, left)
  if left > 0 then io.write("Bail out! ", left, " files were not run\n") end
  io.write("1..", self.count, "\n")
end

return Tap
