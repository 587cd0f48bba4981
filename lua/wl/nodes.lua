-- SPDX-License-Identifier: MIT
--- The nodes of a simulated cluster, and all that makes pods run on them: the
-- scheduler, the kubelets and the node controller.
local Kubelet = require "wl.kubelet"
local NodeController = require "wl.node.controller"
local Scheduler = require "wl.scheduler"
local template = require "wl.node.template"
local time = require "wl.time"
local value = require "wl.value"

local nodes = {}

local function component(cluster, name, object)
  object.entry = cluster.controllers:add_component {
    name = name,
    run = function(ctx) return object:run(ctx) end,
    wake = function(ctx) return object:wake(ctx) end,
  }
end

-- What sets a node apart from the first of its kind, which the API server has
-- accepted: then so are the others.
local function vary(accepted, node)
  return value.update(accepted, function(draft)
    draft.metadata.name, draft.metadata.labels = node.metadata.name, node.metadata.labels
    draft.spec.podCIDR = node.spec.podCIDR
    draft.status.addresses = node.status.addresses
  end)
end

local function refused(message, level)
  error("node: " .. tostring(message), level + 1)
end

--- Add nodes to a cluster.
-- @param cluster
-- @tparam integer first number of the first
-- @tparam integer last number of the last; fewer than `first`: none
-- @tparam ?table options see wl.node.template
-- @tparam ?integer level whose mistake a wrong option is, as for `error`
function nodes.add(cluster, first, last, options, level)
  level = (level or 1) + 1
  local server, timestamp, accepted = cluster.server, time.format(cluster:now()), nil
  for i = first, last do
    local node = template.node(i, options or {}, timestamp, level)
    if not accepted then
      local draft, message = server:admit_new(node)
      accepted = draft and value.of(draft) or refused(message, level)
    end
    local created, message = server.store:create(server:number(server:kind "Node"),
      vary(accepted, node))
    if not created then
      refused(message, level)
    end
  end
end

--- Start what runs pods, and make the first nodes.
-- @param cluster
-- @tparam ?table options
--   nodes  how many
--   node   what each is like: see wl.node.template
--   node_monitor_grace_period  seconds without a heartbeat after which a node is
--          taken for lost: 40
-- @tparam ?integer level as for `error`
function nodes.install(cluster, options, level)
  options = options or {}
  nodes.add(cluster, 1, options.nodes or 0, options.node, (level or 1) + 1)
  nodes.start(cluster, options)
end

--- Start what runs pods.
-- @param cluster
-- @tparam table options node_monitor_grace_period
function nodes.start(cluster, options)
  cluster.scheduler = Scheduler.new()
  cluster.kubelet = Kubelet.new()
  cluster.node_controller = NodeController.new {
    grace_period = options.node_monitor_grace_period }
  component(cluster, "default-scheduler", cluster.scheduler)
  component(cluster, "kubelet", cluster.kubelet)
  component(cluster, "node-controller", cluster.node_controller)
end

return nodes
