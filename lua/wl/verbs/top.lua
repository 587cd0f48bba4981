-- SPDX-License-Identifier: MIT
--- The verb `top`: what pods ask for, by node or by pod. Nothing runs here, so
-- requests stand where `kubectl top` has what is used.
local objects = require "wl.verbs.objects"
local pod_resources = require "wl.pod_resources"
local reference = require "wl.verbs.reference"
local suggest = require "wl.suggest"
local tabular = require "wl.table"
local terminal = require "wl.terminal"

local top = {}

local MI = 1024 * 1024

local function cpu_text(milli) return ("%dm"):format(milli) end
local function memory_text(bytes) return ("%dMi"):format(bytes // MI) end

local function percent(amount, whole)
  return whole and whole > 0 and ("%d%%"):format(amount * 100 // whole) or "<unknown>"
end

local function is_over(pod)
  local phase = pod.status and pod.status.phase
  return phase == "Succeeded" or phase == "Failed"
end

local SORTS = { cpu = true, memory = true }

local function check(options)
  local sort_by = options.sort_by
  if sort_by and not SORTS[sort_by] then
    reference.misuse('top: sort_by is "cpu" or "memory", not %s%s', reference.seen(sort_by),
      suggest.hint(tostring(sort_by), suggest.keys(SORTS)))
  end
end

local function sort(rows, sort_by)
  if not sort_by then return end
  for i, row in ipairs(rows) do row.place = i end
  table.sort(rows, function(a, b)
    if a[sort_by] ~= b[sort_by] then return a[sort_by] > b[sort_by] end
    return a.place < b.place
  end)
end

-- ---- nodes ----

local function ask_by_node(cluster)
  local by_node = {}
  for _, pod in ipairs(cluster:list "Pod") do
    local name = pod.spec.nodeName
    if name and not is_over(pod) then
      local sum = by_node[name] or { cpu = 0, memory = 0, pods = 0 }
      by_node[name] = sum
      local requests = pod_resources.requests(pod.spec)
      sum.cpu, sum.memory = sum.cpu + (requests.cpu or 0), sum.memory + (requests.memory or 0)
      sum.pods = sum.pods + 1
    end
  end
  return by_node
end

local function node_row(node, sum)
  local has = pod_resources.amounts(node.status and node.status.allocatable)
  return { node.metadata.name, cpu_text(sum.cpu), percent(sum.cpu, has.cpu),
    memory_text(sum.memory), percent(sum.memory, has.memory),
    ("%d/%d"):format(sum.pods, has.pods or 0), cpu = sum.cpu, memory = sum.memory }
end

local function node_rows(cluster, options)
  local by_node, rows = ask_by_node(cluster), {}
  for i, node in ipairs(objects.list(cluster, "nodes", { selector = options.selector })) do
    rows[i] = node_row(node, by_node[node.metadata.name] or { cpu = 0, memory = 0, pods = 0 })
  end
  return rows, { "NAME", "CPU REQUESTS", "CPU%", "MEMORY REQUESTS", "MEMORY%", "PODS" }
end

-- ---- pods ----

local function pod_rows(cluster, options)
  local rows = {}
  local found = objects.list(cluster, "pods",
    { selector = options.selector, namespace = options.namespace })
  for _, pod in ipairs(found) do
    if not is_over(pod) then
      local requests, limits = pod_resources.requests(pod.spec), pod_resources.limits(pod.spec)
      local cpu, memory = requests.cpu or 0, requests.memory or 0
      rows[#rows + 1] = { pod.metadata.name, cpu_text(cpu),
        limits.cpu and cpu_text(limits.cpu) or "<none>", memory_text(memory),
        limits.memory and memory_text(limits.memory) or "<none>", pod.spec.nodeName or "<none>",
        cpu = cpu, memory = memory }
    end
  end
  return rows, { "NAME", "CPU REQUESTS", "CPU LIMITS", "MEMORY REQUESTS", "MEMORY LIMITS", "NODE" }
end

-- The columns of limits; the second stands here once the first is gone.
local LIMITS = { 3, 4 }

local function width_of(rows)
  local widest = 0
  for line in tabular.format(rows):gmatch "[^\n]+" do
    widest = math.max(widest, utf8.len(line) or #line)
  end
  return widest
end

-- Without the limits, when there is no room for them.
local function fitted(rows, kind)
  if kind.name ~= "Pod" or not terminal.is "stdout" or width_of(rows) <= terminal.columns() then
    return rows
  end
  for _, row in ipairs(rows) do
    for _, column in ipairs(LIMITS) do table.remove(row, column) end
  end
  return rows
end

local ROWS = { Node = node_rows, Pod = pod_rows }

--- Print what is asked of nodes, or by pods.
-- @param cluster
-- @tparam string words "nodes" or "pods"
-- @tparam ?table options selector, namespace; sort_by: "cpu" or "memory", most first
function top.top(cluster, words, options)
  options = reference.options("top", options, { selector = true, sort_by = true })
  check(options)
  local kind = type(words) == "string" and cluster.server.registry:resolve(words)
  local rows_of = kind and ROWS[kind.name]
  if not rows_of then
    reference.misuse('top: "nodes" or "pods" expected, got %s', reference.seen(words))
  end
  local rows, titles = rows_of(cluster, options)
  if #rows == 0 then
    io.write "No resources found\n"
    return
  end
  sort(rows, options.sort_by)
  table.insert(rows, 1, titles)
  io.write(tabular.format(fitted(rows, kind)))
end

return top
