-- SPDX-License-Identifier: MIT
--- A rollout of numbers: a workload whose pods become available at once, and
-- which has the sizes that a strategy plans, as far as the budget lets it.
--
-- What a test reads: `new` and `old`, pods of each template; `now`, seconds since
-- the epoch; `plan`, the last one; of a script `phase`, `message` and `record`
-- (see wl.rollout.record); `services`, name -> hash that it selects; `least` and
-- `most`, how few and how many pods there ever were.
local budget = require "wl.rollout.budget"
local duration = require "wl.duration"
local policy = require "wl.policy"
local suggest = require "wl.suggest"
local views = require "wl.policy_test.views"

local Rollout = {}
Rollout.__index = Rollout

local ENOUGH = 1000 -- syncs in which nothing comes to rest

local WORLD = { replicas = true, surge = true, unavailable = true, params = true, metrics = true,
  services = true, domains = true, in_place = true }

--- @tparam policy p a strategy
-- @tparam table world
--   replicas     pods wanted, 10 when left out
--   surge        how many more may exist, all when left out
--   unavailable  how many fewer may be available, 0 when left out
--   params       the strategy's block
--   metrics      name -> number, or function(run)
--   services     name -> hash that it selects, or false
--   in_place, domains   as in the contract
-- @treturn Rollout all pods are of the template "old"; "new" is to be rolled out
function Rollout.new(p, world)
  for name in pairs(world) do
    if not WORLD[name] then
      error(("rollout: unknown field %q%s"):format(tostring(name),
        suggest.hint(tostring(name), suggest.keys(WORLD))), 3)
    end
  end
  local replicas = world.replicas or 10
  local self = setmetatable({ policy = p, world = world, replicas = replicas, now = views.NOW,
    new = 0, old = replicas, least = replicas, most = replicas, record = { stable = "old" },
    services = {} }, Rollout)
  for name, hash in pairs(world.services or {}) do self.services[name] = hash end
  return self
end

local function measured(self, name)
  local metric = (self.world.metrics or {})[name]
  if type(metric) == "function" then return metric(self) end
  return metric
end

local function view_of(self)
  local world = self.world
  local rule = policy.contract("rollout").functions.plan
  local view, message = views.complete(self.policy, rule, {
    replicas = self.replicas, surge = world.surge or self.replicas,
    unavailable = world.unavailable or 0, params = world.params, now = self.now,
    new = { replicas = self.new, exists = self.new > 0, hash = "new" },
    old = { self.old > 0 and { replicas = self.old, hash = "old" } or nil },
    revision = "new", in_place = world.in_place, domains = world.domains,
    stable = self.policy.script and self.record.stable or nil,
    record = self.policy.script and self.record or nil,
    measure = function(name) return measured(self, name) end,
    selects = function(name) return self.services[name] end,
  })
  return view or error(message, 0)
end

local function follow(self, rollout)
  if not rollout then return end
  self.record = rollout.record
  self.phase, self.message = self.record.phase, self.record.message
  for _, service in ipairs(self.record.services or {}) do
    if service.revision then self.services[service.name] = service.revision end
  end
end

--- One sync. Raises what the strategy does wrong.
-- @treturn boolean whether a size changed
function Rollout:sync()
  local view = view_of(self)
  local plan, message = policy.call(nil, self.policy, nil, "plan", view)
  if not plan then error(message, 0) end
  local held, complaint = budget.hold(plan, view)
  plan.held, plan.complaint = held, complaint
  local new, old = held.new or self.new, held.old[1] or self.old
  local changed = new ~= self.new or old ~= self.old
  self.plan, self.new, self.old = plan, new, old
  self.least, self.most = math.min(self.least, new + old), math.max(self.most, new + old)
  follow(self, plan.rollout)
  return changed
end

--- Sync until nothing changes any more but with time.
-- @treturn Rollout itself
function Rollout:go()
  local idle = 0
  for _ = 1, ENOUGH do
    local step = self.record.step
    idle = (self:sync() or self.record.step ~= step) and 0 or idle + 1
    if idle > 1 then return self end
  end
  error(("rollout: after %d syncs it still changes: new %d, old %d"):format(ENOUGH, self.new,
    self.old), 2)
end

--- Let time pass, and go on whenever the strategy wants to be asked.
-- @tparam number|string length seconds or "10m"
-- @treturn Rollout itself
function Rollout:wait(length)
  local ends = self.now + duration.seconds(length, 2)
  self:go()
  while self.plan.requeue and self.now + self.plan.requeue < ends do
    self.now = self.now + math.max(self.plan.requeue, 0.001)
    self:go()
  end
  self.now = ends
  return self:go()
end

local function ask(self, request)
  self.record.request = request
  return self:go()
end

--- What people may want: go on from where it waits; to the end; back; once more.
function Rollout:promote() return ask(self, "promote") end

function Rollout:promote_full() return ask(self, "promote-full") end

function Rollout:abort() return ask(self, "abort") end

function Rollout:retry() return ask(self, "retry") end

--- Is all new?
-- @treturn boolean
function Rollout:is_complete() return self.new == self.replicas and self.old == 0 end

return Rollout
