-- SPDX-License-Identifier: MIT
--- The texts of `--help` and of `wlrun help`, made from wl.cli.commands.
local commands = require "wl.cli.commands"
local fold = require "wl.fold"
local man = require "wl.cli.man"
local suggest = require "wl.suggest"

local help = {}

local COLUMN = 24 -- where explanations begin

local function entry(left, right)
  left = "  " .. left
  local gap = #left < COLUMN - 1 and (" "):rep(COLUMN - #left) or "\n" .. (" "):rep(COLUMN)
  return left .. gap .. fold(right, COLUMN) .. "\n"
end

--- An option as the help writes it: "-f, --filename FILE".
-- @tparam table option with its name
-- @treturn string
function help.option(option)
  return (option.short and "-" .. option.short .. ", " or "    ") .. "--" .. option.name
    .. (option.value and " " .. option.value or "")
end

local function usage_of(command, with_name)
  local lines = {}
  for i, usage in ipairs(command.usage) do
    lines[i] = (i == 1 and "usage: " or "       ") .. "wlrun "
      .. (with_name and command.name .. " " or "") .. usage .. "\n"
  end
  return table.concat(lines)
end

local function options_text(command)
  local lines = { "\noptions:\n" }
  for _, option in ipairs(commands.options_of(command)) do
    lines[#lines + 1] = entry(help.option(option), option.help)
  end
  return table.concat(lines)
end

local function examples_text(list)
  local lines = { "\nexamples:\n" }
  for _, example in ipairs(list) do
    lines[#lines + 1] = ("  # %s\n  %s\n"):format(example[1], example[2])
  end
  return table.concat(lines)
end

local function exit_text()
  local lines = { "\nexit status:\n" }
  for _, one in ipairs(commands.EXIT) do
    lines[#lines + 1] = ("  %-5d%s\n"):format(one[1], fold(one[2], 7))
  end
  return table.concat(lines)
end

--- The help on one command.
-- @tparam table command
-- @treturn string
function help.of(command)
  local parts = { ("wlrun %s - %s\n\n"):format(command.name, command.summary),
    usage_of(command, true) }
  for _, paragraph in ipairs(command.about or {}) do
    parts[#parts + 1] = "\n" .. fold(paragraph, 0) .. "\n"
  end
  parts[#parts + 1] = options_text(command)
  parts[#parts + 1] = examples_text(command.examples)
  return table.concat(parts)
end

--- The help on wlrun as a whole.
-- @treturn string
function help.whole()
  local run = commands.find "run"
  local parts = { "wlrun - see what Kubernetes workloads do, under virtual time\n\n",
    usage_of(run, false), "       wlrun COMMAND ...\n\ncommands:\n" }
  for _, command in ipairs(commands.list) do
    parts[#parts + 1] = entry(command.name, command.summary)
  end
  parts[#parts + 1] = "`wlrun COMMAND --help` tells more.\n"
  parts[#parts + 1] = options_text(run)
  parts[#parts + 1] = "\ndurations are like 30s, 5m, 1h30m. `-` as a manifest is the standard "
    .. "input.\n"
  parts[#parts + 1] = exit_text()
  parts[#parts + 1] = examples_text(run.examples)
  return table.concat(parts)
end

--- `wlrun help [COMMAND]`.
-- @tparam table given the parsed options
-- @treturn integer exit status
function help.main(given)
  if given.man then
    io.write(man.page())
    return 0
  end
  local name = given.files[1]
  if not name then
    io.write(help.whole())
    return 0
  end
  local command = commands.find(name)
  if not command then
    io.stderr:write(("wlrun: there is no command %q%s\ntry: wlrun --help\n"):format(name,
      suggest.hint(name, commands.names())))
    return 2
  end
  io.write(help.of(command))
  return 0
end

return help
