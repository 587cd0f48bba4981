-- SPDX-License-Identifier: MIT
--- Requests and limits: names of resources and their quantities.
-- (pkg/apis/core/validation, pkg/apis/core/helper)
local check = require "wl.validate.check"
local quantity = require "wl.quantity"

local resources = {}

local CONTAINER = check.set { "cpu", "memory", "ephemeral-storage" }
local POD = { "cpu", "memory" }
-- Counted in whole things.
local COUNTED = {
  "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps",
  "persistentvolumeclaims", "services.nodeports", "services.loadbalancers",
}
local COUNTS = check.set(COUNTED)

local QUOTA = check.set {
  "requests.cpu", "requests.memory", "requests.ephemeral-storage", "requests.storage",
  "limits.cpu", "limits.memory", "limits.ephemeral-storage",
}
for name in pairs(CONTAINER) do QUOTA[name] = true end
for name in pairs(COUNTS) do QUOTA[name] = true end

local function is_prefixed(name) return name:find("/", 1, true) ~= nil end
local function is_huge_page(name) return name:sub(1, 10) == "hugepages-" end
local function is_quota_huge_page(name) return name:sub(1, 19) == "requests.hugepages-" end

-- Of Kubernetes' own naming.
local function is_native(name)
  return not is_prefixed(name) or name:find("kubernetes.io/", 1, true) ~= nil
end

local function is_extended(name)
  return not is_native(name) and name:sub(1, 9) ~= "requests."
    and #check.faults("label_key", "requests." .. name) == 0
end

-- A node may promise more of it than it has.
local function may_overcommit(name) return is_native(name) and not is_huge_page(name) end

local function is_standard(name)
  return QUOTA[name] or name == "storage" or is_huge_page(name) or is_quota_huge_page(name)
end

-- ---------------------------------------------------------------------------
-- Names
-- ---------------------------------------------------------------------------

--- A resource's name, of any place.
-- @return whether it is one
function resources.name(errors, path, name)
  local faults = check.faults("label_key", name)
  errors:each_invalid(path, name, faults)
  if #faults == 0 and not is_prefixed(name) and not is_standard(name) then
    errors:invalid(path, name, "must be a standard resource type or fully qualified")
    return false
  end
  return #faults == 0
end

--- A resource that containers have.
function resources.container_name(errors, path, name)
  resources.name(errors, path, name)
  if not is_prefixed(name) then
    if not CONTAINER[name] and not is_huge_page(name) then
      errors:invalid(path, name, "must be a standard resource for containers")
    end
  elseif not is_native(name) and not is_extended(name) then
    errors:invalid(path, name, "doesn't follow extended resource name standard")
  end
end

--- A resource that a pod has as a whole.
function resources.pod_name(errors, path, name)
  if not resources.name(errors, path, name) then return end
  if not is_huge_page(name) then check.choice(errors, path, name, POD) end
end

--- A resource that a quota limits.
function resources.quota_name(errors, path, name)
  resources.name(errors, path, name)
  if not is_prefixed(name) and not QUOTA[name] and not is_quota_huge_page(name) then
    errors:invalid(path, name, "must be a standard resource for quota")
  end
end

-- ---------------------------------------------------------------------------
-- Quantities
-- ---------------------------------------------------------------------------

local ZERO = quantity.new(0)

-- The quantity of a text, or nil: that it is one is the schema's to check.
local function read(text) return text and (quantity.parse(text)) end

--- A quantity that is not negative, and whole where the resource is counted.
function resources.amount(errors, path, name, text)
  local q = read(text)
  if not q then return end
  if q < ZERO then errors:invalid(path, tostring(q), "must be greater than or equal to 0") end
  if (COUNTS[name] or is_extended(name)) and q:milli() % 1000 ~= 0 then
    errors:invalid(path, tostring(q), "must be an integer")
  end
end

--- Whether a quantity is above zero, or zero where that will do; nil for what is none.
function resources.is_positive(text, zero_too)
  local q = read(text)
  return q and (q > ZERO or zero_too == true and q == ZERO)
end

