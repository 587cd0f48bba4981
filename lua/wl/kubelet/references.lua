-- SPDX-License-Identifier: MIT
--- ConfigMaps and Secrets that a pod refers to: what is missing of them keeps its
-- volumes from being mounted, or one of its containers from being made.
--
-- Source: pkg/volume/{configmap,secret,projected} `SetUpAt`; pkg/kubelet
-- `makeEnvironmentVariables`.
local references = {}

-- What a namespace always has.
local GIVEN = { ["ConfigMap/kube-root-ca.crt"] = true }

local CONFIG_MAP = { kind = "ConfigMap", word = "configmap", key = "config" }
local SECRET = { kind = "Secret", word = "secret", key = "secret" }

-- ---- looking ----

local function holder(ctx, namespace, sort, name)
  if GIVEN[sort.kind .. "/" .. name] then return true end
  return (ctx:get(sort.kind, namespace, name))
end

local function has_key(object, key)
  return object == true or object.data and object.data[key] ~= nil
    or object.binaryData and object.binaryData[key] ~= nil
end

-- ---- environment ----

local function missing_key(ctx, namespace, sort, ref)
  local name = ref.name or ""
  local object = holder(ctx, namespace, sort, name)
  if not object then return ("%s %q not found"):format(sort.word, name) end
  if has_key(object, ref.key) then return nil end
  return ("couldn't find key %s in %s %s/%s"):format(ref.key, sort.kind, namespace, name)
end

-- What keeps a container from being made, or nil.
local function of_container(ctx, namespace, container)
  for _, source in ipairs(container.envFrom or {}) do
    for field, sort in pairs { configMapRef = CONFIG_MAP, secretRef = SECRET } do
      local ref = source[field]
      if ref and not ref.optional and not holder(ctx, namespace, sort, ref.name or "") then
        return ("%s %q not found"):format(sort.word, ref.name or "")
      end
    end
  end
  for _, variable in ipairs(container.env or {}) do
    for field, sort in pairs { configMapKeyRef = CONFIG_MAP, secretKeyRef = SECRET } do
      local ref = variable.valueFrom and variable.valueFrom[field]
      local fault = ref and not ref.optional and missing_key(ctx, namespace, sort, ref)
      if fault then return fault end
    end
  end
end

-- ---- volumes ----

local function of_source(ctx, namespace, sort, source, name)
  if source.optional then return nil end
  local object = holder(ctx, namespace, sort, name)
  if not object then return ("%s %q not found"):format(sort.word, name) end
  for _, item in ipairs(source.items or {}) do
    if not has_key(object, item.key) then
      return ("references non-existent %s key: %s"):format(sort.key, item.key)
    end
  end
end

local function of_projection(ctx, namespace, sources)
  for _, source in ipairs(sources or {}) do
    local map, secret = source.configMap, source.secret
    local fault = map and of_source(ctx, namespace, CONFIG_MAP, map, map.name or "")
      or secret and of_source(ctx, namespace, SECRET, secret, secret.name or "")
    if fault then return fault end
  end
end

-- What keeps a volume from being mounted, or nil.
local function of_volume(ctx, namespace, volume)
  local map, secret, projected = volume.configMap, volume.secret, volume.projected
  return map and of_source(ctx, namespace, CONFIG_MAP, map, map.name or "")
    or secret and of_source(ctx, namespace, SECRET, secret, secret.secretName or "")
    or projected and of_projection(ctx, namespace, projected.sources) or nil
end

-- ---- a pod ----

local function of_volumes(ctx, namespace, volumes)
  for _, volume in ipairs(volumes or {}) do
    local fault = of_volume(ctx, namespace, volume)
    if fault then
      return ("MountVolume.SetUp failed for volume %q : %s"):format(volume.name, fault)
    end
  end
end

--- What is missing for a pod to start.
-- @param ctx the controller surface
-- @param pod
-- @treturn ?table `volume`: why its volumes cannot be mounted; `containers`: why they
--   cannot be made, by name. nil when nothing is missing
function references.missing(ctx, pod)
  local namespace, spec, containers = pod.metadata.namespace, pod.spec, nil
  for _, field in ipairs { "initContainers", "containers" } do
    for _, container in ipairs(spec[field] or {}) do
      local fault = (container.env or container.envFrom)
        and of_container(ctx, namespace, container)
      if fault then
        containers = containers or {}
        containers[container.name] = fault
      end
    end
  end
  local volume = of_volumes(ctx, namespace, spec.volumes)
  return (volume or containers) and { volume = volume, containers = containers or {} } or nil
end

local function is_starting(pod)
  local status = pod.status
  return status ~= nil and status.startTime ~= nil and status.phase == "Pending"
end

--- Like pods, parted by what is missing for them to start.
-- @param ctx the controller surface
-- @param pods a batch of pods that share containers and status
-- @treturn table array of `{ pods, missing }`
function references.split(ctx, pods)
  if not is_starting(pods[1]) then return { { pods = pods } } end
  if #pods == 1 then return { { pods = pods, missing = references.missing(ctx, pods[1]) } } end
  local complete, parts = nil, {}
  for _, group in ipairs(pods:group_by("metadata.namespace", "spec.volumes")) do
    local missing = references.missing(ctx, group.batch[1])
    if missing then
      parts[#parts + 1] = { pods = group.batch, missing = missing }
    elseif complete then
      complete.pods:add(group.batch)
    else
      complete = { pods = group.batch:slice(1, #group.batch) }
      parts[#parts + 1] = complete
    end
  end
  return parts
end

--- Has a ConfigMap or Secret been written since this was asked last?
-- @param ctx the controller surface
-- @treturn boolean
function references.changed(ctx)
  local maps, secrets = ctx:changed "ConfigMap", ctx:changed "Secret"
  return maps or secrets
end

return references
