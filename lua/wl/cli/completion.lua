-- SPDX-License-Identifier: MIT
--- `wlrun completion SHELL`: scripts for the shells, made from wl.cli.commands.
local commands = require "wl.cli.commands"
local report = require "wl.cli.report"
local suggest = require "wl.suggest"

local completion = {}

local SHELLS = { "bash", "zsh", "fish" }

--- What may stand where an argument or a value does.
-- @param complete as in wl.cli.commands
-- @treturn ?{string,...} words; nil when it is a file or directory, or anything
function completion.words(complete)
  if complete == "kinds" then
    local words = {}
    for _, kind in ipairs(require("wl.registry").new():all()) do words[#words + 1] = kind.plural end
    table.sort(words)
    return words
  elseif complete == "commands" then
    return commands.names()
  end
  return type(complete) == "table" and complete or nil
end

--- @tparam table options see wl.cli.commands
-- @treturn integer exit status
function completion.main(options)
  local shell = options.files[1]
  for _, known in ipairs(SHELLS) do
    if shell == known then
      io.write(require("wl.cli.shells." .. shell)(completion.words))
      return 0
    end
  end
  return report.bad_input(("wlrun: there is nothing for the shell %q%s; there is for %s"):format(
    shell, suggest.hint(shell, SHELLS), table.concat(SHELLS, ", ")))
end

return completion
