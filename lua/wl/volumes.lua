-- SPDX-License-Identifier: MIT
--- Storage for claims: PersistentVolumeClaims are bound to a volume that is there
-- and fits or to one that is made for them; at once, or when the first pod that
-- needs them has a node (volumeBindingMode).
--
-- A cluster has a default StorageClass as soon as it has claims. A claim of a
-- class that does not exist waits; so does one that asks for no class ("") and
-- finds no volume. A claim stays while a pod uses it, and a volume while a claim
-- has it. When a claim goes, its volume goes or is released, as its reclaim policy
-- says.
-- Source: pkg/controller/volume; plugin/pkg/admission/storage.
local Users = require "wl.volumes.users"
local binding = require "wl.volumes.binding"
local classes = require "wl.volumes.classes"
local upkeep = require "wl.volumes.upkeep"

local volumes = {}

local Controller = {}
Controller.__index = Controller

-- Has any object of a kind gone since the last look?
local function any_gone(self, ctx, kind)
  local now, before = ctx:all(kind):batch(), self.known[kind]
  self.known[kind] = now
  return not before or #before:without(now) > 0
end

local function run(self, ctx)
  local users = self.users
  users:begin(ctx, self.entry)
  upkeep.let_go(ctx, users)
  local claims_gone = any_gone(self, ctx, "PersistentVolumeClaim")
  if any_gone(self, ctx, "PersistentVolume") or claims_gone then
    upkeep.part(ctx)
  end
  upkeep.offer(ctx)
  for claim in ctx:where("PersistentVolumeClaim", "unbound"):batch():each() do
    binding.bind(ctx, claim, users)
  end
  users:finish()
  if ctx.was_refused then self.known = {} end -- the next run looks for what has gone anew
end

local function wake(ctx)
  return { ctx:all "PersistentVolumeClaim", ctx:all "PersistentVolume", ctx:all "StorageClass" }
end

local function start(cluster)
  local self = setmetatable({ users = Users.new(), known = {} }, Controller)
  self.entry = cluster.controllers:add_component {
    name = "persistentvolume-controller", wake = wake,
    run = function(ctx) return run(self, ctx) end,
  }
  return self.entry.ctx
end

-- A claim that says nothing of its class gets the default one.
local function default_class_rule(ctx)
  local function changes(kind, object)
    return kind.name == "PersistentVolumeClaim" and object.spec.storageClassName == nil
  end
  return { changes = changes, admit = function(kind, draft)
    if changes(kind, draft) then
      local class = classes.default(ctx)
      draft.spec.storageClassName = class and class.metadata.name
    end
    return true
  end }
end

--- Have a cluster bind claims, from the first one on.
-- @param cluster
function volumes.install(cluster)
  local server = cluster.server
  server.on_kind[#server.on_kind + 1] = function(kind)
    if kind.name ~= "PersistentVolumeClaim" then
      return
    end
    if not cluster.has_storage_since then
      assert(server:create(classes.STANDARD))
      cluster.has_storage_since = server.store:revision()
    end
    local ctx = start(cluster)
    table.insert(server.admit, default_class_rule(ctx))
    if cluster.scheduler then
      cluster.scheduler:watch_storage(ctx)
    end
  end
end

return volumes
