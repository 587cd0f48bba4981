-- SPDX-License-Identifier: MIT
--- Emptying a node, as `kubectl drain` does: cordon it, then evict its pods.
--
-- Pods that a budget holds back are tried again every five seconds.
-- Source: kubectl pkg/drain.
local eviction = require "wl.eviction"
local owner = require "wl.owner"
local suggest = require "wl.suggest"

local drain = {}

local RETRY = 5 -- seconds

local OPTIONS = { force = true, delete_emptydir_data = true, ignore_daemonsets = true,
                  grace_period = true, timeout = true }

-- What kubectl says of the pods that it will not delete, in this order.
local FATAL = {
  { "daemonset", "DaemonSet-managed Pods (use --ignore-daemonsets to ignore)" },
  { "storage", "Pods with local storage (use --delete-emptydir-data to override)" },
  { "unmanaged", "Pods that declare no controller (use --force to override)" },
}

local function has_local_storage(pod)
  for _, volume in ipairs(pod.spec.volumes or {}) do
    if volume.emptyDir then
      return true
    end
  end
  return false
end

-- "delete", "leave", or what forbids it.
local function verdict(pod, options)
  local phase = pod.status and pod.status.phase
  local controller = owner.controller(pod)
  if controller and controller.kind == "DaemonSet" then
    return options.ignore_daemonsets == false and "daemonset" or "leave"
  elseif pod.metadata.deletionTimestamp then
    return "leave"
  elseif phase == "Succeeded" or phase == "Failed" then
    return "delete"
  elseif has_local_storage(pod) and not options.delete_emptydir_data then
    return "storage"
  elseif not controller and not options.force then
    return "unmanaged"
  end
  return "delete"
end

local function name_of(pod)
  return pod.metadata.namespace .. "/" .. pod.metadata.name
end

-- The pods to evict; or nil and kubectl's complaint.
local function sort_out(ctx, name, options)
  local evicted, forbidden = {}, {}
  for pod in ctx:on_node(name, "Pod"):batch():each() do
    local what = verdict(pod, options)
    if what == "delete" then
      evicted[#evicted + 1] = pod.metadata.uid
    elseif what ~= "leave" then
      forbidden[what] = forbidden[what] or {}
      table.insert(forbidden[what], name_of(pod))
    end
  end
  local complaints = {}
  for _, entry in ipairs(FATAL) do
    if forbidden[entry[1]] then
      complaints[#complaints + 1] = ("cannot delete %s: %s"):format(entry[2],
        table.concat(forbidden[entry[1]], ", "))
    end
  end
  if #complaints > 0 then
    local text = #complaints == 1 and complaints[1] or "[" .. table.concat(complaints, ", ") .. "]"
    return nil, ("unable to drain node %q due to error: %s"):format(name, text)
  end
  return evicted
end

--- Cordon a node, or make it schedulable again.
-- @param ctx the controller surface
-- @tparam string name
-- @tparam boolean unschedulable
-- @return a view; or nil, message, code
function drain.cordon(ctx, name, unschedulable)
  local node, message, code = ctx:get("Node", nil, name)
  if not node then
    return nil, message, code
  end
  return ctx:update(node, function(draft)
    draft.spec.unschedulable = unschedulable and true or nil
  end)
end

local Drain = {}
Drain.__index = Drain

-- Evict what may be evicted. Pods that are on their way are waited for.
local function evict_all(self)
  local ctx, left, reasons = self.ctx, {}, {}
  for _, uid in ipairs(self.left) do
    local pod = ctx:by_uid(uid)
    if pod and not pod.metadata.deletionTimestamp then
      local grace = self.options.grace_period
      local done, message, _, causes = eviction.evict(ctx, pod, { grace = grace })
      local cause = causes and causes[1] and " " .. causes[1].message or ""
      reasons[name_of(pod)] = not done and message .. cause or nil
    end
    if pod then
      left[#left + 1] = uid
    end
  end
  self.left, self.refused = left, reasons
end

--- Are all the pods gone?
function Drain:done()
  for _, uid in ipairs(self.left) do
    if self.ctx:by_uid(uid) then
      return false
    end
  end
  return true
end

--- Does it go on?
function Drain:active()
  local expired = self.expires and self.ctx.cluster:now() >= self.expires
  return not self.stopped and not expired and not self:done()
end

--- Evict no more.
function Drain:stop()
  self.stopped = true
end

local function again(self)
  self.cluster:after(RETRY, function()
    if self:active() then
      self.ctx.now = self.cluster:now()
      evict_all(self)
      again(self)
    end
  end)
end

--- Start emptying a node. What cannot be evicted now is tried again later.
-- @param cluster
-- @param ctx the controller surface
-- @tparam string name
-- @tparam ?table options force, delete_emptydir_data, ignore_daemonsets (true),
--   grace_period (seconds), timeout (seconds)
-- @treturn ?Drain `:done()`, `:active()`, `:stop()`, `refused`: pod -> why it is held
--   back; or nil, message, code
function drain.start(cluster, ctx, name, options)
  options = options or {}
  for option in pairs(options) do
    if not OPTIONS[option] then
      return nil, ("drain: unknown option %q%s"):format(tostring(option),
        suggest.hint(tostring(option), suggest.keys(OPTIONS))), "BadRequest"
    end
  end
  local cordoned, message, code = drain.cordon(ctx, name, true)
  if not cordoned then
    return nil, message, code
  end
  local evicted, complaint = sort_out(ctx, name, options)
  if not evicted then
    return nil, complaint, "Forbidden"
  end
  local self = setmetatable({ cluster = cluster, ctx = ctx, options = options, left = evicted,
    refused = {}, expires = options.timeout and cluster:now() + options.timeout }, Drain)
  evict_all(self)
  again(self)
  return self
end

return drain
