-- SPDX-License-Identifier: MIT
--- Completion for bash 4 and later.
local commands = require "wl.cli.commands"

local HEAD = [=[
# bash completion for wlrun; made by `wlrun completion bash`

_wlrun_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
  [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace 2>/dev/null
  return 0
}

_wlrun_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "$1" -- "$2")
}

_wlrun() {
  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  local command=run
  COMPREPLY=()
  # "--seed=7" comes as three words
  [[ $current == "=" ]] && current=
  [[ $before == "=" ]] && before=${COMP_WORDS[COMP_CWORD - 2]}
  case ${COMP_WORDS[1]} in
    @COMMANDS@) ((COMP_CWORD > 1)) && command=${COMP_WORDS[1]} ;;
  esac
  case $before in
@VALUES@  esac
  case $command in
@OPTIONS@  esac
}

complete -F _wlrun wlrun
]=]

local FILES = { file = "-f", dir = "-d" }

local function action(complete, words_of)
  local words = words_of(complete)
  if words then return ("_wlrun_words '%s' \"$current\""):format(table.concat(words, " ")) end
  return FILES[complete] and ("_wlrun_files %s \"$current\""):format(FILES[complete]) or ":"
end

local function values(words_of)
  local lines, done = {}, {}
  for _, command in ipairs(commands.list) do
    for _, option in ipairs(commands.options_of(command)) do
      if option.value and not done[option.name] then
        done[option.name] = true
        local short = option.short and "-" .. option.short .. " | " or ""
        lines[#lines + 1] = ("    %s--%s) %s; return ;;\n"):format(short, option.name,
          action(option.complete, words_of))
      end
    end
  end
  return table.concat(lines)
end

local function arguments_of(command, words_of)
  if command.name ~= "run" then return action(command.arguments, words_of) end
  local names = table.concat(commands.names(), " ")
  return ([[_wlrun_files -f "$current"
        ((COMP_CWORD == 1)) && COMPREPLY+=($(compgen -W '%s' -- "$current"))]]):format(names)
end

local function options(words_of)
  local lines = {}
  for _, command in ipairs(commands.list) do
    local names = {}
    for _, option in ipairs(commands.options_of(command)) do
      names[#names + 1] = "--" .. option.name
    end
    lines[#lines + 1] = ([=[
    %s)
      if [[ $current == -* ]]; then
        _wlrun_words '%s' "$current"
      else
        %s
      fi ;;
]=]):format(command.name, table.concat(names, " "), arguments_of(command, words_of))
  end
  return table.concat(lines)
end

--- @tparam function words_of see wl.cli.completion
-- @treturn string the script
return function(words_of)
  local parts = { COMMANDS = table.concat(commands.names(), " | "), VALUES = values(words_of),
    OPTIONS = options(words_of) }
  return (HEAD:gsub("@(%u+)@", parts))
end
