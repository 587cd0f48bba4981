-- SPDX-License-Identifier: MIT
--- `wlrun explain KIND[.FIELD...]`.
local explain = require "wl.explain"
local report = require "wl.cli.report"
local session = require "wl.cli.session"

local command = {}

--- @tparam table options see wl.cli.commands
-- @treturn integer exit status
function command.main(options)
  local opened, status = session.open(options)
  if not opened then return status end
  local text, message = explain.text(opened.scenario:known_kinds(), options.files[1],
    { recursive = options.recursive })
  opened:close()
  if not text then return report.bad_input("wlrun: " .. message) end
  io.write(text)
  return 0
end

return command