--- A quantity above zero.
-- @return whether it is
function resources.positive(errors, path, text)
  local q = read(text)
  if not q or q > ZERO then return true end
  errors:invalid(path, tostring(q), "must be greater than zero")
  return false
end

--- A quantity that is not negative.
function resources.nonnegative(errors, path, text)
  local q = read(text)
  if q and q < ZERO then errors:invalid(path, q:value(), "must be a valid resource quantity") end
end

--- -1, 0 or 1; 0 when one of the texts is no quantity.
function resources.compare(a, b)
  local x, y = read(a), read(b)
  return x and y and x:compare(y) or 0
end

local function huge_pages(errors, path, name, text)
  local page, q = read(name:sub(11)), read(text)
  if not q or not is_huge_page(name) then return end
  local whole = page and page > ZERO and page:milli() % 1000 == 0
  if not whole or q:value() % page:value() ~= 0 then
    errors:invalid(path, tostring(q),
      ("%s is not positive integer multiple of %s"):format(q, name))
  end
end

-- ---------------------------------------------------------------------------
-- Requests and limits
-- ---------------------------------------------------------------------------

local function amounts(errors, path, map, name_check)
  for name, text in check.pairs(map) do
    local at = check.key(path, name)
    name_check(errors, at, name)
    resources.amount(errors, at, name, text)
    huge_pages(errors, at, name, text)
  end
end

-- What is asked for is not more than the limit; it is all of it where nodes do
-- not overcommit.
local function request_fits(errors, path, name, request, limit)
  if limit == nil then
    if not may_overcommit(name) then
      errors:required(path .. ".limits", "Limit must be set for non overcommitable resources")
    end
    return
  end
  local order = resources.compare(request, limit)
  local rule
  if order ~= 0 and not may_overcommit(name) then
    rule = "must be equal to %s limit of %s"
  elseif order > 0 then
    rule = "must be less than or equal to %s limit of %s"
  end
  if rule then errors:invalid(path .. ".requests", request, rule:format(name, limit)) end
end

local function huge_pages_need_more(errors, path, r)
  local huge, ordinary = false, false
  for _, map in ipairs { r.limits or {}, r.requests or {} } do
    for name in pairs(map) do
      huge = huge or is_huge_page(name)
      ordinary = ordinary or name == "cpu" or name == "memory"
    end
  end
  if huge and not ordinary then errors:forbidden(path, "HugePages require cpu or memory") end
end

local function claim_known(errors, path, name, known)
  if known[name] then return end
  local list = {}
  for each in pairs(known) do list[#list + 1] = each end
  table.sort(list)
  errors:not_found(path, name, "must be one of the names in pod.spec.resourceClaims"
    .. (#list == 0 and " which is empty" or ": " .. table.concat(list, ", ")))
end

local function claims(errors, path, list, known)
  local seen = {}
  for _, claim, at in check.each(list, path) do
    local key = claim.name and claim.request and claim.name .. "/" .. claim.request or claim.name
    if check.blank(claim.name) then
      errors:required(at)
    elseif seen[claim.name] or seen[key] then
      errors:duplicate(at, key)
    end
    check.optional_name(errors, at .. ".request", "dns_label", claim.request)
    if not check.blank(claim.name) then
      seen[key] = true
      claim_known(errors, at, claim.name, known or {})
    end
  end
end

--- Requests, limits and claims.
-- @param name_check    which names they may have
-- @param known_claims  set of names of the pod's resource claims
function resources.requirements(errors, path, r, name_check, known_claims)
  amounts(errors, path .. ".limits", r.limits, name_check)
  amounts(errors, path .. ".requests", r.requests, name_check)
  for name, request in check.pairs(r.requests) do
    request_fits(errors, path, name, request, (r.limits or {})[name])
  end
  huge_pages_need_more(errors, path, r)
  claims(errors, path .. ".claims", r.claims, known_claims)
end

--- The resources of a container; absent is fine.
-- @param known_claims  set of names of the pod's resource claims
function resources.container(errors, path, r, known_claims)
  if r then resources.requirements(errors, path, r, resources.container_name, known_claims) end
end

return resources
