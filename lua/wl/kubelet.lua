-- SPDX-License-Identifier: MIT
--- The kubelets of all nodes: they run the pods that were given to them.
--
-- One controller for all, so that it works in bulk: pods that share spec,
-- status and behaviour are carried together from step to step, each step one
-- write for all of them. What a pod does is policy: see wl.behaviour and
-- stdlib/behaviour. Source: pkg/kubelet.
local Addresses = require "wl.kubelet.address"
local Behaviours = require "wl.kubelet.behaviours"
local Timers = require "wl.kubelet.timers"
local default = require "stdlib.behaviour.default"
local lifecycle = require "wl.kubelet.lifecycle"
local machines = require "wl.kubelet.machines"
local references = require "wl.kubelet.references"
local rejection = require "wl.kubelet.rejection"
local rng = require "wl.rng"
local termination = require "wl.kubelet.termination"
local time = require "wl.time"

local Kubelet = {}
Kubelet.__index = Kubelet

-- Pods that agree in all of these are carried together.
local ALIKE = { "spec.containers", "spec.initContainers", "spec.restartPolicy",
                "spec.activeDeadlineSeconds", "spec.readinessGates", "spec.hostNetwork",
                "metadata.deletionTimestamp", "metadata.deletionGracePeriodSeconds",
                "metadata.finalizers", "metadata.generation", "status.phase",
                "status.containerStatuses", "status.initContainerStatuses", "status.conditions",
                "status.startTime" }
-- ... and in these where behaviours were given.
local ALIKE_TO_BEHAVIOURS = { "metadata.labels", "metadata.namespace" }

--- @treturn Kubelet to be run whenever pods are bound or deleted, or nodes change
function Kubelet.new()
  return setmetatable({ behaviours = Behaviours.new(default), timers = Timers.new(),
                        machines = machines.new(), addresses = Addresses.new(),
                        changed_behaviours = {} }, Kubelet)
end

--- Say how the pods that match a selector behave, from now on.
-- @tparam string selector a label selector; "" for all pods
-- @param definition see wl.behaviour
-- @tparam ?table options `namespace`, `since` (seconds: now)
-- @tparam ?integer level whose mistake it is, as for `error`
function Kubelet:behave(selector, definition, options, level)
  local given = self.behaviours:give(selector, definition, options or {}, (level or 1) + 1)
  table.insert(self.changed_behaviours, given)
  if self.run_again then
    self.run_again()
  end
end

--- Go on with pods that other kubelets have run: what comes next stands in their
-- status. A story (see wl.kubelet.script) is told again up to the present.
-- @param behaviours as those were
function Kubelet:resume(behaviours)
  self.behaviours, self.is_new = behaviours, true
end

-- What differs from pod to pod.
local function columns_for(self, ctx, pods, step)
  if not step.accepted and not step.addressed then
    return nil
  end
  local columns, names = {}, pods:pluck "spec.nodeName"
  if step.accepted then
    columns["status.hostIP"] = self.addresses:of_nodes(ctx, names)
  end
  if step.addressed then
    local on_host = pods[1].spec.hostNetwork
    columns["status.podIP"] = on_host and self.addresses:of_nodes(ctx, names)
      or self.addresses:for_pods(ctx, names)
  end
  return columns
end

local function tell(ctx, pods, events)
  for _, event in ipairs(events) do
    ctx:event_many(pods, event.type, event.reason, event.message)
  end
end

-- Pods that wait for a ConfigMap or Secret.
local function hold(self, ctx, pods)
  if not self.waiting then
    self.waiting = {}
    references.changed(ctx)
    ctx:all("ConfigMap"):subscribe(self.entry.source, self.entry.key)
    ctx:all("Secret"):subscribe(self.entry.source, self.entry.key)
  end
  table.insert(self.waiting, pods)
end

local function advance(self, ctx, part, first, missing)
  local step = lifecycle.advance(part.pod, part.profile, ctx.now, first or nil, missing)
  if step.status then
    ctx:update_many(part.pods, { status = step.status }, columns_for(self, ctx, part.pods, step))
    tell(ctx, part.pods, step.events)
  end
  if step.due and (step.status or first ~= nil) then
    self.timers:add(step.due, part.pods)
  end
  if step.waits and (step.status or first ~= nil) then
    hold(self, ctx, part.pods)
  end
