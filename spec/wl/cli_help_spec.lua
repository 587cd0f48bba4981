-- SPDX-License-Identifier: MIT
-- What is made from the table of commands: help, completion, the manual page.
local commands = require "wl.cli.commands"
local process = require "spec.support.process"
local words_of = require("wl.cli.completion").words

local function output(...)
  local run = process.run { ... }
  assert.equal(0, run.status, run.err)
  return run.out
end

-- The output of a shell that reads a script; nil when there is no such shell.
local function shell(name, script)
  if not os.execute("command -v " .. name:match "%S+" .. " >/dev/null") then return nil end
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(script)
  file:close()
  local pipe = io.popen(("%s %s 2>&1"):format(name, path))
  local text = pipe:read "a"
  local ok = pipe:close()
  os.remove(path)
  return text, ok
end

describe("the help", function()
  it("tells each command and each option of it, in lines of 80", function()
    local whole = output "--help"
    for _, command in ipairs(commands.list) do
      assert.matches("\n  " .. command.name .. " +%a", whole)
      local text = output(command.name, "--help")
      assert.equal(text, output("help", command.name))
      for _, option in ipairs(commands.options_of(command)) do
        assert.matches("%-%-" .. option.name:gsub("%-", "%%-") .. "[ \n]", text)
      end
      for line in (whole .. text):gmatch "[^\n]+" do
        assert.is_true(#line <= 80 or line:find "^  wlrun" ~= nil, line)
      end
    end
  end)

  it("has examples that parse", function()
    local parse = require("wl.cli.options").parse
    for _, command in ipairs(commands.list) do
      assert.is_true(#command.examples > 0)
      for _, example in ipairs(command.examples) do
        local arguments = {}
        local line = example[2]:match "wlrun ([^|>)]+)"
        for word in line:gsub("'", ""):gmatch "%S+" do arguments[#arguments + 1] = word end
        local given, problem = parse(arguments)
        assert.equal(command.name, given and given.command.name, problem)
      end
    end
  end)

  it("has a module for each command", function()
    for _, command in ipairs(commands.list) do
      assert.is_function(require("wl.cli." .. command.name).main)
    end
  end)
end)

describe("usage errors", function()
  local function problem(...)
    local run = process.run { ... }
    assert.equal(2, run.status)
    return run.err
  end

  it("name the nearest right word", function()
    assert.equal('wlrun: there is no command "explian" and no such file; did you mean "explain"?\n'
      .. "try: wlrun --help\n", problem "explian")
    assert.matches('unknown option %-%-sead; did you mean "%-%-seed"?', problem("--sead", "1"))
    assert.matches('got "yml"; did you mean "yaml"?', problem("-o", "yml", "x.yaml"))
    assert.matches('there is no kind "deploi"; did you mean "deploy"?',
      problem("explain", "deploi"))
    assert.matches("unknown option %-%-recursive: it is one of `wlrun explain`",
      problem("--recursive", "x.yaml"))
  end)

  it("say what is missing, or too much", function()
    assert.matches("%-%-seed needs a value", problem "--seed")
    assert.matches("%-%-quiet takes no value", problem("--quiet=1", "x.yaml"))
    assert.matches("a shell: bash, zsh or fish expected", problem "completion")
    assert.matches("now: one argument too many", problem("explain", "pod", "now"))
    assert.matches('there is nothing for the shell "tcsh"', problem("completion", "tcsh"))
    assert.matches("%-%-output is for manifests; in a scenario write show",
      problem("-owide", "x.lua"))
  end)
end)

describe("completion in bash", function()
  local script = require "wl.cli.shells.bash"(words_of)

  local function complete(...)
    local quoted = {}
    for i, word in ipairs { ... } do quoted[i] = "'" .. word .. "'" end
    local text = shell("bash", script .. ([[

      COMP_WORDS=(%s) COMP_CWORD=%d
      _wlrun
      printf '%%s\n' "${COMPREPLY[@]}" | sort
    ]]):format(table.concat(quoted, " "), #quoted - 1))
    return (text:gsub("\n$", ""):gsub("\n", " "))
  end

  it("knows commands, options and values", function()
    assert.equal("explain", complete("wlrun", "expl"))
    assert.equal("--seed --selector", complete("wlrun", "--se"))
    assert.equal("--selector", complete("wlrun", "run", "--sel"))
    assert.equal("table", complete("wlrun", "-o", "t"))
    assert.equal("json jsonpath=", complete("wlrun", "--output", "=", "j"))
    assert.equal("bash fish zsh", complete("wlrun", "completion", ""))
    assert.equal("replicasets", complete("wlrun", "explain", "replicas"))
  end)

  it("knows files and directories", function()
    assert.equal("README.md", complete("wlrun", "READ"))
    assert.equal("spec/support", complete("wlrun", "--load", "spec/supp"))
    assert.equal("runtime", complete("wlrun", "--home", "runt"))
  end)
end)

describe("completion in other shells", function()
  it("is right fish", function()
    local script = require "wl.cli.shells.fish"(words_of)
    local text = shell("fish", script .. "\ncomplete -C 'wlrun expl'; complete -C 'wlrun --se'")
    if not text then return pending "there is no fish" end
    assert.matches("^explain\t[^\n]+\n%-%-seed\t[^\n]+\n%-%-selector\t[^\n]+\n$", text)
  end)

  it("is right zsh", function()
    local script = require "wl.cli.shells.zsh"(words_of)
    local text, ok = shell("zsh -f", "autoload -U compinit && compinit -u -D\n" .. script
      .. '\nprint -r -- "${_comps[wlrun]}"')
    if not text then return pending "there is no zsh" end
    assert.same({ "_wlrun\n", true }, { text, ok })
  end)
end)

describe("the manual page", function()
  it("is right troff", function()
    local page = output("help", "--man")
    assert.matches("\n%.SH NAME\nwlrun ", page)
    for _, command in ipairs(commands.list) do
      assert.matches('\n%.SS "wlrun ' .. command.name .. '"\n', page)
    end
    local problems = shell("groff -man -ww -z -Tutf8", page)
    if not problems then return pending "there is no groff" end
    assert.equal("", problems)
  end)
end)
