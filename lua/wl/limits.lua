-- SPDX-License-Identifier: MIT
--- LimitRanges at admission: what containers get that ask for nothing, and what
-- containers, pods and claims may ask for.
-- Source: plugin/pkg/admission/limitranger.
local apierror = require "wl.apierror"
local pod_resources = require "wl.pod_resources"
local quantity = require "wl.quantity"
local suggest = require "wl.suggest"

local limits = {}

local ANNOTATION = "kubernetes.io/limit-ranger"

local function each_container(spec, call)
  for _, list in ipairs { "containers", "initContainers" } do
    for i = 1, #(spec[list] or {}) do call(spec[list][i], list) end
  end
end

-- ---- defaults ----

local function defaults_of(ranges)
  local default, request = {}, {}
  for _, range in ipairs(ranges) do
    for _, item in ipairs(range.spec.limits) do
      if item.type == "Container" then
        for name, amount in pairs(item.default or {}) do default[name] = amount end
        for name, amount in pairs(item.defaultRequest or {}) do request[name] = amount end
      end
    end
  end
  return default, request
end

-- Returns the names of what was filled in.
local function fill(container, field, amounts)
  local set = {}
  for _, name in ipairs(suggest.keys(amounts)) do
    if container.resources == nil then container.resources = {} end
    if container.resources[field] == nil then container.resources[field] = {} end
    if container.resources[field][name] == nil then
      container.resources[field][name] = amounts[name]
      set[#set + 1] = name
    end
  end
  return set
end

local function give_defaults(draft, ranges)
  local default, request = defaults_of(ranges)
  local notes = {}
  each_container(draft.spec, function(container, list)
    local sort = list == "initContainers" and "init container" or "container"
    for _, pair in ipairs { { "requests", request, "request" }, { "limits", default, "limit" } } do
      local set = fill(container, pair[1], pair[2])
      if #set > 0 then
        notes[#notes + 1] = ("%s %s for %s %s"):format(table.concat(set, ", "), pair[3], sort,
          container.name)
      end
    end
  end)
  if #notes == 0 then return end
  if draft.metadata.annotations == nil then draft.metadata.annotations = {} end
  draft.metadata.annotations[ANNOTATION] = "LimitRanger plugin set: " .. table.concat(notes, "; ")
end

-- ---- rules ----

local function below(text, bound) return quantity.parse(text) < quantity.parse(bound) end

local function check_min(about, bound, request, limit)
  if request == nil then return about .. ".  No request is specified" end
  if below(request, bound) then return about .. ", but request is " .. request end
  if limit ~= nil and below(limit, bound) then return about .. ", but limit is " .. limit end
end

local function check_max(about, bound, request, limit)
  if limit == nil then return about .. ".  No limit is specified" end
  if below(bound, limit) then return about .. ", but limit is " .. limit end
  if request ~= nil and below(bound, request) then
    return about .. ", but request is " .. request
  end
end

local function check_ratio(about, bound, request, limit)
  local asked, most = request and quantity.parse(request), limit and quantity.parse(limit)
  if not asked or asked:is_zero() then
    return about .. ", but no request is specified or request is 0"
  elseif not most or most:is_zero() then
    return about .. ", but no limit is specified or limit is 0"
  end
  local ratio = most:milli() / asked:milli()
  if ratio > quantity.parse(bound):milli() / 1000 then
    return ("%s, but provided ratio is %f"):format(about, ratio)
  end
end

local function check_most(about, bound, request)
  if request == nil then return about .. ".  No request is specified" end
  if below(bound, request) then return about .. ", but request is " .. request end
end

local RULES = {
  { "min", check_min, "minimum %s usage per %s is %s" },
  { "max", check_max, "maximum %s usage per %s is %s" },
  { "maxLimitRequestRatio", check_ratio, "%s max limit to request ratio per %s is %s" },
}

-- A claim has no limit: what it asks for is what counts.
local CLAIM_RULES = { RULES[1], { "max", check_most, RULES[2][3] } }

local function apply_item(item, requests, most, problems, rules)
  for _, rule in ipairs(rules or RULES) do
    local bounds = item[rule[1]] or {}
    for _, name in ipairs(suggest.keys(bounds)) do
      local bound = tostring(bounds[name])
      problems[#problems + 1] = rule[2](rule[3]:format(name, item.type, bound), bound,
        requests[name] and tostring(requests[name]), most[name] and tostring(most[name]))
    end
  end
end

-- What a pod asks for in all; a part that nobody names is not there.
local function texts_of(amounts)
  local texts = {}
  for name, amount in pairs(amounts) do
    texts[name] = tostring(quantity.new(amount, name == "cpu" and -3 or 0,
      name == "memory" and "BinarySI" or "DecimalSI"))
  end
  return texts
end

local function check_pod(spec, item, problems)
  if item.type == "Container" then
    each_container(spec, function(container)
      local resources = container.resources or {}
      apply_item(item, resources.requests or {}, resources.limits or {}, problems)
    end)
  elseif item.type == "Pod" then
    apply_item(item, texts_of(pod_resources.requests(spec)), texts_of(pod_resources.limits(spec)),
      problems)
  end
end

local function check_claim(spec, item, problems)
  if item.type ~= "PersistentVolumeClaim" then return end
  apply_item(item, spec.resources and spec.resources.requests or {}, {}, problems, CLAIM_RULES)
end

local CHECKS = { Pod = check_pod, PersistentVolumeClaim = check_claim }

local function check(kind, draft, ranges)
  local problems = {}
  for _, range in ipairs(ranges) do
    for _, item in ipairs(range.spec.limits) do CHECKS[kind.name](draft.spec, item, problems) end
  end
  if #problems == 0 then return true end
  local text = #problems == 1 and problems[1] or "[" .. table.concat(problems, ", ") .. "]"
  return apierror.returned(apierror.forbidden(kind.resource, draft.metadata.name, text))
end

--- An admission rule for wl.server.
-- @param server
-- @treturn table see wl.admission_rules
function limits.admission(server)
  local all
  local function changes(kind)
    if not CHECKS[kind.name] then return false end
    all = all or server.store:all(server:number(server:kind "LimitRange"))
    return #all > 0
  end
  return { changes = changes, admit = function(kind, draft)
    if not changes(kind) then return true end
    local ranges = server:list("LimitRange", { namespace = draft.metadata.namespace })
    if #ranges == 0 then return true end
    if kind.name == "Pod" then give_defaults(draft, ranges) end
    return check(kind, draft, ranges)
  end }
end

return limits
