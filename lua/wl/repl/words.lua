-- SPDX-License-Identifier: MIT
--- kubectl's words at the prompt: `get pods -l app=web -o wide`.
--
-- A word is looked up in wl.repl.words.*; a verb of scenarios that is no word of
-- kubectl's takes what follows as texts: `run 30s` is `run "30s"`.
local apierror = require "wl.apierror"
local flags = require "wl.repl.flags"
local prompt_verbs = require "wl.repl.verbs"
local scenario = require "wl.scenario"
local suggest = require "wl.suggest"

local words = {}

-- Word -> { flags =, perform = function(world, arguments, flags) }
local WORDS = {}
for _, module in ipairs { "objects", "changes", "nodes", "others" } do
  for name, word in pairs(require("wl.repl.words." .. module)) do WORDS[name] = word end
end

local verbs = {}
for _, names in ipairs { prompt_verbs.names, scenario.verbs() } do
  for _, name in ipairs(names) do verbs[name] = true end
end

--- Does a line that begins with this speak kubectl, or is it a verb?
-- @tparam string word
-- @treturn boolean
function words.knows(word)
  return WORDS[word] ~= nil or verbs[word] ~= nil or word == "kubectl"
end

--- The words, sorted.
-- @treturn {string,...}
function words.names() return suggest.keys(WORDS) end

--- The verbs, sorted.
-- @treturn {string,...}
function words.verbs() return suggest.keys(verbs) end

--- The flags that a word takes: name -> see wl.repl.flags.
-- @tparam string word
-- @treturn ?table
function words.flags(word) return WORDS[word] and WORDS[word].flags end

--- How a word is used.
-- @treturn ?string
function words.example(word) return WORDS[word] and WORDS[word].example end

local function no_such_word(word)
  local known = words.names()
  for name in pairs(verbs) do known[#known + 1] = name end
  error(apierror.new("BadRequest", ('unknown command "%s"%s'):format(word,
    suggest.hint(word, known))), 0)
end

-- `run 30s`, `wait deploy/web available 5m`: numbers are numbers.
local function call_verb(world, verb, arguments)
  for i, text in ipairs(arguments) do
    if text:find "^%-%-%a" then
      error(apierror.new("BadRequest", ("%s: unknown flag %s: it is a verb of wlrun, see: help %s")
        :format(verb, text, verb)), 0)
    end
    arguments[i] = tonumber(text) or text
  end
  return world.environment[verb](table.unpack(arguments))
end

--- Perform a line of words.
-- @param world
-- @tparam string line
-- @return what there is to print
function words.perform(world, line)
  local list, problem = flags.split(line)
  if not list then error(apierror.new("BadRequest", problem), 0) end
  if list[1] == "kubectl" then table.remove(list, 1) end
  local verb = table.remove(list, 1) or "help"
  local word = WORDS[verb]
  if word then
    local arguments, given = flags.parse(verb, list, word.flags)
    if not arguments then error(apierror.new("BadRequest", given), 0) end
    return word.perform(world, arguments, given)
  elseif verbs[verb] then
    return call_verb(world, verb, list)
  end
  no_such_word(verb)
end

return words
