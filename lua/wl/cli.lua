-- SPDX-License-Identifier: MIT
--- The command line. What there is to write stands in wl.cli.commands; command
-- NAME is run by wl.cli.NAME, called with the parsed options.
local help = require "wl.cli.help"
local host = require "wl.host"
local read_options = require "wl.cli.options"
local report = require "wl.cli.report"

local cli = {}

local function run_busted(arguments)
  arg = { [0] = arguments[1], table.unpack(arguments, 2) }
  require "busted.runner" { standalone = false }
  return 0
end

-- `wlrun --help`, `wlrun check --help`, `wlrun --help check`.
local function show_help(options)
  local command = options.command
  if command.named then
    io.write(help.of(command))
    return 0
  end
  local word = options.files[1]
  return help.main { files = { word and word:find "^%l+$" and word or nil } }
end

--- Run wlrun with these arguments.
-- @tparam {string} arguments as Lua's `arg`
-- @treturn integer exit status, see wl.cli.commands
function cli.main(arguments)
  if arguments[1] == "--busted" then return run_busted(arguments) end
  local options, message = read_options.parse(arguments)
  if not options then return report.bad_input(message) end
  if options.help then
    return show_help(options)
  elseif options.version then
    print("wlrun " .. host.version)
    return 0
  end
  return require("wl.cli." .. options.command.name).main(options)
end

return cli
