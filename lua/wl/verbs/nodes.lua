-- SPDX-License-Identifier: MIT
--- The verbs about nodes and about what runs on them.
--
--   node "node-2":fail()          -- the machine goes down
--   node "node-2":recover()       -- and is up again, also from the next three
--   node "node-2":freeze()        -- it stands still
--   node "node-2":partition()     -- it runs on, and nobody hears it
--   node "node-2":unready()       -- its kubelet says that it is not ready
--   node "node-2":cordon(), :uncordon()
--   node "node-2":drain { delete_emptydir_data = true }   -- see wl.node.drain
--   node "node-2":taint "gpu=true:NoSchedule"             -- as kubectl taint; "gpu-" removes
--   node "node-2":label { zone = "a" }
--   node "node-2":delete()        -- the Node object; pods on it are collected later
--   behave("app=web", { ready = "5s" })                   -- see wl.behaviour
local Ctx = require "wl.ctx"
local drain = require "wl.node.drain"
local duration = require "wl.duration"
local machines = require "wl.kubelet.machines"
local reference = require "wl.verbs.reference"
local taint = require "wl.taint"
local time = require "wl.time"
local value = require "wl.value"

local nodes = {}

local Node = {}

-- The surface for what a person does at the command line.
local function ctx_of(cluster)
  cluster.kubectl = cluster.kubectl or Ctx.new(cluster, "kubectl")
  cluster.kubectl.now = cluster:now()
  cluster.store:set_writer "kubectl"
  return cluster.kubectl
end

local function current(self)
  return (reference.check(self.cluster.server:get("Node", nil, self.name)))
end

local function change(self, edit)
  reference.check(ctx_of(self.cluster):update(current(self), edit))
  return self
end

local function is_empty(map)
  local empty = true
  for _ in pairs(map) do empty = false end
  return empty
end

local function set_machine(self, trouble)
  return change(self, function(draft)
    local before = draft.metadata.annotations and draft.metadata.annotations[machines.STATE]
    if draft.metadata.annotations == nil then
      draft.metadata.annotations = {}
    end
    local annotations = draft.metadata.annotations
    annotations[machines.STATE] = trouble
    if not trouble then
      annotations[machines.HEARTBEAT] = nil
      if before == machines.FAILED then
        annotations[machines.BOOTED] = time.format(self.cluster:now())
      end
    elseif not before then
      annotations[machines.HEARTBEAT] = time.format(self.cluster:now())
    end
    if is_empty(annotations) then
      draft.metadata.annotations = nil
    end
  end)
end

--- The machine goes down; what runs on it ends.
function Node:fail() return set_machine(self, machines.FAILED) end

--- The machine stands still until it recovers.
function Node:freeze() return set_machine(self, "frozen") end

--- The machine runs on, but its kubelet and the API server cannot hear each other.
function Node:partition() return set_machine(self, "partitioned") end

--- The kubelet says that the node is not ready.
function Node:unready() return set_machine(self, machines.UNREADY) end

--- All is well again.
function Node:recover() return set_machine(self, nil) end

--- No new pods.
function Node:cordon()
  reference.check(drain.cordon(ctx_of(self.cluster), self.name, true))
  return self
end

--- New pods again.
function Node:uncordon()
  reference.check(drain.cordon(ctx_of(self.cluster), self.name, false))
  return self
end

--- Cordon, and evict the pods. Goes on by itself while time passes.
-- @tparam ?table options see wl.node.drain; timeout also as "5m"
-- @return see wl.node.drain
function Node:drain(options)
  local given = {}
  for name, x in pairs(options or {}) do
    given[name] = x
  end
  if given.timeout then
    given.timeout = duration.seconds(given.timeout, 2)
  end
  return (reference.check(drain.start(self.cluster, ctx_of(self.cluster), self.name, given)))
end

local function without_key(taints, key)
  local kept = {}
  for _, one in ipairs(taints) do
    if one.key ~= key then
      kept[#kept + 1] = one
    end
  end
  return kept
end

--- Add and remove taints: "key=value:Effect", "key:Effect-", "key-".
function Node:taint(...)
  local parsed = reference.check(taint.parse { ... })
  return change(self, function(draft)
    local list = {}
    for i, one in ipairs(draft.spec.taints or {}) do
      list[i] = value.table(one)
    end
    for _, one in ipairs(parsed.remove) do
      list = one.effect and taint.delete(list, one) or without_key(list, one.key)
    end
    for _, one in ipairs(parsed.add) do
      if one.effect == "NoExecute" then
        one.timeAdded = time.format(self.cluster:now())
      end
      list = taint.set(list, one)
    end
    draft.spec.taints = #list > 0 and value.list(list) or nil
  end)
end

--- Set labels; false removes one.
-- @tparam table labels
function Node:label(labels)
  return change(self, function(draft)
    if draft.metadata.labels == nil then
      draft.metadata.labels = {}
    end
    for key, text in pairs(labels) do
      draft.metadata.labels[key] = text or nil
    end
  end)
end

--- Delete the Node object.
function Node:delete()
  return (reference.check(ctx_of(self.cluster):delete(current(self))))
end

--- The Node object as it is now.
function Node:get() return current(self) end

-- A field that is no verb is the object's.
function Node:__index(word)
  return Node[word] or current(self)[word]
end

--- A node to do something with.
-- @param cluster
-- @tparam string name
function nodes.node(cluster, name)
  if type(name) ~= "string" then
    error("node: the name of a node expected, as in node \"node-1\"", 3)
  end
  reference.check(cluster.server:get("Node", nil, name))
  return setmetatable({ cluster = cluster, name = name }, Node)
end

--- Say how the containers of the pods that match behave, from now on.
-- @param cluster
-- @tparam string selector "app=web"; "" for all
-- @param definition table or function(pod), see wl.behaviour
-- @tparam ?table options namespace
function nodes.behave(cluster, selector, definition, options)
  if type(selector) ~= "string" then
    error("behave: a selector and a behaviour expected, "
      .. "as in behave(\"app=web\", { ready = \"5s\" })", 3)
  end
  local given = { namespace = options and options.namespace, since = cluster:now() }
  cluster.kubelet:behave(selector, definition, given, 3)
  cluster.controllers:wake(cluster.kubelet.entry)
end

return nodes
