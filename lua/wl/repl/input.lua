-- SPDX-License-Identifier: MIT
--- What is typed: Lua, or kubectl's words.
--
--     get "deploy/web".status.replicas     -- Lua: an expression's value is printed
--     get pods -l app=web -o wide          -- words
--     run 30s                              -- so can any verb be written
--
-- A line that begins with a verb and goes on with a blank and a word is words; a verb
-- alone is called. Everything else is Lua.
local words = require "wl.repl.words"

local input = {}

local NAME = "@prompt"

-- What may follow a verb in Lua: a call, an index, an assignment, an operator.
local LUA_FOLLOWS = "^[%(%{\"'%[=%.:,;%+%*<>~%^]"

--- Does a line speak kubectl's words? "get pods" does; `get "pods/x"`, `get = 1` do not.
-- @tparam string line without blanks at its ends
-- @tparam ?function is_variable(name): has the user given the name to something?
-- @treturn boolean
function input.is_words(line, is_variable)
  if line:find "^kubectl%f[%s%z]" then return true end
  local verb, rest = line:match "^([%a_][%w_-]*)%s*(.*)$"
  if not verb or not words.knows(verb) then return false end
  if is_variable and is_variable(verb) then return false end
  return rest == "" or not rest:find(LUA_FOLLOWS)
end

-- A local would be gone with the line that made it.
local function without_local(text)
  local name = text:match "^local%s+function%s+([%a_][%w_]*)"
  if name then return (text:gsub("^local%s+", "", 1)) end
  if text:find "^local%s+[%a_][%w_]*[%s,%w_]*=[^=]" then
    return (text:gsub("^local%s+", "", 1))
  end
  return text
end

-- An expression or statements, compiled.
local function compile(text, environment)
  local expression = load("return " .. text, NAME, "t", environment)
  if expression then return expression end
  return load(without_local(text), NAME, "t", environment)
end

--- What a text is.
-- @tparam string text all lines typed so far
-- @tparam ?function is_variable(name): has the user given the name to something?
-- @treturn string "nothing", "words", "lua", "incomplete" (more lines are to come)
function input.form(text, is_variable)
  local line = text:match "^%s*(.-)%s*$"
  if line == "" or line:find "^%-%-[^\n]*$" or line:find "^#[^\n]*$" then return "nothing" end
  if not text:find "\n" or text:find "^%s*kubectl%s" then
    if input.is_words(line, is_variable) then return line:find "\\$" and "incomplete" or "words" end
  elseif input.is_words(line, is_variable) and text:find "\\\n" then
    return line:find "\\$" and "incomplete" or "words"
  end
  local _, problem = compile(text)
  if problem and problem:find "<eof>['\"]?$" then return "incomplete" end
  return "lua"
end

--- Perform an input in a world.
-- @return its values; raises
function input.perform(world, given)
  if given.form == "words" then
    local line = given.text:gsub("\\\n", " ")
    return words.perform(world, line)
  end
  local chunk, problem = compile(given.text:match "^%s*(.-)%s*$", world.environment)
  if not chunk then error(problem, 0) end
  return chunk()
end

return input
