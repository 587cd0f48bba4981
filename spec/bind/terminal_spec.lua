-- SPDX-License-Identifier: MIT
local process = require "spec.support.process"
local terminal = require "wl.terminal"

describe("wl.terminal", function()
  it("knows what is no terminal", function()
    local run = process.scenario [[
      local terminal = require "wl.terminal"
      print(terminal.is "stdin", terminal.is "stdout", terminal.is "stderr", terminal.columns())
      print(pcall(terminal.is, "nothing"))
      print(pcall(terminal.editor, {}))]]
    assert.matches("^false\tfalse\tfalse\t80\nfalse\t[^\n]*invalid option 'nothing'[^\n]*\n"
      .. "false\t[^\n]*there is no terminal\n$", run.out)
  end)

  it("mutes the standard output, and gives it back", function()
    local run = process.scenario [[
      local terminal = require "wl.terminal"
      io.write "a"
      terminal.mute(true)
      terminal.mute(true)
      print "b"
      io.stdout:write "c"
      terminal.mute(false)
      terminal.mute(false)
      print "d"]]
    assert.same({ "ad\n", "", 0 }, { run.out, run.err, run.status })
  end)

  it("counts interrupts instead of ending", function()
    local run = process.scenario [[
      local terminal = require "wl.terminal"
      terminal.catch_interrupts(true)
      print(terminal.interrupted())
      io.popen("kill -INT $PPID"):close()
      print(terminal.interrupted(), terminal.interrupted())
      local ok, problem = pcall(function()
        io.popen("kill -INT $PPID"):close()
        while true do end
      end)
      print(ok, problem == terminal.STOPPED, problem)
      terminal.catch_interrupts(false)]]
    assert.equal("false\ntrue\tfalse\nfalse\ttrue\tstopped by Ctrl-C\n", run.out)
  end)

  it("lets a cluster end what it is at, unless it is asked twice", function()
    local run = process.scenario [[
      local terminal = require "wl.terminal"
      terminal.catch_interrupts(true)
      after("5s", function()
        io.popen("kill -INT $PPID"):close()
        for _ = 1, 100000 do end
        print "not stopped"
        io.popen("kill -INT $PPID"):close()
        while true do end
      end)
      local ok, problem = pcall(run, "10s")
      print(ok, problem == terminal.STOPPED, now())]]
    assert.equal("not stopped\nfalse\ttrue\t5\n", run.out)
  end)

  it("wants booleans", function()
    assert.has_error(function() terminal.mute() end)
    assert.has_error(function() terminal.catch_interrupts "yes" end)
  end)
end)
