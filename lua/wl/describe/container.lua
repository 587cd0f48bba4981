-- SPDX-License-Identifier: MIT
--- How containers are described, in a pod (with their status) and in a template.
-- Source: k8s.io/kubectl/pkg/describe describeContainers.
local cells = require "wl.columns.cells"
local parts = require "wl.describe.parts"
local value = require "wl.value"

local container = {}

-- ---- state ----

local function write_terminated(w, ended)
  for _, field in ipairs { { "Reason", ended.reason }, { "Message", ended.message } } do
    if (field[2] or "") ~= "" then
      w:line(3, field[1] .. ":\t" .. field[2])
    end
  end
  w:line(3, ("Exit Code:\t%d"):format(ended.exitCode or 0))
  if (ended.signal or 0) > 0 then
    w:line(3, ("Signal:\t%d"):format(ended.signal))
  end
  w:line(3, "Started:\t" .. parts.moment(ended.startedAt))
  w:line(3, "Finished:\t" .. parts.moment(ended.finishedAt))
end

local function write_state(w, title, state)
  if state.running then
    w:line(2, title .. ":\tRunning")
    w:line(3, "Started:\t" .. parts.moment(state.running.startedAt))
  elseif state.terminated then
    w:line(2, title .. ":\tTerminated")
    write_terminated(w, state.terminated)
  else
    w:line(2, title .. ":\tWaiting")
    if state.waiting and (state.waiting.reason or "") ~= "" then
      w:line(3, "Reason:\t" .. state.waiting.reason)
    end
  end
end

local function write_status(w, status)
  write_state(w, "State", status.state or {})
  if status.lastState and status.lastState.terminated then
    write_state(w, "Last State", status.lastState)
  end
  w:line(2, "Ready:\t" .. (status.ready and "True" or "False"))
  w:line(2, ("Restart Count:\t%d"):format(status.restartCount or 0))
end

-- ---- what it is ----

local function ports(list, field)
  local texts = {}
  for i, port in ipairs(list or {}) do
    texts[i] = ("%d/%s"):format(port[field] or 0, port.protocol or "TCP")
  end
  return texts
end

local function write_ports(w, title, texts)
  if #texts > 1 then
    w:line(2, title .. "s:\t" .. table.concat(texts, ", "))
  else
    w:line(2, title .. ":\t" .. (texts[1] or "<none>"))
  end
end

local function write_words(w, title, words)
  if #(words or {}) == 0 then
    return
  end
  w:line(2, title .. ":")
  for _, word in ipairs(words) do
    for _, line in ipairs(parts.lines_in(word)) do
      w:line(3, line)
    end
  end
end

local function write_amounts(w, title, amounts)
  local names = cells.keys(amounts)
  if #names == 0 then
    return
  end
  w:line(2, title .. ":")
  for _, name in ipairs(names) do
    w:line(3, name .. ":\t" .. parts.quantity(amounts[name]))
  end
end

-- ---- probes ----

local function address(host, port)
  host = host or ""
  return (host:find(":", 1, true) and "[" .. host .. "]" or host) .. ":" .. tostring(port)
end

local function probe_action(probe)
  if probe.exec then
    return "exec " .. parts.bracketed(probe.exec.command)
  elseif probe.httpGet then
    local get = probe.httpGet
    local path = get.path or ""
    return ("http-get %s://%s%s"):format((get.scheme or "HTTP"):lower(),
      address(get.host, get.port), path:find "^/" and path or "/" .. path)
  elseif probe.tcpSocket then
    return "tcp-socket " .. address(probe.tcpSocket.host, probe.tcpSocket.port)
  elseif probe.grpc then
    return ("grpc <pod>:%d %s"):format(probe.grpc.port, probe.grpc.service or "")
  end
  return "unknown"
end

local function write_probe(w, title, probe)
  if probe then
    w:line(2, ("%s:\t%s delay=%ds timeout=%ds period=%ds #success=%d #failure=%d"):format(title,
      probe_action(probe), probe.initialDelaySeconds or 0, probe.timeoutSeconds or 0,
      probe.periodSeconds or 0, probe.successThreshold or 0, probe.failureThreshold or 0))
  end
end

-- ---- environment ----

