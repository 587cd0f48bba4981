-- SPDX-License-Identifier: MIT
--- Steps that set a goal, and wait until the pods are there. See wl.rollout.step.
local goal = require "wl.rollout.goal"
local stepping = require "wl.rollout.stepping"

local state, take = stepping.state, stepping.take

local steps = {}

-- On the way to the end, nothing is waited for that is not the end.
local function reach(self, call, wish)
  self.goal = wish
  return take(self, call, function()
    if self.record.full or goal.is_reached(self.view, wish) then
      return true
    end
    return false, "Progressing", ("%d of %d new pods are available")
      :format(math.min(self.view.new.available, wish.new), wish.new)
  end)
end

function steps.set_weight(weight)
  local self = state()
  if type(weight) ~= "number" or not (weight >= 0 and weight <= 100) then
    error(("set_weight: a percentage from 0 to 100 expected, not %s"):format(tostring(weight)), 2)
  end
  return reach(self, ("set_weight %g"):format(weight), goal.of_weight(self.view, weight))
end

function steps.set_replicas(new, old)
  local self = state()
  local wish, message = goal.of_replicas(self.view, new, old)
  if not wish then
    error("set_replicas: " .. message, 2)
  end
  local call = ("set_replicas %s"):format(new) .. (old and (" %s"):format(old) or "")
  return reach(self, call, wish)
end

local function size_of(domains, name)
  for _, one in ipairs(domains) do
    if one.name == name then
      return one.replicas
    end
  end
  return 0
end

function steps.set_domains(names)
  local self = state()
  if not self.view.domains then
    error("set_domains: only a DaemonSet has its pods by failure domain", 2)
  end
  local wish = { new = 0, old = 0, domains = {} }
  for i, name in ipairs(names) do
    wish.domains[i], wish.new = name, wish.new + size_of(self.view.domains, name)
  end
  wish.old = self.view.replicas - wish.new
  return reach(self, "set_domains " .. table.concat(wish.domains, ","), wish)
end

local function whole(self) return { new = self.view.replicas, old = 0 } end

function steps.promote()
  local self = state()
  self.goal = whole(self)
  return take(self, "promote", function()
    if goal.is_reached(self.view, self.goal) then
      return true
    end
    return false, "Progressing", ("%d of %d new pods are available")
      :format(math.min(self.view.new.available, self.goal.new), self.goal.new)
  end)
end

local function wait_for(self, call, field)
  return take(self, call, function()
    local wish = self.goal or { new = self.view.new.replicas }
    local there = self.view.new[field] or self.view.new.available
    if there >= wish.new and self.view.new.replicas >= wish.new then
      return true
    end
    return false, "Progressing", ("%d of %d new pods"):format(math.min(there, wish.new), wish.new)
  end)
end

function steps.wait_available() return wait_for(state(), "wait_available", "available") end

function steps.wait_ready() return wait_for(state(), "wait_ready", "ready") end


-- No step: how many pods a number or a percentage comes to.
function steps.pods(given)
  local n, message = goal.pods(given, state().view.replicas)
  return n or error("pods: " .. message, 2)
end

return steps
