-- SPDX-License-Identifier: MIT
--- An event of the cluster as the object that the API shows.
local time = require "wl.time"
local value = require "wl.value"

-- "web.17a5c9b3d8e90000": the name of what it is about, and the nanoseconds of its first time.
local function name_of(event)
  return ("%s.%x"):format(event.name, math.floor(event.first * 1000 + 0.5) * 1000000)
end

--- @tparam event event see wl.events
-- @return a view
return function(event)
  local namespace = event.namespace or "default"
  return value.of {
    apiVersion = "v1", kind = "Event",
    metadata = { name = name_of(event), namespace = namespace,
      creationTimestamp = time.format(event.first) },
    involvedObject = { apiVersion = event.api, kind = event.kind, name = event.name,
      namespace = event.namespace, uid = event.uid },
    type = event.type, reason = event.reason, message = event.message, count = event.count,
    source = { component = event.source }, reportingComponent = event.source,
    firstTimestamp = time.format(event.first), lastTimestamp = time.format(event.last),
  }
end
