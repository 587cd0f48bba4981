-- SPDX-License-Identifier: MIT
--- The verb `tree`: an object, its owners above it and what it owns below it.
local cells = require "wl.columns.cells"
local conditions = require "wl.conditions"
local job_status = require("wl.columns.batch").job_status
local pod_summary = require("wl.columns.pod").summary
local node_status = require("wl.columns.node").status
local owner = require "wl.owner"
local reference = require "wl.verbs.reference"
local tabular = require "wl.table"

local tree = {}

local MOST = 12 -- children of one kind that are shown one by one

-- ---- how an object does: what it has of what it wants, and a word ----

local function of(has, wanted)
  return ("%d/%d"):format(has or 0, wanted or 0)
end

local function replicas(object)
  local status = object.status or {}
  return of(status.readyReplicas, object.spec.replicas)
end

-- Kind -> function(object) -> ready "2/3", status
local STATES = {
  Deployment = function(object)
    local progressing = conditions.find(object.status and object.status.conditions, "Progressing")
    local status = object.status or {}
    local is_new = (status.updatedReplicas or 0) == (object.spec.replicas or 0)
      and (status.replicas or 0) == (status.updatedReplicas or 0)
    if object.spec.paused then return replicas(object), "Paused" end
    if progressing and progressing.status == "False" then return replicas(object), "Stuck" end
    return replicas(object), is_new and "" or "Progressing"
  end,
  ReplicaSet = replicas, ReplicationController = replicas, StatefulSet = replicas,
  DaemonSet = function(object)
    local status = object.status or {}
    return of(status.numberReady, status.desiredNumberScheduled)
  end,
  Job = function(object)
    local status = object.status or {}
    return of(status.succeeded, object.spec.completions or 1), job_status(object)
  end,
  CronJob = function(object)
    local active = #(object.status and object.status.active or {})
    return "-", object.spec.suspend and "Suspended" or active > 0 and active .. " active" or ""
  end,
  Pod = function(object)
    local seen = pod_summary(object)
    return of(seen.ready, seen.total), seen.status
  end,
  Node = function(object) return "-", node_status(object) end,
}

local function state_of(object)
  local ready, status = "-", nil
  if STATES[object.kind] then ready, status = STATES[object.kind](object) end
  status = status or object.status and object.status.phase or ""
  if object.metadata.deletionTimestamp and object.kind ~= "Pod" then status = "Terminating" end
  return ready, status
end

-- ---- who belongs to whom ----

local function owners_of(cluster, object)
  local chain = {}
  local reference_up = owner.controller(object)
  while reference_up and #chain < 16 do
    local above = cluster:by_uid(reference_up.uid)
    if not above then break end
    table.insert(chain, 1, above)
    reference_up = owner.controller(above)
  end
  return chain
end

local function by_kind_and_name(a, b)
  if a.kind ~= b.kind then return a.kind < b.kind end
  return a.metadata.name < b.metadata.name
end

local function owned_by(cluster, object)
  local list = {}
  for _, set in ipairs(cluster.store:dependents(object.metadata.uid)) do
    for one in set:each() do list[#list + 1] = one end
  end
  table.sort(list, by_kind_and_name)
  return list
end

-- ---- lines ----

local Lines = {}
Lines.__index = Lines

function Lines:add(prefix, object, ready, status)
  local mark = object.metadata.uid == self.asked and " *" or ""
  if not ready then ready, status = state_of(object) end
  self.rows[#self.rows + 1] = { prefix .. object.kind .. "/" .. object.metadata.name .. mark, ready,
    status, cells.since(object.metadata.creationTimestamp, self) }
end

function Lines:add_more(prefix, kind, rest)
  local ready = 0
  for _, object in ipairs(rest) do
    local has, wanted = state_of(object):match "^(%d+)/(%d+)$"
    if has and has == wanted then ready = ready + 1 end
  end
  self.rows[#self.rows + 1] = { ("%s%d more of kind %s"):format(prefix, #rest, kind),
    of(ready, #rest), "", "" }
end

-- Runs of one kind; those that are long end in how many more there are.
local function entries_of(list, show_all)
  local entries, at = {}, 1
  while at <= #list do
    local last = at
    while list[last + 1] and list[last + 1].kind == list[at].kind do last = last + 1 end
    local shown = show_all and last or math.min(last, at + MOST - 1)
    if last - shown == 1 then shown = last end
    for i = at, shown do entries[#entries + 1] = { object = list[i] } end
    if shown < last then
      local rest = table.move(list, shown + 1, last, 1, {})
      entries[#entries + 1] = { kind = list[at].kind, rest = rest }
    end
    at = last + 1
  end
  return entries
end

function Lines:add_below(object, indent)
  local entries = entries_of(owned_by(self.cluster, object), self.show_all)
  for i, entry in ipairs(entries) do
    local is_last = i == #entries
    local prefix = indent .. (is_last and "└─" or "├─")
    if entry.rest then
      self:add_more(prefix, entry.kind, entry.rest)
    else
      self:add(prefix, entry.object)
      self:add_below(entry.object, indent .. (is_last and "  " or "│ "))
    end
  end
end

--- Print an object with its owners above and what it owns below.
-- @param cluster
-- @param given "deploy/web"
-- @tparam ?table options namespace; all: also where there are many of one kind
function tree.tree(cluster, given, options)
  options = reference.options("tree", options, { all = true })
  local object = reference.find(cluster, given, options)
  local chain = owners_of(cluster, object)
  local lines = setmetatable({ cluster = cluster, now = cluster:now(), show_all = options.all,
    rows = { { "NAME", "READY", "STATUS", "AGE" } },
    asked = #chain > 0 and object.metadata.uid or nil }, Lines)
  chain[#chain + 1] = object
  for i, one in ipairs(chain) do
    lines:add(i == 1 and "" or ("  "):rep(i - 2) .. "└─", one)
  end
  lines:add_below(object, ("  "):rep(#chain - 1))
  io.write(tabular.format(lines.rows))
end

return tree
