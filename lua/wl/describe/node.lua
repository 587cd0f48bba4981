-- SPDX-License-Identifier: MIT
--- How nodes are described, with what their pods ask for.
-- Source: k8s.io/kubectl/pkg/describe describeNode.
local cells = require "wl.columns.cells"
local columns = require "wl.columns.node"
local parts = require "wl.describe.parts"
local quantity = require "wl.quantity"

local node = {}

local SHOWN = { "cpu", "memory", "ephemeral-storage" }

local function write_taints(w, taints)
  local texts = {}
  for i, taint in ipairs(taints or {}) do
    local text = taint.key .. ((taint.value or "") ~= "" and "=" .. taint.value or "")
    texts[i] = { taint.effect .. "," .. taint.key, text .. ":" .. taint.effect }
  end
  table.sort(texts, function(a, b) return a[1] < b[1] end)
  for i, entry in ipairs(texts) do
    texts[i] = entry[2]
  end
  w:lines_of("Taints", texts)
end

local function lease_of(object, ctx)
  for _, lease in ipairs(ctx:list("Lease", { namespace = "kube-node-lease" })) do
    if lease.metadata.name == object.metadata.name then
      return lease
    end
  end
end

local function write_lease(w, object, ctx)
  local lease = lease_of(object, ctx)
  if not lease then
    return
  end
  w:line(0, "Lease:")
  w:line(1, "HolderIdentity:\t" .. (lease.spec.holderIdentity or "<unset>"))
  w:line(1, "AcquireTime:\t" .. parts.moment(lease.spec.acquireTime))
  w:line(1, "RenewTime:\t" .. parts.moment(lease.spec.renewTime))
end

local function write_conditions(w, list)
  if #(list or {}) == 0 then
    return
  end
  w:line(0, "Conditions:")
  w:line(1, "Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage")
  w:line(1, "----\t------\t-----------------\t------------------\t------\t-------")
  for _, c in ipairs(list) do
    w:line(1, ("%s \t%s \t%s \t%s \t%s \t%s"):format(c.type, c.status,
      parts.moment(c.lastHeartbeatTime), parts.moment(c.lastTransitionTime), c.reason or "",
      c.message or ""))
  end
end

local function write_amounts(w, title, amounts)
  local names = cells.keys(amounts)
  if #names == 0 then
    return
  end
  w:line(0, title .. ":")
  for _, name in ipairs(names) do
    w:line(1, name .. ":\t" .. parts.quantity(amounts[name]))
  end
end

local SYSTEM = {
  { "Machine ID", "machineID" }, { "System UUID", "systemUUID" }, { "Boot ID", "bootID" },
  { "Kernel Version", "kernelVersion" }, { "OS Image", "osImage" },
  { "Operating System", "operatingSystem" }, { "Architecture", "architecture" },
  { "Container Runtime Version", "containerRuntimeVersion" },
  { "Kubelet Version", "kubeletVersion" }, { "Kube-Proxy Version", "kubeProxyVersion" },
}

local function write_status(w, status)
  write_conditions(w, status.conditions)
  w:line(0, "Addresses:")
  for _, entry in ipairs(status.addresses or {}) do
    w:line(1, entry.type .. ":\t" .. entry.address)
  end
  write_amounts(w, "Capacity", status.capacity)
  write_amounts(w, "Allocatable", status.allocatable)
  w:line(0, "System Info:")
  for _, field in ipairs(SYSTEM) do
    w:line(1, field[1] .. ":\t" .. ((status.nodeInfo or {})[field[2]] or ""))
  end
end

local function write_networks(w, spec)
  local all = {}
  for i, range in ipairs(spec.podCIDRs or {}) do
    all[i] = range
  end
  local fields = { { "PodCIDR", spec.podCIDR or "" }, { "PodCIDRs", table.concat(all, ",") },
    { "ProviderID", spec.providerID or "" } }
  for _, field in ipairs(fields) do
    if field[2] ~= "" then
      w:line(0, field[1] .. ":\t" .. field[2])
    end
  end
end

-- ---- what the pods ask for ----

local ZERO = quantity.parse "0"

local function sum_into(total, amounts)
  for name, text in pairs(amounts or {}) do
    local amount = quantity.parse(tostring(text))
    if amount then
      total[name] = total[name] and total[name] + amount or amount
    end
  end
