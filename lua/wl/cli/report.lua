-- SPDX-License-Identifier: MIT
--- How a run that went wrong is told, and its exit status.
local report = {}

--- Tell what is wrong with the input.
-- @tparam string message
-- @treturn integer exit status
-- @treturn string the message
function report.bad_input(message)
  io.stdout:flush()
  io.stderr:write(message, message:sub(-1) == "\n" and "" or "\n")
  return 2, message
end

-- "\n  web.lua:3: in ..." -> "web.lua:3: "
local function place_of(traceback)
  local place = traceback:match "^\n  ([^\n]-:%d+): in "
  return place and place .. ": " or ""
end

-- What the user wrote wrong is told at the user's line, wherever it was noticed.
local function placed(text, traceback)
  local place = place_of(traceback)
  local inside, rest = text:match "^(%l+/[%w_/]+%.lua:%d+: )(.*)$"
  if inside and (inside:find "^lua/" or inside:find "^stdlib/") then
    local is_ours = rest:find "^attempt to" or rest:find "^bad argument"
    return place .. (is_ours and text or rest)
  elseif text:find "^[^\n:]+:%d+: " then
    return text
  end
  return place .. text
end

--- Why a scenario ended.
-- @param problem what was raised
-- @tparam ?string traceback of the user's frames, see wl.host
-- @treturn integer exit status: 1 an expectation failed, 2 anything else
-- @treturn string
function report.text(problem, traceback)
  traceback = traceback or ""
  if require("wl.verbs.checks").is_failure(problem) then
    return 1, place_of(traceback) .. tostring(problem)
  end
  local _, frames = traceback:gsub("\n  ", "")
  if require("wl.apierror").is(problem) then
    local shown = frames > 1 and place_of(traceback) ~= "" and traceback or ""
    return 2, place_of(traceback) .. tostring(problem) .. shown
  end
  return 2, placed(tostring(problem), traceback) .. traceback
end

--- Tell why a scenario ended; arguments and results are those of `text`.
function report.raised(problem, traceback)
  local status, text = report.text(problem, traceback)
  report.bad_input(text)
  return status, text
end

return report
