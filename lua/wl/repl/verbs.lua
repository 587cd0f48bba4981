-- SPDX-License-Identifier: MIT
--- The verbs that only a prompt has: about the session itself, and about words.
local verbs = {}

-- Verb -> the module that has it, as a function(session, ...).
local MODULES = { back = "travel", forward = "travel", fork = "fork", diff = "diff", why = "why",
  help = "help" }

-- What a verb does is in its module under its name, or as `make`.
local function call(session, word, ...)
  local module = require("wl.repl." .. MODULES[word])
  return (module[word] or module.make)(session, ...)
end

--- Their names.
verbs.names = {}
for name in pairs(MODULES) do verbs.names[#verbs.names + 1] = name end

--- The verbs of a session. When its inputs are performed again, only forks are what they were.
-- @param session
-- @treturn table name -> function
function verbs.of(session)
  local made = {}
  for word in pairs(MODULES) do
    made[word] = function(...)
      if session:is_replaying() and word ~= "fork" then return end
      return call(session, word, ...)
    end
  end
  return made
end

return verbs
