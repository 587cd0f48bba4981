-- SPDX-License-Identifier: MIT
--- The command line.
local host = require "wl.host"

local cli = {}

local USAGE = [[
usage: wlrun [options] scenario.lua [arguments]
  --version      print the version
  --busted ...   run busted specs inside wlrun
]]

local function fail(message)
  io.stderr:write(message, "\n")
  return 2
end

local function shifted(arguments, by)
  local rest = { [0] = arguments[by] }
  for i = by + 1, #arguments do
    rest[#rest + 1] = arguments[i]
  end
  return rest
end

local function run_busted(arguments)
  arg = shifted(arguments, 1)
  require "busted.runner" { standalone = false }
  return 0
end

local function run_scenario(arguments)
  local file = arguments[1]
  local chunk, problem = loadfile(file, "t")
  if not chunk then
    return fail(problem)
  end
  local dir = file:match "^(.*)/" or "."
  package.path = ("%s/?.lua;%s/?/init.lua;%s"):format(dir, dir, package.path)
  arg = shifted(arguments, 1)
  local ok, err, traceback = host.call(chunk, table.unpack(arg))
  return ok and 0 or fail(tostring(err) .. traceback)
end

--- Run wlrun with these arguments.
-- @tparam {string} arguments as Lua's `arg`
-- @treturn integer exit status: 0 as expected, 1 an expectation failed,
--   2 bad input or usage
function cli.main(arguments)
  local first = arguments[1]
  if first == nil then
    return fail(USAGE)
  elseif first == "--version" then
    print("wlrun " .. host.version)
    return 0
  elseif first == "--busted" then
    return run_busted(arguments)
  end
  return run_scenario(arguments)
end

return cli
