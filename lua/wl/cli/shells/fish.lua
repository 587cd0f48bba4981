-- SPDX-License-Identifier: MIT
--- Completion for fish.
local commands = require "wl.cli.commands"

local function quoted(text)
  return "'" .. text:gsub("[\\']", "\\%0") .. "'"
end

local function condition(command)
  local names = table.concat(commands.names(), " ")
  if command.name ~= "run" then return quoted("__fish_seen_subcommand_from " .. command.name) end
  return quoted(("not __fish_seen_subcommand_from %s; or __fish_seen_subcommand_from run"):format(
    names))
end

-- What completes a value or an argument, as options of `complete`.
local function action(complete, words_of)
  local words = words_of(complete)
  if words then return " -f -a " .. quoted(table.concat(words, " ")) end
  if complete == "dir" then return " -f -a '(__fish_complete_directories)'" end
  return complete == "file" and " -F" or " -f"
end

local function option_line(command, option, words_of)
  local line = "complete -c wlrun -n " .. condition(command)
  if option.short then line = line .. " -s " .. option.short end
  line = line .. " -l " .. option.name
  if option.value then line = line .. " -r" .. action(option.complete, words_of) end
  return line .. " -d " .. quoted(option.help) .. "\n"
end

--- @tparam function words_of see wl.cli.completion
-- @treturn string the script
return function(words_of)
  local lines = { "# fish completion for wlrun; made by `wlrun completion fish`\n" }
  for _, command in ipairs(commands.list) do
    lines[#lines + 1] = ("complete -c wlrun -n __fish_use_subcommand -a %s -d %s\n"):format(
      command.name, quoted(command.summary))
  end
  for _, command in ipairs(commands.list) do
    lines[#lines + 1] = ("complete -c wlrun -n %s%s\n"):format(condition(command),
      action(command.arguments, words_of))
    for _, option in ipairs(commands.options_of(command)) do
      lines[#lines + 1] = option_line(command, option, words_of)
    end
  end
  return table.concat(lines)
end
