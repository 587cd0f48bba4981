-- SPDX-License-Identifier: MIT
--- Machines: what is really the matter with a node, whatever its Node object
-- says. Kubernetes learns of it only by what the machine's kubelet does not do.
--
-- It stands in annotations of the Node, so that it is part of the cluster's
-- state like everything else:
--
--   wlrun.dev/machine         failed       it is down; what ran on it has ended
--                            frozen       it stands still, and goes on later
--                            partitioned  it goes on, but cannot be reached
--                            unready      it works, and says that it is not ready
--   wlrun.dev/last-heartbeat  when its kubelet was last heard
--   wlrun.dev/booted          when it came up again: what had been started before has ended
--
-- Without the annotation a machine is well and heard all the time.
local time = require "wl.time"

local machines = {}

machines.STATE = "wlrun.dev/machine"
machines.HEARTBEAT = "wlrun.dev/last-heartbeat"
machines.BOOTED = "wlrun.dev/booted"
machines.FAILED, machines.UNREADY = "failed", "unready"

--- @treturn ?string "failed", "frozen", "partitioned", "unready"; nil: it is well
function machines.trouble(node)
  local annotations = node.metadata.annotations
  return annotations and annotations[machines.STATE]
end

--- @treturn ?string timestamp of the last heartbeat; nil: it is heard now
function machines.last_heard(node)
  local annotations = node.metadata.annotations
  return annotations and annotations[machines.STATE] and annotations[machines.HEARTBEAT]
end

local Machines = {}
Machines.__index = Machines

--- The machines as the kubelets know them.
function machines.new()
  return setmetatable({ troubled = {}, unready = {}, present = {}, any_gone = false,
                        any_trouble = false }, Machines)
end

--- Look at the Node objects, if any has changed.
-- @param ctx the controller surface
-- @treturn table array of `{ name, trouble }`: machines that are well again, with
--   what was the matter with them
-- @treturn table array of names: machines that are gone, or others now
function Machines:look(ctx)
  local well_again, gone = {}, {}
  if not ctx:changed "Node" then
    return well_again, gone
  end
  local troubled, present, unready = {}, {}, {}
  for node in ctx:all "Node":each() do
    local name, trouble = node.metadata.name, machines.trouble(node)
    unready[name] = trouble == machines.UNREADY and trouble or nil
    trouble = not unready[name] and trouble or nil
    present[name], troubled[name] = node.metadata.uid, trouble
    local before = self.troubled[name] or self.unready[name]
    if before and not trouble and not unready[name] then
      well_again[#well_again + 1] = { name = name, trouble = before }
    end
  end
  for name, uid in pairs(self.present) do
    gone[#gone + 1] = present[name] ~= uid and name or nil
  end
  self.any_gone = self.any_gone or #gone > 0
  self.any_trouble = self.any_gone or next(troubled) ~= nil
  self.troubled, self.present, self.unready = troubled, present, unready
  return well_again, gone
end

--- The machines that have been down once.
-- @param ctx the controller surface
-- @treturn table array of `{ name, at }`: when each came up again, seconds
function machines.booted(ctx)
  local list = {}
  for node in ctx:all "Node":each() do
    local at = (node.metadata.annotations or {})[machines.BOOTED]
    list[#list + 1] = at and { name = node.metadata.name, at = time.parse(at) } or nil
  end
  return list
end

--- Does a machine do its work?
-- @tparam string name of the node
function Machines:works(name)
  return self.present[name] ~= nil and not self.troubled[name]
end

--- The pods of a batch whose machines work.
-- @param batch
-- @return batch, perhaps the same
function Machines:reachable(batch)
  if not self.any_trouble then
    return batch
  end
  local kept = batch:slice(1, 0)
  for _, group in ipairs(batch:group_by "spec.nodeName") do
    if self:works(group[1]) then
      kept:add(group.batch)
    end
  end
  return kept
end

return machines