end

local function raise_to(total, amounts)
  for name, text in pairs(amounts or {}) do
    local amount = quantity.parse(tostring(text))
    if amount and (not total[name] or total[name] < amount) then
      total[name] = amount
    end
  end
end

-- Requests or limits of a pod: the sum of its containers, or what the largest
-- init container wants where that is more.
local function asked(pod, field)
  local total = {}
  for _, container in ipairs(pod.spec.containers) do
    sum_into(total, (container.resources or {})[field])
  end
  for _, container in ipairs(pod.spec.initContainers or {}) do
    local take = container.restartPolicy == "Always" and sum_into or raise_to
    take(total, (container.resources or {})[field])
  end
  sum_into(total, pod.spec.overhead)
  return total
end

local function share(amount, whole)
  amount = amount or ZERO
  local all = whole and whole:milli() or 0
  local percent = all > 0 and math.floor(amount:milli() / all * 100) or 0
  return ("%s (%d%%)"):format(tostring(amount), percent)
end

local function pods_of(object, ctx)
  local pods = {}
  for _, pod in ipairs(ctx:list("Pod", { field = "spec.nodeName=" .. object.metadata.name })) do
    local phase = pod.status and pod.status.phase
    if phase ~= "Succeeded" and phase ~= "Failed" then
      pods[#pods + 1] = pod
    end
  end
  return pods
end

local function write_pods(w, pods, whole, totals, ctx)
  w:line(0, ("Non-terminated Pods:\t(%d in total)"):format(#pods))
  w:line(1, "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge")
  w:line(1, "---------\t----\t\t------------\t----------\t---------------\t-------------\t---")
  for _, pod in ipairs(pods) do
    local requests, limits = asked(pod, "requests"), asked(pod, "limits")
    sum_into(totals.requests, requests)
    sum_into(totals.limits, limits)
    w:line(1, table.concat({ pod.metadata.namespace or "", pod.metadata.name, "",
      share(requests.cpu, whole.cpu), share(limits.cpu, whole.cpu),
      share(requests.memory, whole.memory), share(limits.memory, whole.memory),
      cells.since(pod.metadata.creationTimestamp, ctx) }, "\t"))
  end
end

local function write_totals(w, totals, whole)
  w:line(0, "Allocated resources:")
  w:line(1, "(Total limits may be over 100 percent, i.e., overcommitted.)")
  w:line(1, "Resource\tRequests\tLimits")
  w:line(1, "--------\t--------\t------")
  local standard = { pods = true }
  for _, name in ipairs(SHOWN) do
    standard[name] = true
    w:line(1, ("%s\t%s\t%s"):format(name, share(totals.requests[name], whole[name]),
      share(totals.limits[name], whole[name])))
  end
  for _, name in ipairs(cells.keys(whole)) do
    if not standard[name] then
      w:line(1, ("%s\t%s\t%s"):format(name, tostring(totals.requests[name] or ZERO),
        tostring(totals.limits[name] or ZERO)))
    end
  end
end

local function write_load(w, object, ctx)
  local status = object.status or {}
  local whole, totals = {}, { requests = {}, limits = {} }
  local allocatable = #cells.keys(status.allocatable) > 0 and status.allocatable or status.capacity
  sum_into(whole, allocatable)
  write_pods(w, pods_of(object, ctx), whole, totals, ctx)
  write_totals(w, totals, whole)
end

--- Describe a node.
-- @param w writer
-- @param object the node
-- @param ctx
function node.write(w, object, ctx)
  local spec = object.spec or {}
  w:line(0, "Name:\t" .. object.metadata.name)
  w:line(0, "Roles:\t" .. columns.roles(object))
  parts.labels_and_annotations(w, object)
  w:line(0, "CreationTimestamp:\t" .. parts.moment(object.metadata.creationTimestamp))
  write_taints(w, spec.taints)
  w:line(0, "Unschedulable:\t" .. tostring(spec.unschedulable or false))
  write_lease(w, object, ctx)
  write_status(w, object.status or {})
  write_networks(w, spec)
  write_load(w, object, ctx)
  parts.events(w, object, ctx)
end

return node
