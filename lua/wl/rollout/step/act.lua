-- SPDX-License-Identifier: MIT
--- Steps that do something else. See wl.rollout.step.
local stepping = require "wl.rollout.stepping"

local state, take = stepping.state, stepping.take

local steps = {}

function steps.abort(message)
  stepping.turn_back(state(), "Aborted", message and tostring(message) or "aborted by the script")
end

function steps.note(text)
  local self = state()
  if type(text) ~= "string" and type(text) ~= "number" then
    error("note: a text expected, not a " .. type(text), 2)
  end
  return take(self, "note " .. text, function()
    self.notes[#self.notes + 1] = tostring(text)
    return true
  end)
end

local function note_service(self, name, which)
  local services = self.record.services or {}
  self.record.services = services
  local hash = which == "stable" and self.record.stable or self.record.revision
  for _, one in ipairs(services) do
    if one.name == name then
      one.revision = hash
      return
    end
  end
  services[#services + 1] = { name = name, revision = hash }
end

function steps.switch_service(name, which)
  local self = state()
  if type(name) ~= "string" or which ~= "new" and which ~= "stable" then
    error('switch_service: a name, and "new" or "stable" expected, as in '
      .. 'switch_service("web", "new")', 2)
  end
  return take(self, ("switch_service %s %s"):format(name, which), function()
    if self.view.selects and self.view.selects(name) == nil then
      stepping.look_again(self, 5)
      return false, "Progressing", ("there is no Service %q"):format(name)
    end
    note_service(self, name, which)
    return true
  end)
end

return steps
