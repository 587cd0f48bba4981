-- SPDX-License-Identifier: MIT
--- ResourceQuotas: what is used, and what may still be made.
--
-- A new object is refused when a quota of its namespace would be exceeded, and
-- counted in the quota's status otherwise. The controller counts anew when
-- something is changed or deleted.
-- Source: apiserver admission/plugin/resourcequota; pkg/controller/resourcequota.
local apierror = require "wl.apierror"
local suggest = require "wl.suggest"
local usage = require "wl.quota.usage"

local resources = {}

-- ---- counting what is there ----

-- Pods that are alike in these are counted together.
local ALIKE = {
  Pod = { "spec.containers", "spec.initContainers", "spec.overhead", "spec.resources",
    "spec.activeDeadlineSeconds", "spec.priorityClassName", "spec.affinity", "status.phase" },
  PersistentVolumeClaim = { "spec.resources", "spec.storageClassName" },
  Service = { "spec.type", "spec.ports", "spec.allocateLoadBalancerNodePorts" },
}

local function count_kind(kind, batch, quota, total)
  for _, group in ipairs(batch:group_by(table.unpack(ALIKE[kind.name] or { "kind" }))) do
    local object = group.batch[1]
    if usage.in_scope(kind, object, quota) then
      usage.add(total, usage.of(kind, object), #group.batch)
    end
  end
end

local function kind_of_count(registry, name)
  local resource = name:match "^count/(.+)$"
  return resource and registry:resolve(resource)
end

-- The kinds that a quota's names are about.
local function kinds_of(server, hard)
  local kinds, seen = {}, {}
  local function take(kind)
    if kind and kind.namespaced and not seen[kind] then
      seen[kind] = true
      kinds[#kinds + 1] = kind
    end
  end
  for _, name in ipairs(suggest.keys(hard)) do
    take(kind_of_count(server.registry, name))
    for _, word in ipairs { "Pod", "Service", "PersistentVolumeClaim", "ReplicationController",
      "ResourceQuota", "Secret", "ConfigMap" } do
      local kind = server:kind(word)
      if usage.concerns(name, kind) then take(kind) end
    end
  end
  return kinds
end

local function status_of(hard, total)
  local used = {}
  for name in pairs(hard) do used[name] = total[name] or usage.ZERO end
  return { hard = hard, used = usage.write(used) }
end

local function as_table(map)
  local copy = {}
  for name, text in pairs(map or {}) do copy[name] = text end
  return copy
end

--- Count anew what a quota's namespace uses.
-- @param ctx
-- @param quota
function resources.reconcile(ctx, quota)
  local hard, total = as_table(quota.spec.hard), {}
  for _, kind in ipairs(kinds_of(ctx.server, hard)) do
    local set = ctx:matching(kind.name, quota.metadata.namespace, {})
    count_kind(kind, set:batch(), quota, total)
  end
  ctx:update_status(quota, status_of(hard, total))
end

-- Before the controller has been there.
local function count_now(server, quota)
  local hard, total = as_table(quota.spec.hard), {}
  for _, kind in ipairs(kinds_of(server, hard)) do
    count_kind(kind, server.store:select(server:number(kind), quota.metadata.namespace), quota,
      total)
  end
  return server:update_status(quota, status_of(hard, total)) or quota
end

-- ---- admission ----

local COMPUTE = { cpu = { "requests", "cpu" }, memory = { "requests", "memory" },
  ["requests.cpu"] = { "requests", "cpu" }, ["requests.memory"] = { "requests", "memory" },
  ["limits.cpu"] = { "limits", "cpu" }, ["limits.memory"] = { "limits", "memory" } }

local function names_without(spec, field, resource)
  local names = {}
  for _, list in ipairs { spec.containers or {}, spec.initContainers or {} } do
    for _, container in ipairs(list) do
      local given = container.resources and container.resources[field]
      if not (given and given[resource] ~= nil) then names[#names + 1] = container.name end
    end
  end
  table.sort(names)
  return table.concat(names, ",")
end

-- What a pod must say, where a quota counts it: a limit is a request, too.
local function unsaid(kind, draft, quota)
  local problems = {}
  for _, name in ipairs(kind.name == "Pod" and suggest.keys(quota.spec.hard or {}) or {}) do
    local part = COMPUTE[name]
    local missing = part and names_without(draft.spec, part[1], part[2]) or ""
    if missing ~= "" then problems[#problems + 1] = ("%s for: %s"):format(name, missing) end
  end
  return #problems > 0 and table.concat(problems, "; ") or nil
end

local function forbid(kind, draft, text)
  return nil, apierror.forbidden(kind.resource, draft.metadata.name, text)
end

local LARGE = 1000000

-- How often an amount is in what is free.
local function times(free, amount)
  if free:sign() <= 0 then return 0 end
  if amount:value() >= LARGE then return free:value() // amount:value() end
  return free:milli() // amount:milli()
end

-- How many of n alike fit, and the refusal of the next.
local function fit(kind, draft, quota, used, n)
  local hard, there = usage.read(quota.status.hard), usage.read(quota.status.used)
  local fits, short = n, {}
  for name, amount in pairs(used) do
    if hard[name] and amount:sign() > 0 then
      fits = math.min(fits, times(hard[name] - (there[name] or usage.ZERO), amount))
    end
  end
  if fits == n then return n end
  local after = {}
  for name, amount in pairs(there) do after[name] = amount end
  usage.add(after, used, fits)
  for _, name in ipairs(suggest.keys(used)) do
    if hard[name] and used[name]:sign() > 0
      and (after[name] or usage.ZERO) + used[name] > hard[name] then short[#short + 1] = name end
  end
  return fits, select(2, forbid(kind, draft,
    ("exceeded quota: %s, requested: %s, used: %s, limited: %s"):format(quota.metadata.name,
      usage.text(used, short), usage.text(after, short), usage.text(hard, short))))
end

local function charge(server, quota, used, n)
  local there, hard = usage.read(quota.status.used), quota.status.hard
  local more = {}
  for name, amount in pairs(used) do
    if hard[name] ~= nil then more[name] = amount end
  end
  usage.add(there, more, n)
  server:update_status(quota, { hard = hard, used = usage.write(there) })
end

local function has_quotas(server)
  server.quotas = server.quotas or server.store:all(server:number(server:kind "ResourceQuota"))
  return #server.quotas > 0
end

local function quotas_for(server, kind, draft)
  local list = {}
  if not kind.namespaced or not has_quotas(server) then return list end
  for _, quota in ipairs(server:list("ResourceQuota", { namespace = draft.metadata.namespace })) do
    local concerned = false
    for name in pairs(quota.spec.hard or {}) do
      concerned = concerned or usage.concerns(name, kind)
    end
    if concerned and usage.in_scope(kind, draft, quota) then
      local status = quota.status
      list[#list + 1] = status and status.hard and quota or count_now(server, quota)
    end
  end
  return list
end

-- What a change uses more than what was there.
local function difference(kind, draft, old)
  local more, before = usage.of(kind, draft), usage.of(kind, old)
  local changed = {}
  for name, amount in pairs(more) do
    local change = before[name] and amount - before[name] or amount
    if not change:is_zero() then changed[name] = change end
  end
  return changed
end

--- Count new objects, or a change, against the quotas of their namespace.
-- @param server
-- @tparam kind kind
-- @param draft
-- @tparam integer n how many alike
-- @param old what is changed; nil for new objects
-- @treturn integer how many may be made
-- @treturn ?table the refusal of the others, see wl.apierror
function resources.charge(server, kind, draft, n, old)
  local quotas = quotas_for(server, kind, draft)
  if #quotas == 0 then return n end
  local used = old and difference(kind, draft, old) or usage.of(kind, draft)
  if old and not next(used) then return n end
  local fits, refusal = n, nil
  for _, quota in ipairs(quotas) do
    local missing = not old and unsaid(kind, draft, quota)
    if missing then
      return 0, select(2, forbid(kind, draft,
        ("failed quota: %s: must specify %s"):format(quota.metadata.name, missing)))
    end
    local count, why = fit(kind, draft, quota, used, fits)
    if count < fits then fits, refusal = count, why end
  end
  for _, quota in ipairs(fits > 0 and quotas or {}) do charge(server, quota, used, fits) end
  return fits, refusal
end

return resources