end

-- Pods that are being deleted: `new` when the kubelet has not seen that before.
local function terminate(self, ctx, part, new)
  local at, code = termination.ends_at(part.pod, part.profile)
  if new then
    tell(ctx, part.pods, termination.events(part.pod))
  end
  if at > ctx.now then
    self.timers:add(at, part.pods)
    return
  end
  local finalizers = part.pod.metadata.finalizers
  local status = finalizers and #finalizers > 0
    and termination.status(part.pod, ctx.now, code)
  if status then
    ctx:update_many(part.pods, { status = status })
  end
  self.behaviours:forget(part.pod)
  ctx:delete_many(part.pods, { grace = 0 })
end

local function alike(self, pods)
  local paths = table.move(ALIKE, 1, #ALIKE, 1, {})
  if not self.behaviours:is_plain() then
    table.move(ALIKE_TO_BEHAVIOURS, 1, #ALIKE_TO_BEHAVIOURS, #paths + 1, paths)
  end
  return pods:group_by(table.unpack(paths))
end

-- Carry pods on. `first`: a first step for those that live, false: none, but they
-- have not been waited for; `new`: those that are being deleted were not seen so
-- before; `late`: they have waited for what they refer to.
local function carry(self, ctx, batch, first, new, late)
  local pods = self.machines:reachable(batch)
  if #pods == 0 then
    return
  end
  for _, group in ipairs(alike(self, pods)) do
    for _, like in ipairs(references.split(ctx, group.batch)) do
      local missing = like.missing or late and { late = true } or nil
      for _, part in ipairs(self.behaviours:profiles(like.pods, self.seed)) do
        if part.pod.metadata.deletionTimestamp then
          terminate(self, ctx, part, new)
        else
          advance(self, ctx, part, first, missing)
        end
      end
    end
  end
end

local FIRST_STEP = { failed = lifecycle.reboot }

local function welcome_back(self, ctx, machine)
  local pods = ctx:on_node(machine.name, "Pod"):batch()
  carry(self, ctx, pods, FIRST_STEP[machine.trouble] or lifecycle.resync, true)
end

-- Pods that are there already behave in the new way too.
local function take_in_behaviours(self, ctx)
  for _, given in ipairs(self.changed_behaviours) do
    local groups = ctx:where("Pod", "consumes"):batch():group_by("metadata.labels",
      "status.startTime")
    for _, group in ipairs(groups) do
      -- Those that have not started will do so in the new way.
      if group[2] and given.selector:matches(group[1] or {}) then
        carry(self, ctx, group.batch, lifecycle.resync)
      end
    end
  end
  self.changed_behaviours = {}
end

-- Pods that other kubelets have started.
local function take_up(self, ctx)
  local started = ctx:where("Pod", "graceful"):batch():without(ctx:where("Pod", "bound"):batch())
  self.addresses:resume(ctx, started)
  started = started:without(ctx:where("Pod", "dying"):batch())
  for _, machine in ipairs(machines.booted(ctx)) do
    local others = started:without(ctx:on_node(machine.name, "Pod"):batch())
    carry(self, ctx, started:without(others), lifecycle.booted(machine.at))
    started = others
  end
  -- On a node that is not ready somebody else says so of its pods.
  for name in pairs(self.machines.unready) do
    local others = started:without(ctx:on_node(name, "Pod"):batch())
    carry(self, ctx, started:without(others), false)
    started = others
  end
  carry(self, ctx, started, lifecycle.resync)
  self.is_new = false
end

-- Pods whose deletion the kubelet has not seen yet.
local function take_in_dying(self, ctx)
  local dying = ctx:where("Pod", "dying"):batch()
  local new = self.dying and dying:without(self.dying) or dying
  self.dying = dying
  carry(self, ctx, new, nil, true)
end

-- Pods whose grace is over, also where it was shortened meanwhile. Returns when
-- that is so for the next.
local function end_graces(self, ctx)
  local dying = ctx:where("Pod", "dying")
  if self.swept_at ~= ctx.now and dying:count_before("endsBy", ctx.now // 1) > 0 then
    self.swept_at = ctx.now
    for _, group in ipairs(dying:batch():group_by "metadata.deletionTimestamp") do
      if time.parse(group[1]) <= ctx.now then
        carry(self, ctx, group.batch)
      end
    end
  end
  return dying:next_time("endsBy", ctx.now // 1)
end

-- Pods whose readiness depends on conditions that others set.
local function look_at_gates(self, ctx)
  local gated = ctx:where("Pod", "gated")
  if #gated > 0 then
    for _, group in ipairs(alike(self, self.machines:reachable(gated:batch()))) do
      for _, part in ipairs(self.behaviours:profiles(group.batch, self.seed)) do
        local step = lifecycle.advance(part.pod, part.profile, ctx.now, lifecycle.resync)
        ctx:update_many(part.pods, { status = { conditions = step.status.conditions } })
      end
    end
  end
end

-- Pods whose spec was changed while they run.
local function take_in_amendments(self, ctx)
  local amended = ctx:where("Pod", "amended")
  if #amended == 0 or amended:version() == self.amended_version then return end
  for _, group in ipairs(amended:batch():group_by("spec.containers", "status.containerStatuses")) do
    if lifecycle.is_amended(group.batch[1]) then
      carry(self, ctx, group.batch, lifecycle.resync)
    end
  end
  self.amended_version = amended:version()
end

-- Pods for which what they refer to may be there now.
local function look_at_references(self, ctx)
  if not self.waiting or not references.changed(ctx) then return end
  local waiting = self.waiting
  self.waiting = nil
  for _, pods in ipairs(waiting) do
    carry(self, ctx, pods, nil, nil, true)
  end
end

--- Let something happen to a pod from outside, now.
-- @param ctx the controller surface
-- @param pod
-- @tparam function step(sim, at) see wl.kubelet.lifecycle
function Kubelet:strike(ctx, pod, step)
  ctx.now = ctx.cluster:now()
  local batch = ctx:on_node(pod.spec.nodeName, "Pod"):batch(nil, 0)
  batch:add(ctx.server:id(pod))
  carry(self, ctx, batch, step)
  ctx:wake()
end

local function run_due(self, ctx)
  local batches = self.timers:pop(ctx.now)
  while batches do
    for _, batch in ipairs(batches) do
      carry(self, ctx, batch)
    end
    batches = self.timers:pop(ctx.now)
  end
end

--- The live sets whose changes wake the kubelets.
-- @param ctx the controller surface
function Kubelet:wake(ctx)
  function self.run_again() ctx:wake() end
  return { ctx:where("Pod", "bound"), ctx:where("Pod", "dying"), ctx:where("Pod", "gated"),
           ctx:where("Pod", "amended"), ctx:all "Node" }
end

local function earliest(a, b) return a and b and math.min(a, b) or a or b end

--- Do what is due.
-- @param ctx the controller surface
-- @treturn ?number seconds until something is due again
function Kubelet:run(ctx)
  self.seed = self.seed or tostring(rng.new(ctx.cluster.seed, "behaviour"):integer(0, 0xffffffff))
  local well_again, gone = self.machines:look(ctx)
  if self.is_new then
    take_up(self, ctx)
  end
  for _, name in ipairs(gone) do
    self.addresses:forget(name)
  end
  for _, machine in ipairs(well_again) do
    welcome_back(self, ctx, machine)
  end
  take_in_behaviours(self, ctx)
  local accepted, again = rejection.accepted(ctx, ctx:where("Pod", "bound"):batch())
  carry(self, ctx, accepted)
  take_in_dying(self, ctx)
  look_at_gates(self, ctx)
  take_in_amendments(self, ctx)
  look_at_references(self, ctx)
  run_due(self, ctx)
  local due = earliest(self.timers:next(), earliest(end_graces(self, ctx), again))
  return due and due - ctx.now
end

return Kubelet
