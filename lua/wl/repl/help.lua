-- SPDX-License-Identifier: MIT
--- The verb `help` of the prompt.
local help = require "wl.help"
local reference = require "wl.verbs.reference"
local words = require "wl.repl.words"

local asked = {}

-- Words of kubectl that are no verbs.
local function of_word(name)
  local example = words.example(name)
  return example and ("kubectl's word; for example:\n  %s\n"):format(example)
end

-- A name that is a kind's.
local function of_kind(session, name)
  local registry = session.world.scenario:default().server.registry
  local kind = registry:resolve(name)
  return kind and ('%s is a kind: explain "%s" tells its fields, %s "name" { ... } applies one\n')
    :format(kind.name, kind.short[1] or kind.singular, kind.name)
end

--- Print help: on all verbs, or on one.
-- @tparam Session session
-- @tparam ?string name of a verb
function asked.help(session, name)
  if name == nil then
    io.write(help.all(words.knows))
    return
  elseif type(name) ~= "string" then
    reference.misuse('help: the name of a verb expected, as in help "wait"; got %s',
      reference.seen(name))
  end
  local text, problem = help.of(name)
  text = text or of_word(name) or of_kind(session, name)
  if not text then reference.misuse("%s", problem) end
  io.write(text)
end

return asked
