-- SPDX-License-Identifier: MIT
--- What objects use of a quota.
--
-- Amounts are quantities, by the names that a ResourceQuota's `hard` has for them:
-- "pods", "requests.cpu", "services.nodeports", "count/deployments.apps" ...
-- Source: pkg/quota/v1/evaluator/core.
local pod_resources = require "wl.pod_resources"
local quantity = require "wl.quantity"
local suggest = require "wl.suggest"

local usage = {}

local ONE = quantity.new(1, 0)
local NATIVE = { cpu = true, memory = true, ["ephemeral-storage"] = true }

-- Kinds that have a name of their own, beside count/<resource>.<group>.
local COUNTED = {
  Pod = "pods", Service = "services", ReplicationController = "replicationcontrollers",
  ResourceQuota = "resourcequotas", Secret = "secrets", ConfigMap = "configmaps",
  PersistentVolumeClaim = "persistentvolumeclaims",
}

local function amount(resource, number)
  return quantity.new(number, resource == "cpu" and -3 or 0,
    resource == "memory" and "BinarySI" or "DecimalSI")
end

-- ---- pods ----

local ENDED = { Succeeded = true, Failed = true }

local function add_pod(spec, used)
  for resource, number in pairs(pod_resources.requests(spec)) do
    local given = amount(resource, number)
    used["requests." .. resource] = given
    if NATIVE[resource] or resource:find "^hugepages%-" then used[resource] = given end
  end
  for resource, number in pairs(pod_resources.limits(spec)) do
    used["limits." .. resource] = amount(resource, number)
  end
end

-- ---- the others ----

local function add_service(spec, used)
  local ports = #(spec.ports or {})
  if spec.type == "NodePort" then
    used["services.nodeports"] = quantity.new(ports, 0)
  elseif spec.type == "LoadBalancer" then
    used["services.loadbalancers"] = ONE
    local given = spec.allocateLoadBalancerNodePorts ~= false and ports or 0
    used["services.nodeports"] = quantity.new(given, 0)
  end
end

local function add_claim(spec, used)
  local asked = spec.resources and spec.resources.requests and spec.resources.requests.storage
  local storage = asked and quantity.parse(tostring(asked))
  used["requests.storage"] = storage
  local class = spec.storageClassName
  if class then
    used[class .. ".storageclass.storage.k8s.io/requests.storage"] = storage
    used[class .. ".storageclass.storage.k8s.io/persistentvolumeclaims"] = ONE
  end
end

local PARTS = { Service = add_service, PersistentVolumeClaim = add_claim }

--- What one object uses.
-- @tparam kind kind
-- @param object
-- @treturn table name -> quantity
function usage.of(kind, object)
  local used = { ["count/" .. kind.resource] = ONE }
  if kind.name == "Pod" then
    if ENDED[object.status and object.status.phase] then return used end
    add_pod(object.spec, used)
  elseif PARTS[kind.name] then
    PARTS[kind.name](object.spec, used)
  end
  if COUNTED[kind.name] then used[COUNTED[kind.name]] = ONE end
  return used
end

--- The names of kinds that a name in `hard` is about.
-- @tparam string name
-- @tparam {kind,...} kinds
-- @treturn boolean
function usage.concerns(name, kind)
  if name == "count/" .. kind.resource then return true end
  if kind.name == "Pod" then
    return name == "pods" or NATIVE[name] == true or name:find "^hugepages%-" ~= nil
      or name:find "^limits%." ~= nil or name:find "^requests%." ~= nil
        and name ~= "requests.storage"
  elseif kind.name == "Service" then
    return name == "services" or name:find "^services%." ~= nil
  elseif kind.name == "PersistentVolumeClaim" then
    return name == "persistentvolumeclaims" or name == "requests.storage"
      or name:find "%.storageclass%.storage%.k8s%.io/" ~= nil
  end
  return name == COUNTED[kind.name]
end

-- ---- scopes ----

local function is_terminating(spec) return spec.activeDeadlineSeconds ~= nil end

local function is_best_effort(spec) return pod_resources.qos_class(spec) == "BestEffort" end

local function crosses_namespaces(spec)
  local affinity = spec.affinity or {}
  for _, side in ipairs { affinity.podAffinity or {}, affinity.podAntiAffinity or {} } do
    for _, term in ipairs(side.requiredDuringSchedulingIgnoredDuringExecution or {}) do
      if term.namespaceSelector or #(term.namespaces or {}) > 0 then return true end
    end
    for _, weighted in ipairs(side.preferredDuringSchedulingIgnoredDuringExecution or {}) do
      local term = weighted.podAffinityTerm
      if term.namespaceSelector or #(term.namespaces or {}) > 0 then return true end
    end
  end
  return false
end

local function has_class(spec, wanted)
  local class = spec.priorityClassName
  if wanted.operator == "Exists" then return class ~= nil end
  if wanted.operator == "DoesNotExist" then return class == nil end
  local listed = false
  for _, name in ipairs(wanted.values or {}) do listed = listed or name == class end
  return listed == (wanted.operator == "In")
end

local SCOPES = {
  Terminating = is_terminating,
  NotTerminating = function(spec) return not is_terminating(spec) end,
  BestEffort = is_best_effort,
  NotBestEffort = function(spec) return not is_best_effort(spec) end,
  CrossNamespacePodAffinity = crosses_namespaces,
  PriorityClass = has_class,
}

--- Is an object within a quota's scopes? Only pods are ever within one.
-- @tparam kind kind
-- @param object
-- @param quota
-- @treturn boolean
function usage.in_scope(kind, object, quota)
  local spec = quota.spec
  local terms = {}
  for _, scope in ipairs(spec.scopes or {}) do
    terms[#terms + 1] = { scopeName = scope, operator = "Exists" }
  end
  for _, term in ipairs(spec.scopeSelector and spec.scopeSelector.matchExpressions or {}) do
    terms[#terms + 1] = term
  end
  if #terms > 0 and kind.name ~= "Pod" then return false end
  for _, term in ipairs(terms) do
    local holds = SCOPES[term.scopeName]
    if not holds or not holds(object.spec, term) then return false end
  end
  return true
end

-- ---- arithmetic ----

--- Add n times what one object uses.
-- @tparam table total changed
-- @tparam table used
-- @tparam integer n
function usage.add(total, used, n)
  for name, given in pairs(used) do
    local more = n == 1 and given or given:mul(n)
    total[name] = total[name] and total[name] + more or more
  end
end

--- A map of quantities as text: "cpu=1,pods=2", of some names.
-- @tparam table amounts name -> quantity
-- @tparam {string,...} names
function usage.text(amounts, names)
  local parts = {}
  for i, name in ipairs(names) do parts[i] = ("%s=%s"):format(name, tostring(amounts[name])) end
  return table.concat(parts, ",")
end

--- Quantities of a map of texts.
function usage.read(map)
  local amounts = {}
  for name, text in pairs(map or {}) do amounts[name] = quantity.parse(tostring(text)) end
  return amounts
end

--- Texts of a map of quantities.
function usage.write(amounts)
  local map = {}
  for _, name in ipairs(suggest.keys(amounts)) do map[name] = tostring(amounts[name]) end
  return map
end

usage.ZERO = quantity.new(0, 0)

return usage
