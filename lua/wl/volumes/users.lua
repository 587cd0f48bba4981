-- SPDX-License-Identifier: MIT
--- Which pods use which claims. Looked up only when a claim waits for its first pod,
-- or for its last to go; pods are watched for as long as one does.
local Users = {}
Users.__index = Users

local CLAIMS = "spec.volumes[*].persistentVolumeClaim"

--- @treturn Users
function Users.new() return setmetatable({ watched = false }, Users) end

--- Begin a look.
-- @param ctx
-- @param entry of the component that asks
function Users:begin(ctx, entry)
  self.ctx, self.entry, self.asked, self.by_namespace = ctx, entry, false, {}
end

local function add(known, pod)
  for _, volume in ipairs(pod.spec.volumes or {}) do
    local claim = volume.persistentVolumeClaim
    local before = claim and known[claim.claimName]
    if claim and not (before and before.node) then
      known[claim.claimName] = { name = pod.metadata.name, node = pod.spec.nodeName }
    end
  end
end

local function look_up(self, namespace)
  local known = {}
  local pods = self.ctx.store:select(self.ctx.server:number(self.ctx.server:kind "Pod"), namespace)
  for _, group in ipairs(pods:group_by(CLAIMS, "spec.nodeName")) do
    if group[1] and #group[1] > 0 then
      add(known, group.batch[1])
    end
  end
  return known
end

--- A pod that uses a claim: of several one that has a node.
-- @param claim
-- @treturn ?table name of the pod, node
function Users:of(claim)
  local namespace = claim.metadata.namespace
  self.asked = true
  self.by_namespace[namespace] = self.by_namespace[namespace] or look_up(self, namespace)
  return self.by_namespace[namespace][claim.metadata.name]
end

--- End a look: pods are watched from now on if anything depends on them.
function Users:finish()
  if self.asked == self.watched then
    return
  end
  self.pods = self.pods or self.ctx:all "Pod"
  if self.asked then
    self.pods:subscribe(self.entry.source, self.entry.key)
  else
    self.pods:unsubscribe(self.entry.source, self.entry.key)
  end
  self.watched = self.asked
end

return Users