local function write_sources(w, sources)
  if #(sources or {}) == 0 then
    return
  end
  w:line(2, "Environment Variables from:")
  for _, source in ipairs(sources) do
    local kind = source.configMapRef and "ConfigMap" or "Secret"
    local reference = source.configMapRef or source.secretRef or {}
    if (source.prefix or "") ~= "" then
      kind = ("%s with prefix '%s'"):format(kind, source.prefix)
    end
    w:line(3, ("%s\t%s\tOptional: %s"):format(reference.name or "", kind,
      tostring(reference.optional or false)))
  end
end

-- The value of a field of the pod: only where there is a pod.
local function field_text(path, pod)
  local found = pod and value.get(pod, path)
  if found == nil or value.is_map(found) or value.is_list(found) then
    return ""
  end
  return tostring(found)
end

local function from_key(words, reference)
  return ("<set to the key '%s' %s '%s'>\tOptional: %s"):format(reference.key, words,
    reference.name or "", tostring(reference.optional or false))
end

local function variable_text(variable, pod)
  local from = variable.valueFrom
  if from.fieldRef then
    local path = from.fieldRef.fieldPath
    return ("%s (%s:%s)"):format(field_text(path, pod), from.fieldRef.apiVersion or "v1", path)
  elseif from.secretKeyRef then
    return from_key("in secret", from.secretKeyRef)
  elseif from.configMapKeyRef then
    return from_key("of config map", from.configMapKeyRef)
  elseif from.resourceFieldRef then
    return ("%s (%s)"):format("", from.resourceFieldRef.resource)
  end
  return ""
end

local function write_variables(w, variables, pod)
  local any = #(variables or {}) > 0
  w:line(2, "Environment:" .. (any and "" or "\t<none>"))
  for _, variable in ipairs(variables or {}) do
    local lines = variable.valueFrom and { variable_text(variable, pod) }
      or parts.lines_in(variable.value or "")
    for i, line in ipairs(lines) do
      w:line(3, (i == 1 and variable.name .. ":\t" or "\t") .. line)
    end
  end
end

local function mount_text(mount)
  local flags = mount.readOnly and "ro" or "rw"
  if (mount.subPath or "") ~= "" then
    flags = ('%s,path="%s"'):format(flags, mount.subPath)
  end
  return ("%s from %s (%s)"):format(mount.mountPath, mount.name, flags)
end

local function write_mounts(w, mounts)
  local texts = {}
  for i, mount in ipairs(mounts or {}) do
    texts[i] = mount_text(mount)
  end
  table.sort(texts)
  w:line(2, "Mounts:" .. (#texts > 0 and "" or "\t<none>"))
  for _, text in ipairs(texts) do
    w:line(3, text)
  end
end

-- ---- all together ----

local function write_container(w, item, status, pod)
  if status then
    w:line(2, "Container ID:\t" .. (status.containerID or ""))
  end
  w:line(2, "Image:\t" .. (item.image or ""))
  if status then
    w:line(2, "Image ID:\t" .. (status.imageID or ""))
  end
  write_ports(w, "Port", ports(item.ports, "containerPort"))
  write_ports(w, "Host Port", ports(item.ports, "hostPort"))
  write_words(w, "Command", item.command)
  write_words(w, "Args", item.args)
  if status then
    write_status(w, status)
  end
  local resources = item.resources or {}
  write_amounts(w, "Limits", resources.limits)
  write_amounts(w, "Requests", resources.requests)
  write_probe(w, "Liveness", item.livenessProbe)
  write_probe(w, "Readiness", item.readinessProbe)
  write_probe(w, "Startup", item.startupProbe)
  write_sources(w, item.envFrom)
  write_variables(w, item.env, pod)
  write_mounts(w, item.volumeMounts)
end

--- Describe containers.
-- @param w writer
-- @tparam string title "Containers", "Init Containers"
-- @param list the containers
-- @param statuses their statuses, or nil
-- @tparam ?table pod for the values of its fields; nil in a template
-- @tparam string indent "" in a pod, "  " in a template
function container.write(w, title, list, statuses, pod, indent)
  local status_of = {}
  for _, status in ipairs(statuses or {}) do
    status_of[status.name] = status
  end
  w:line(0, indent .. title .. ":" .. (#(list or {}) > 0 and "" or " <none>"))
  for _, item in ipairs(list or {}) do
    w:line(1, (indent ~= "" and " " or "") .. item.name .. ":")
    write_container(w, item, status_of[item.name], pod)
  end
end

return container
