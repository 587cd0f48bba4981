-- SPDX-License-Identifier: MIT
--- Completion for zsh.
local commands = require "wl.cli.commands"

local HEAD = [=[
#compdef wlrun
# zsh completion for wlrun; made by `wlrun completion zsh`

_wlrun_commands() {
  local -a list=(
@COMMANDS@  )
  _describe -t commands command list
}

_wlrun() {
  local command=run
  if ((CURRENT > 2)); then
    case ${words[2]} in
      (@NAMES@)
        command=${words[2]}
        shift words
        ((CURRENT--)) ;;
    esac
  elif ((CURRENT == 2)) && [[ ${words[2]} != -* ]]; then
    _wlrun_commands
  fi
  case $command in
@OPTIONS@  esac
}

# Loaded by the completion system, it is the function; sourced, it is made known.
if [[ ${funcstack[1]} == _wlrun ]]; then
  _wlrun "$@"
else
  compdef _wlrun wlrun
fi
]=]

local FILES = { file = "_files", dir = "_files -/" }

-- What stands in single quotes, with ":" for itself and no brackets.
local function quoted(text)
  return (text:gsub("'", "'\\''"):gsub(":", "\\:"):gsub("[%[%]]", "\\%0"))
end

local function action(complete, words_of)
  local words = words_of(complete)
  if words then return "(" .. table.concat(words, " ") .. ")" end
  return FILES[complete] or " "
end

-- '(-f --filename)'{-f,--filename}'[help]:FILE:_files'
local function option_spec(option, words_of)
  local long = "--" .. option.name .. (option.value and "=" or "")
  local names
  if option.short then
    local excluded = option.many and "*" or ("(-%s --%s)"):format(option.short, option.name)
    names = ("'%s'{-%s%s,%s}'"):format(excluded, option.short, option.value and "+" or "", long)
  else
    names = "'" .. (option.many and "*" or "") .. long
  end
  local value = option.value
    and (":%s:%s"):format(option.value, quoted(action(option.complete, words_of))) or ""
  return ("%s[%s]%s'"):format(names, quoted(option.help), value)
end

local function options(words_of)
  local lines = {}
  for _, command in ipairs(commands.list) do
    lines[#lines + 1] = ("    (%s)\n      _arguments -s \\\n"):format(command.name)
    for _, option in ipairs(commands.options_of(command)) do
      lines[#lines + 1] = "        " .. option_spec(option, words_of) .. " \\\n"
    end
    lines[#lines + 1] = ("        '*:argument:%s' ;;\n"):format(
      quoted(action(command.arguments, words_of)))
  end
  return table.concat(lines)
end

--- @tparam function words_of see wl.cli.completion
-- @treturn string the script
return function(words_of)
  local list = {}
  for i, command in ipairs(commands.list) do
    list[i] = ("    '%s:%s'\n"):format(command.name, quoted(command.summary))
  end
  local parts = { COMMANDS = table.concat(list), NAMES = table.concat(commands.names(), "|"),
    OPTIONS = options(words_of) }
  return (HEAD:gsub("@(%u+)@", parts))
end
