-- SPDX-License-Identifier: MIT
--- An object that comes with others: documents that are judged together may rely on
-- each other before any is stored.
local value = require "wl.value"

--- @param server
-- @tparam string kind its name
-- @tparam ?string namespace nil for cluster-wide kinds
-- @tparam string name
-- @return the object as it was given, or nil
return function(server, kind, namespace, name)
  for _, document in ipairs(server.expected_objects or {}) do
    local object = document.object
    local metadata = value.is_map(object) and object.metadata
    if metadata and object.kind == kind and metadata.name == name
      and (not namespace or (metadata.namespace or "default") == namespace) then
      return object
    end
  end
end
