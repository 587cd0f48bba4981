-- SPDX-License-Identifier: MIT
--- The faults of `chaos`, by name: what each strikes, does, and undoes.
--
-- `targets(cluster, scope)` returns what may be struck now, in a fixed order; `strike`
-- does it to one of them and says in words what it did; `mend`, when the time is over,
-- undoes it. A fault of the API has `code` and `message` instead: what a controller's
-- write is refused with.
local Ctx = require "wl.ctx"
local container = require "wl.kubelet.container"
local eviction = require "wl.eviction"
local machines = require "wl.kubelet.machines"
local nodes = require "wl.verbs.nodes"

local faults = {}

-- ---- nodes ----

local function well_nodes(cluster, scope)
  local names = {}
  for _, node in ipairs(cluster.server:list("Node", { selector = scope.nodes })) do
    if not machines.trouble(node) and not node.spec.unschedulable then
      names[#names + 1] = node.metadata.name
    end
  end
  return names
end

local function of_node(verb, words, undo)
  return {
    targets = well_nodes,
    strike = function(cluster, name)
      local node = nodes.node(cluster, name)
      node[verb](node)
      return ("%s %s"):format(name, words)
    end,
    mend = function(cluster, name)
      if not cluster.server:get("Node", nil, name) then return nil end
      local node = nodes.node(cluster, name)
      node[undo or "recover"](node)
      return ("%s is well again"):format(name)
    end,
  }
end

faults.node_crash = of_node("fail", "goes down")
faults.node_freeze = of_node("freeze", "stands still")
faults.node_partition = of_node("partition", "cannot be reached")
faults.node_unready = of_node("unready", "says that it is not ready")
faults.drain = of_node("drain", "is drained", "uncordon")
faults.cordon = of_node("cordon", "is cordoned", "uncordon")

-- ---- pods ----

local function running_pods(cluster, scope)
  local names = {}
  for _, pod in ipairs(cluster.server:list("Pod", { selector = scope.selector,
    namespace = scope.namespace })) do
    if (pod.status or {}).phase == "Running" and not pod.metadata.deletionTimestamp then
      names[#names + 1] = pod.metadata.namespace .. "/" .. pod.metadata.name
    end
  end
  return names
end

local function find(cluster, name)
  local namespace, rest = name:match "^(.*)/(.*)$"
  return (cluster.server:get("Pod", namespace, rest))
end

-- All containers of a pod that run end so.
local function ending(how, words)
  return { targets = running_pods, strike = function(cluster, name)
    cluster.kubelet:strike(cluster.kubelet.entry.ctx, find(cluster, name), function(sim, at)
      for _, status in ipairs(sim.status.containerStatuses or {}) do
        if status.state.running then container.stop(status, at, how) end
      end
    end)
    return ("pod %s %s"):format(name, words)
  end }
end

faults.pod_crash = ending({ code = 1, reason = "Error" }, "crashes")
faults.oom_kill = ending({ code = 137, reason = "OOMKilled" }, "is killed: out of memory")

faults.pod_delete = { targets = running_pods, strike = function(cluster, name)
  cluster.server:delete(find(cluster, name))
  return ("pod %s is deleted"):format(name)
end }

faults.evict = { targets = running_pods, strike = function(cluster, name)
  cluster.chaos_ctx = cluster.chaos_ctx or Ctx.new(cluster, "chaos")
  cluster.chaos_ctx.now = cluster:now()
  local done, message = eviction.evict(cluster.chaos_ctx, find(cluster, name))
  return ("pod %s %s"):format(name, done and "is evicted"
    or "is not evicted: " .. tostring(message))
end }

-- ---- controllers and the machine that they run on ----

faults.controller_restart = {
  targets = function(cluster) return cluster.controllers:names() end,
  strike = function(cluster, name)
    cluster.controllers:restart(name)
    return name .. " is started again, and remembers nothing"
  end,
}

faults.leader_change = {
  targets = function() return { "all controllers" } end,
  strike = function(cluster)
    for _, name in ipairs(cluster.controllers:names()) do cluster.controllers:restart(name) end
    return "all controllers are started again, and remember nothing"
  end,
}

-- While it lasts nothing happens; then everything that was due is late.
faults.pause = {
  targets = function() return { "the whole model" } end,
  strike = function(cluster, _, last)
    cluster:sleep(last or 60)
    return ("everything stood still for %g s"):format(last or 60)
  end,
}

-- ---- the API ----

faults.api_conflict = { code = "Conflict", verbs = { update = true },
  message = "the object has been modified; please apply your changes to the latest version and "
    .. "try again" }
faults.api_error = { code = "InternalError", message = "etcdserver: request timed out",
  verbs = { create = true, update = true, delete = true } }
faults.watch_delay = { postpones = true }

return faults
