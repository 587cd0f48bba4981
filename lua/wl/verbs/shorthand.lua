-- SPDX-License-Identifier: MIT
--- What constructors take in fewer words than a manifest does.
--
--   ports = 80, ports = { 80, 443 }       of a container and of a Service
--   env = { LEVEL = "info" }              variables by name
--   volumeMounts = { data = "/data" }     paths by volume
--   volumeClaimTemplates = { data = "1Gi" }   of a StatefulSet: sizes by name
--   storage = "1Gi"                       of a PersistentVolumeClaim, for one node at a time
--   selector = { app = "web" }, "app=web"     labels, where a label selector goes
--   target = "deploy/web", cpu = 50       of a HorizontalPodAutoscaler: percent of the requests
--
-- What a manifest would say is taken as it is.
local reference = require "wl.verbs.reference"
local value = require "wl.value"

local shorthand = {}

local function sorted(map)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

-- A map by name, as a list; a list is one already.
local function named(map, item)
  if not value.is_map(map) or value.is_list(map) and #map > 0 then return map end
  local list = value.list {}
  for i, name in ipairs(sorted(map)) do list[i] = item(name, map[name]) end
  return list
end

local function port_list(given, field)
  if math.type(given) == "integer" then given = { given } end
  if type(given) ~= "table" or math.type(given[1]) ~= "integer" then return given end
  local list = value.list {}
  for i, number in ipairs(given) do
    list[i] = math.type(number) == "integer" and { [field] = number } or number
    if #given > 1 and type(list[i]) == "table" and not list[i].name then
      list[i].name = "port-" .. tostring(number)
    end
  end
  return list
end

-- ---- containers ----

local container = {}

function container.ports(given) return port_list(given, "containerPort") end

function container.env(given)
  return named(given, function(name, text) return { name = name, value = tostring(text) } end)
end

function container.volumeMounts(given)
  return named(given, function(name, path) return { name = name, mountPath = path } end)
end

--- A field of a container, in full.
-- @tparam string field
-- @param given
function shorthand.container(field, given)
  local expand = container[field]
  return expand and type(given) ~= "string" and expand(given) or given
end

-- ---- label selectors ----

local function labels_of(text)
  local labels = {}
  for part in text:gmatch "[^,]+" do
    local key, label = part:match "^%s*([^=!%s]+)%s*==?%s*([^=%s]*)%s*$"
    if not key then return nil end
    labels[key] = label
  end
  return labels
end

--- A selector, in full.
-- @param given "app=web", { app = "web" }, or as in a manifest
-- @tparam boolean plain the kind has a map of labels there, not a label selector
-- @return what a manifest would say
function shorthand.selector(given, plain)
  if type(given) == "string" then
    given = labels_of(given) or reference.misuse('selector: labels expected, as in "app=web"; '
      .. "got %q", given)
  elseif plain or not value.is_map(given) or given.matchLabels or given.matchExpressions then
    return given
  end
  return plain and given or { matchLabels = next(given) and given or nil }
end

-- ---- kinds ----

local kinds = { Service = {}, StatefulSet = {}, PersistentVolumeClaim = {},
  HorizontalPodAutoscaler = {} }

function kinds.Service.ports(spec, given) spec.ports = port_list(given, "port") end

local function claim_spec(storage)
  return { accessModes = value.list { "ReadWriteOnce" },
    resources = { requests = { storage = storage } } }
end

function kinds.StatefulSet.volumeClaimTemplates(spec, given)
  spec.volumeClaimTemplates = named(given, function(name, storage)
    return { metadata = { name = name }, spec = claim_spec(storage) }
  end)
end

function kinds.PersistentVolumeClaim.storage(spec, given)
  for field, x in pairs(claim_spec(given)) do spec[field] = spec[field] or x end
end

local SCALED = {
  deploy = { "apps/v1", "Deployment" }, rs = { "apps/v1", "ReplicaSet" },
  sts = { "apps/v1", "StatefulSet" }, rc = { "v1", "ReplicationController" },
}
for _, of in ipairs { SCALED.deploy, SCALED.rs, SCALED.sts, SCALED.rc } do
  SCALED[of[2]:lower()], SCALED[of[2]:lower() .. "s"] = of, of
end

function kinds.HorizontalPodAutoscaler.target(spec, given)
  local word, name = tostring(given):match "^([^/]+)/([^/]+)$"
  local of = word and SCALED[word:lower()]
  if not of then
    reference.misuse('target: what is scaled expected, as in "deploy/web"; got %s',
      reference.seen(given))
  end
  spec.scaleTargetRef = { apiVersion = of[1], kind = of[2], name = name }
end

function kinds.HorizontalPodAutoscaler.cpu(spec, given)
  if math.type(given) ~= "integer" then
    reference.misuse("cpu: percent of the requests expected, as in cpu = 50; got %s",
      reference.seen(given))
  end
  spec.metrics = value.list { { type = "Resource", resource = { name = "cpu",
    target = { type = "Utilization", averageUtilization = given } } } }
end

--- What a field of a kind stands for.
-- @tparam string kind its name
-- @tparam string field
-- @treturn ?function(spec, given) writes it into the spec; nil: it stands for itself
function shorthand.of(kind, field) return kinds[kind] and kinds[kind][field] end

return shorthand
