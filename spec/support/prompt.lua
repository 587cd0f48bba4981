-- SPDX-License-Identifier: MIT
--- The prompt, with lines from a pipe or typed at a terminal.
--
--     local said = prompt.lines { 'get nodes', 'run "5s"' }
--     said.out, said.err, said.status
--
--     local screen = prompt.typed { "see 0s>", "type 1+1\\r", "see 2", "type \\x04", "end" }
--
-- The commands for a terminal are those of spec/support/pty.c.
local process = require "spec.support.process"

local prompt = {}

local PTY = io.popen("pwd"):read "l" .. "/build/spec/support/pty"

--- Lines from a pipe.
-- @tparam {string,...} lines
-- @tparam ?table files name -> contents
-- @tparam ?{string,...} options of the command line
-- @treturn table out, err, status
function prompt.lines(lines, files, options)
  local arguments = { "repl", table.unpack(options or {}) }
  return process.run(arguments, files, { input = table.concat(lines, "\n") .. "\n" })
end

--- Keys at a terminal.
-- @tparam {string,...} script
-- @tparam ?table options arguments; state: the directory in which history is kept; columns
-- @treturn string what was written
function prompt.typed(script, options)
  options = options or {}
  local input, output = os.tmpname(), os.tmpname()
  local file = assert(io.open(input, "w"))
  file:write(table.concat(script, "\n"), "\n")
  file:close()
  os.execute(("HOME=/dev/null XDG_STATE_HOME='%s' '%s' %d '%s' %s <'%s' >'%s' 2>&1"):format(
    options.state or "/dev/null", PTY, options.columns or 80, process.PROGRAM,
    options.arguments or "", input, output))
  local screen = assert(io.open(output)):read "a"
  os.remove(input)
  os.remove(output)
  return screen
end

return prompt
