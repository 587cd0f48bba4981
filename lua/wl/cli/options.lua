-- SPDX-License-Identifier: MIT
--- Reading the command line, by the table in wl.cli.commands.
local commands = require "wl.cli.commands"
local suggest = require "wl.suggest"

local options = {}

local function usage_error(command, text, ...)
  local about = command and command.named and command.name .. " " or ""
  return nil, ("wlrun: %s\ntry: wlrun %s--help"):format(text:format(...), about)
end

-- ---- values ----

local function integer(least)
  return function(text)
    local number = math.tointeger(tonumber(text))
    return number and number >= least and number or nil
  end
end

local function output(text)
  local word = text:match "^([%w-]+=).+$" or text
  for _, known in ipairs(commands.OUTPUTS) do
    if word == known then return text end
  end
  return nil, suggest.hint(word, commands.OUTPUTS)
end

-- Type -> how it is read, and what is expected.
local TYPES = {
  integer = { integer(math.mininteger), "an integer" },
  number = { integer(0), "a number of nodes" },
  count = { integer(1), "a number above zero" },
  duration = { function(text) return (require("wl.duration").parse(text)) end,
    "a duration like 30s or 5m" },
  selector = { function(text) return require("wl.selector").parse(text) and text or nil end,
    "labels, such as app=web or tier!=db" },
  output = { output, table.concat(commands.OUTPUTS, ", ") },
}

-- ---- options ----

-- "--name" and "-n" -> name, of what this command takes.
local function known_to(command)
  local known = {}
  for _, names in ipairs { command.options, commands.general } do
    for _, name in ipairs(names) do
      known["--" .. name] = name
      local short = commands.options[name].short
      if short then known["-" .. short] = name end
    end
  end
  return known
end

local function visible(known)
  local words = {}
  for _, word in ipairs(suggest.keys(known)) do
    if not commands.options[known[word]].hidden then words[#words + 1] = word end
  end
  return words
end

local function elsewhere(word)
  for _, command in ipairs(commands.list) do
    if known_to(command)[word] then
      return (": it is one of `wlrun %s`"):format(command.name)
    end
  end
end

-- "--name=value", "-nvalue", "-n=value" -> "--name", "value"
local function parted(word, known)
  local name, rest = word:match "^(%-%-[%w-]+)=(.*)$"
  if name then return name, rest end
  if word:match "^%-[^-]." then
    name, rest = word:sub(1, 2), word:sub(3)
    local option = known[name] and commands.options[known[name]]
    if option and option.value then return name, (rest:gsub("^=", "", 1)) end
    if option then return name, nil, "-" .. rest end
  end
  return word
end

local function keep(given, name, option, x)
  local key = option.key or name
  if option.many then
    given[key] = given[key] or {}
    table.insert(given[key], x)
  else
    given[key] = x
  end
end

-- The place of the next argument, or nil and what is wrong.
local function take_option(command, known, given, arguments, i)
  local word, text, more = parted(arguments[i], known)
  local name = known[word]
  if not name then
    return usage_error(command, "unknown option %s%s", word,
      elsewhere(word) or suggest.hint(word, visible(known)))
  end
  local option = commands.options[name]
  if not option.value then
    if text then return usage_error(command, "%s takes no value", word) end
    keep(given, name, option, true)
    if not more then return i + 1 end
    arguments[i] = more -- "-qv": the rest are more flags
    return i
  end
  if not text then
    i = i + 1
    text = arguments[i]
    if not text then return usage_error(command, "%s needs a value", word) end
  end
  local type, value, hint = TYPES[option.type], text, nil
  if type then value, hint = type[1](text) end
  if value == nil then
    return usage_error(command, "%s: expected %s, got %q%s", word, type[2], text, hint or "")
  end
  keep(given, name, option, value)
  return i + 1
end

-- ---- arguments ----

--- Is this the name of a scenario, not of a manifest?
-- @tparam string path
function options.is_scenario(path) return path:match "%.lua$" ~= nil end

local function exists(path)
  local file = io.open(path)
  if file then file:close() end
  return file ~= nil
end

-- Without a word: a prompt when there is nothing at all, or -i in front of the files.
local function is_interactive(arguments)
  for i = 1, #arguments do
    local word = arguments[i]
    if word == "-i" or word == "--interactive" then return true end
    if options.is_scenario(word) then return false end
  end
  return #arguments == 0
end

-- The command is the first word, or none.
local function command_of(arguments)
  local command = arguments[1] and commands.find(arguments[1])
  if not command then return commands.find(is_interactive(arguments) and "repl" or "run") end
  table.remove(arguments, 1)
  return setmetatable({ named = true }, { __index = command })
end

local function check_run(command, given)
  local files = given.files
  local first = files[1]
  if not first or not options.is_scenario(first) then
    for i = 2, #files do
      if options.is_scenario(files[i]) then
        return usage_error(command, "%s: a scenario stands alone: let it apply the manifests, "
          .. "as in apply %q", files[i], first)
      end
    end
    return given
  end
  for _, name in ipairs(command.options) do
    local option = commands.options[name]
    if option.help:find "^manifests: " and given[option.key or name] then
      return usage_error(command, "--%s is for manifests; in a scenario write %s", name,
        name == "for" and 'run "10m"' or 'show("pods", { output = "wide" })')
    end
  end
  return given
end

local function check_arguments(command, given)
  local files = given.files
  if #files < command.least and not given.filename then
    return usage_error(command, "%s expected", command.wants)
  elseif command.most and #files > command.most then
    return usage_error(command, "%s: one argument too many: %s expected", files[command.most + 1],
      command.wants)
  end
  local word = files[1]
  if not command.named and word and word:find "^%l+$" and not exists(word) then
    return usage_error(nil, "there is no command %q and no such file%s", word,
      suggest.hint(word, commands.names()))
  end
  if command.name == "run" then return check_run(command, given) end
  return given
end

--- Read the command line.
-- @tparam {string,...} arguments
-- @treturn ?table the options by their keys, files (the arguments), and command; or nil and
--   what is wrong
function options.parse(arguments)
  arguments = { table.unpack(arguments) }
  local command = command_of(arguments)
  local known, i = known_to(command), 1
  local given = { files = {}, command = command, load = {} }
  local files = given.files
  while arguments[i] and not (command.ends_at_scenario and files[1]
      and options.is_scenario(files[1])) do
    if arguments[i] == "--" then
      i = i + 1
      break
    elseif arguments[i]:match "^%-." then
      local after, message = take_option(command, known, given, arguments, i)
      if not after then return nil, message end
      i = after
    else
      files[#files + 1] = arguments[i]
      i = i + 1
    end
  end
  table.move(arguments, i, #arguments, #files + 1, files)
  if given.help or given.version then return given end
  return check_arguments(command, given)
end

return options
