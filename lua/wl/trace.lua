-- SPDX-License-Identifier: MIT
--- The trace of a run: one line of JSON a write.
--
--     {"time":"2024-01-01T00:00:01.250Z","revision":17,"writer":"replicaset-controller",
--      "type":"MODIFIED","kind":"ReplicaSet","namespace":"default","name":"web-5d4",
--      "change":{"status":{"replicas":3}}}
--
-- `change` is the object for one that was added, the merge patch for one that
-- was modified. Two runs of one seed write the same bytes.
local json = require "wl.json"
local patch = require "wl.patch"
local time = require "wl.time"
local value = require "wl.value"

local Trace = {}
Trace.__index = Trace

--- @param out an open file, which the trace closes
-- @treturn Trace
function Trace.new(out) return setmetatable({ out = out }, Trace) end

local function line_of(cluster, change)
  local object = change.now or change.old
  local seconds = cluster:now()
  local stamp = time.format(seconds):sub(1, -2)
  return value.of {
    time = ("%s.%03dZ"):format(stamp, math.floor(seconds * 1000 + 0.5) % 1000),
    revision = change.revision,
    writer = change.writer,
    type = change.type,
    kind = object.kind,
    namespace = object.metadata.namespace,
    name = object.metadata.name,
    change = change.type == "ADDED" and change.now
      or change.type == "MODIFIED" and patch.diff(change.old, change.now) or nil,
  }
end

--- Write down what happens in a cluster from now on.
-- @param cluster
function Trace:follow(cluster)
  cluster:on_each_write(function(change)
    self.out:write(json.format(line_of(cluster, change)), "\n")
  end)
end

--- Close the file.
function Trace:close()
  if self.out == io.stdout then self.out:flush() else self.out:close() end
end

return Trace
