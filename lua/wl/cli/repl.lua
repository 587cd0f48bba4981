-- SPDX-License-Identifier: MIT
--- `wlrun`, `wlrun repl`, `wlrun -i SCENARIO.lua`.
local report = require "wl.cli.report"
local session = require "wl.cli.session"

local repl = {}

--- @tparam table options see wl.cli.commands
-- @treturn integer exit status
function repl.main(options)
  local trace, message = session.open_trace(options)
  if message then return report.bad_input(message) end
  function options.on_cluster(cluster) session.watch(cluster, options, trace) end
  local status = require("wl.repl").start(options)
  if trace then trace:close() end
  return status
end

return repl
