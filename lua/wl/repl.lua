-- SPDX-License-Identifier: MIT
--- The prompt: a scenario that is typed line by line.
--
-- At a terminal lines are edited and kept, and there are colours; from a pipe the same
-- lines are read without. What goes wrong is told and the session goes on.
local Session = require "wl.repl.session"
local complete = require "wl.repl.complete"
local duration = require "wl.duration"
local file = require "wl.file"
local host = require "wl.host"
local terminal = require "wl.terminal"

local repl = {}

-- ---- reading ----

local function history_path()
  local home = os.getenv "HOME"
  local state = os.getenv "XDG_STATE_HOME"
  if not state or state == "" then state = home and home .. "/.local/state" end
  return state and state .. "/wlrun/history"
end

-- The escape of a colour takes no room: libedit is told so by \1.
local function prompts_of(session)
  local clock = duration.format(session.world:seconds())
  local function painted(text)
    return (session.has_colours and "\1\27[36m\1%s\1\27[0m\1 " or "%s "):format(text)
  end
  return painted(clock .. ">"), painted((" "):rep(#clock - 1) .. ">>")
end

-- A whole input, of one line or more; nil at the end.
local function read_input(session, read_line)
  local lines = {}
  local first, more = prompts_of(session)
  while true do
    local line, why = read_line(#lines == 0 and first or more)
    if why == "interrupted" then
      lines = {}
    elseif not line then
      return #lines > 0 and table.concat(lines, "\n") or nil
    else
      lines[#lines + 1] = line
      local text = table.concat(lines, "\n")
      if session:form(text) ~= "incomplete" then return text end
    end
  end
end

-- ---- at a terminal ----

local function greet()
  io.write("wlrun ", host.version, ': Kubernetes workloads under virtual time. "help" says what '
    .. "there is, Ctrl-D ends.\n")
end

local function run_terminal(session)
  local editor <close> = terminal.editor { history = history_path(), complete = function(line)
    return complete.line(session.world, line, terminal.columns())
  end }
  local function read_line(prompt)
    local line, why = editor:read(prompt)
    if why then io.write(why == "interrupted" and "^C\n" or "\n") end
    return line, why
  end
  terminal.catch_interrupts(true)
  while not session.is_over do
    local text = read_input(session, read_line)
    if not text then break end
    if text:find "%S" then editor:remember(text) end
    session:evaluate(text)
  end
  terminal.catch_interrupts(false)
  return 0
end

-- ---- from a pipe ----

local function run_pipe(session)
  while not session.is_over do
    local text = read_input(session, function() return io.read "l" end)
    if not text then break end
    session:evaluate(text)
  end
  return session.failures > 0 and 1 or 0
end

-- ---- the way in ----

local function has_colours()
  local plain = os.getenv "NO_COLOR"
  return (not plain or plain == "") and os.getenv "TERM" ~= "dumb"
end

--- Talk to somebody, until there is nothing more to read.
-- @tparam table options of the command line: seed, nodes, load, quiet, on_cluster(cluster),
--   files: a scenario to run first, and its arguments
-- @treturn integer exit status: at a terminal 0; from a pipe 1 when an input failed; 2 when
--   what the options name cannot be loaded
function repl.start(options)
  local files = options.files or {}
  if files[1] then
    local found, message = file.read(files[1])
    if not found then return require("wl.cli.report").bad_input(message) end
  end
  local made, session = pcall(Session.new, options)
  if not made then return require("wl.cli.report").bad_input(tostring(session)) end
  local is_terminal = terminal.is "stdin" and terminal.is "stdout"
  session.has_colours = is_terminal and has_colours()
  if is_terminal and not options.quiet then greet() end
  if files[1] then session:run_file(files[1], table.move(files, 2, #files, 1, {})) end
  return is_terminal and run_terminal(session) or run_pipe(session)
end

return repl
