-- SPDX-License-Identifier: MIT
--- The options of the command line.
local options = {}

local function usage_error(text, ...)
  return nil, ("wlrun: " .. text):format(...) .. "\ntry: wlrun --help"
end

local function integer(text, least)
  local number = math.tointeger(tonumber(text))
  return number and number >= least and number or nil
end

local take = {}

take["--seed"] = function(given, text)
  given.seed = integer(text, math.mininteger)
  return given.seed, "an integer"
end

take["--nodes"] = function(given, text)
  given.nodes = integer(text, 0)
  return given.nodes, "a number of nodes"
end

take["--for"] = function(given, text)
  given.length = require("wl.duration").parse(text)
  return given.length, "a duration like 30s or 5m"
end

take["--load"] = function(given, text)
  given.load[#given.load + 1] = text
  return true
end

take["--trace"] = function(given, text)
  given.trace = text
  return true
end

take["--home"] = function() return true end -- read before Lua began

local FLAGS = { ["-q"] = "quiet", ["--quiet"] = "quiet", ["-h"] = "help", ["--help"] = "help",
  ["--version"] = "version" }

local function hint(word)
  local suggest = require "wl.suggest"
  local known = suggest.keys(take)
  for name in pairs(FLAGS) do known[#known + 1] = name end
  return suggest.hint(word, known)
end

local function take_option(given, arguments, i)
  local word, text = arguments[i], nil
  local name, rest = word:match "^(%-%-[%w-]+)=(.*)$"
  if name then word, text = name, rest end
  if FLAGS[word] and not text then
    given[FLAGS[word]] = true
    return i + 1
  elseif not take[word] then
    return usage_error("unknown option %s%s", word, hint(word))
  end
  if not text then
    i = i + 1
    text = arguments[i]
    if not text then return usage_error("%s needs a value", word) end
  end
  local good, wanted = take[word](given, text)
  if not good then return usage_error("%s: expected %s, got %q", word, wanted, text) end
  return i + 1
end

--- Is this the name of a scenario, not of a manifest?
-- @tparam string path
function options.is_scenario(path) return path:match "%.lua$" ~= nil end

local function check(given)
  local first = given.files[1]
  if not first then return usage_error "a scenario (.lua) or manifests (.yaml) expected" end
  if options.is_scenario(first) then
    if given.length then
      return usage_error "--for is for manifests; in a scenario write run \"10m\""
    end
    return given
  end
  for i = 2, #given.files do
    if options.is_scenario(given.files[i]) then
      return usage_error("%s: a scenario stands alone: let it apply the manifests, as in apply %q",
        given.files[i], first)
    end
  end
  return given
end

--- Read the command line. What follows a scenario's name is for the scenario.
-- @tparam {string,...} arguments
-- @treturn ?table seed, nodes, length, load, trace, quiet, help, version, files; or nil and
--   what is wrong
function options.parse(arguments)
  local given, i = { load = {}, files = {} }, 1
  local files = given.files
  while arguments[i] and not (files[1] and options.is_scenario(files[1])) do
    if arguments[i] == "--" then
      i = i + 1
      break
    elseif arguments[i]:match "^%-." then
      local after, message = take_option(given, arguments, i)
      if not after then return nil, message end
      i = after
    else
      files[#files + 1] = arguments[i]
      i = i + 1
    end
  end
  table.move(arguments, i, #arguments, #files + 1, files)
  if given.help or given.version then return given end
  return check(given)
end

return options
