-- SPDX-License-Identifier: MIT
--- Short words for specs that play with a whole cluster.
local Cluster = require "wl.cluster"
local conditions = require "wl.conditions"

local play = {}

--- @tparam ?table options as for wl.cluster; 3 nodes
function play.cluster(options)
  options = options or {}
  options.nodes = options.nodes or 3
  return Cluster.new(options)
end

local function merge(into, more)
  for key, x in pairs(more or {}) do
    into[key] = x
  end
  return into
end

--- A container that asks for cpu and memory.
function play.container(cpu, memory, more)
  return merge({ name = "main", image = "img",
                 resources = { requests = { cpu = cpu, memory = memory } } }, more)
end

--- Create a pod of one container.
-- @tparam ?table spec fields of its spec
-- @tparam ?table metadata fields of its metadata
function play.pod(cluster, name, spec, metadata)
  return assert(cluster.server:create {
    apiVersion = "v1", kind = "Pod", metadata = merge({ name = name }, metadata),
    spec = merge({ containers = { play.container() } }, spec),
  })
end

--- The pod as it is now, or nil.
function play.get(cluster, name)
  local found = cluster.server:get("Pod", "default", name)
  return found
end

--- Create a Deployment named and labelled "web".
function play.deployment(cluster, replicas, spec)
  return assert(cluster.server:create {
    apiVersion = "apps/v1", kind = "Deployment", metadata = { name = "web" },
    spec = { replicas = replicas, selector = { matchLabels = { app = "web" } },
             template = { metadata = { labels = { app = "web" } },
                          spec = merge({ containers = { play.container() } }, spec) } },
  })
end

--- The pods, in the order of their names.
function play.pods(cluster)
  return cluster.server:list "Pod"
end

--- Change an object in place. Without its last finalizer it may be gone then.
function play.change(cluster, kind, name, edit)
  local object = assert(cluster.server:get(kind, kind ~= "Node" and "default" or nil, name))
  local changed, message, code = cluster.server:change(object, edit)
  assert(not code, message)
  return changed
end

--- The status of an object's condition, and the condition.
function play.condition(object, type)
  local one = conditions.find(object.status and object.status.conditions, type)
  return one and one.status, one
end

--- "running", "CrashLoopBackOff", "Error" ...: what a container does.
function play.state(pod, i)
  local state = pod.status.containerStatuses[i or 1].state
  return state.waiting and state.waiting.reason or state.terminated and state.terminated.reason
    or "running"
end

--- The events about an object, as "Reason: message".
function play.events(cluster, object, reason)
  local list = {}
  for _, event in ipairs(cluster.events:about(object)) do
    if not reason or event.reason == reason then
      list[#list + 1] = ("%s: %s"):format(event.reason, event.message)
    end
  end
  return list
end

--- How many pods each node has, by name.
function play.spread(cluster)
  local counts = {}
  for _, pod in ipairs(play.pods(cluster)) do
    local node = pod.spec.nodeName or "none"
    counts[node] = (counts[node] or 0) + 1
  end
  return counts
end

return play
