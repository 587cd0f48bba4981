-- SPDX-License-Identifier: MIT
--- What happened in a cluster and why, written down while inputs are performed again.
--
-- For each write: who made it, in which turn, at which line of Lua. For each turn: which write
-- woke it, what it read, which policies it asked. Normal runs have none of this.
local policy = require "wl.policy"

local Recorder = {}
Recorder.__index = Recorder

local MOST = 200000 -- writes that are kept

-- Files that pass on what others decide.
local PLUMBING = { "^lua/wl/repl", "^lua/wl/cluster", "^lua/wl/controllers", "^lua/wl/ctx",
  "^lua/wl/server", "^lua/wl/conditions", "^lua/wl/policy", "^lua/wl/sandbox", "^lua/wl/picks",
  "^lua/wl/cli", "^lua/wl/apply", "^lua/wl/verbs", "^lua/wl/scenario" }

--- @treturn Recorder
function Recorder.new()
  return setmetatable({ writes = {}, oldest = 1, last = {}, woken = {}, runs = {}, restores = {} },
    Recorder)
end

-- ---- places ----

local function is_plumbing(source)
  for _, pattern in ipairs(PLUMBING) do
    if source:find(pattern) then return true end
  end
  return false
end

-- The line that asked for the write, and where the kind's or policy's file stands above it.
local function places()
  local found = {}
  for level = 4, 40 do
    local info = debug.getinfo(level, "Sl")
    if not info then break end
    local source = info.source:sub(2)
    local is_users = info.source:sub(1, 1) == "@" and not source:find "^prompt"
    if info.currentline > 0 and (is_users or not is_plumbing(source)) then
      local is_declared = is_users or source:find "^stdlib/"
      if #found == 0 or is_declared and not found.declared then
        found[#found + 1] = ("%s:%d"):format(info.short_src, info.currentline)
        found.declared = found.declared or is_declared
      end
    end
  end
  return found
end

-- ---- turns ----

local function is_own(self, key, revision)
  local write = self.writes[revision]
  return write and write.run and write.run.key == key
end

-- The first write that woke a key; one of its own counts when there is no other.
local function note_wakes(self, cluster)
  local wakes = cluster.store:wakes()
  for i = 1, #wakes, 2 do
    local key, revision = wakes[i], wakes[i + 1]
    local known = self.woken[key]
    if not known or is_own(self, key, known) and not is_own(self, key, revision) then
      self.woken[key] = revision
    end
  end
end

local function key_of(cluster, writer, object)
  if object then return cluster.server:id(object) end
  for _, entry in ipairs(cluster.controllers.components) do
    if entry.ctx.writer == writer then return entry.key end
  end
end

local function begin(self, cluster, writer, object)
  note_wakes(self, cluster)
  local key = key_of(cluster, writer, object)
  local before = key and self.runs[key]
  local run = { seconds = cluster:now(), writer = writer, object = object, reads = {},
    policies = {}, key = key, before = before and { seconds = before.seconds, wake = before.wake } }
  if key then
    run.wake, self.woken[key] = self.woken[key], nil
    self.runs[key] = run
  end
  self.run = run
end

-- ---- reads ----

local function note_read(self, text)
  local run = self.run
  if not run or run.reads[text] then return end
  run.reads[text] = true
  run.reads[#run.reads + 1] = text
end

local function named(object)
  return ("%s %s (version %s)"):format(object.kind, object.metadata.name,
    object.metadata.resourceVersion)
end

local OBJECT_READS = { "get", "by_uid" }
local SET_READS = { owned = " of it", matching = " that it selects",
  orphans = " without an owner", all = "", where = "" }

local function wrap_reads(self, ctx)
  for _, name in ipairs(OBJECT_READS) do
    local original = ctx[name]
    ctx[name] = function(...)
      local results = table.pack(original(...))
      if results[1] then note_read(self, named(results[1])) end
      return table.unpack(results, 1, results.n)
    end
  end
  local list = ctx.list
  function ctx.list(of, kind, options)
    local found = list(of, kind, options)
    if found then note_read(self, ("%d %ss"):format(#found, kind)) end
    return found
  end
  for name, about in pairs(SET_READS) do
    local original = ctx[name]
    ctx[name] = function(of, ...)
      local set = original(of, ...)
      if set:count() > 0 then
        local kind = name == "owned" and select(2, ...) or ...
        local number = of.server:number(of.server:kind(kind))
        local facet = name == "where" and select(2, ...) .. " " or ""
        note_read(self, ("%d %s%s%s%s (newest version %d)"):format(set:count(), facet, kind,
          set:count() == 1 and "" or "s", about, of.store:kind_revision(number)))
      end
      return set
    end
  end
end

-- ---- following a cluster ----

local function note_write(self, cluster, change)
  local write = { revision = change.revision, seconds = cluster:now(), type = change.type,
    id = change.id, old = change.old, now = change.now, writer = change.writer,
    before = self.last[change.id], input = self.input, places = places() }
  local run = self.run
  if run and run.writer == change.writer then write.run = run end
  self.last[change.id] = write
  self.writes[change.revision] = write
  local gone = self.writes[change.revision - MOST]
  if gone then
    self.writes[change.revision - MOST] = nil
    gone.before = nil
  end
end

local function wrap_controllers(self, cluster)
  local controllers = cluster.controllers
  for _, one in pairs(controllers.by_kind) do wrap_reads(self, one.ctx) end
  for _, one in ipairs(controllers.components) do wrap_reads(self, one.ctx) end
  local add_kind, add_component, note_run =
    controllers.add_kind, controllers.add_component, controllers.note_run
  function controllers.add_kind(of, kind, number)
    add_kind(of, kind, number)
    local made = of.by_kind[number]
    if made then wrap_reads(self, made.ctx) end
  end
  function controllers.add_component(of, component)
    local made = add_component(of, component)
    wrap_reads(self, made.ctx)
    return made
  end
  function controllers.note_run(of, writer, object)
    note_run(of, writer, object)
    begin(self, cluster, writer, object)
  end
end

--- Write down what happens in a cluster from now on.
-- @param cluster
function Recorder:follow(cluster)
  cluster.store:note_wakes(true)
  wrap_controllers(self, cluster)
  cluster:on_each_write(function(change) note_write(self, cluster, change) end)
end

--- A thing has been done: what follows until the next is not of that turn.
function Recorder:after_step() self.run = nil end

--- The policies that are asked, until the function that is returned is called.
-- @treturn function
function Recorder:watch_policies()
  local original = policy.call
  function policy.call(ctx, asked, object, name, ...)
    local results = table.pack(original(ctx, asked, object, name, ...))
    if self.run then
      table.insert(self.run.policies, { policy = asked, name = name, returned = results[1] })
    end
    return table.unpack(results, 1, results.n)
  end
  return function() policy.call = original end
end

return Recorder
