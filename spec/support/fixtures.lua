-- SPDX-License-Identifier: MIT
--- Objects of a small cluster, at one moment. They were served to kubectl 1.32,
-- and what it made of them is in spec/fixtures/describe.
local file = require "wl.file"
local yaml = require "wl.yaml"

local fixtures = { now = 1795471756, objects = {} }

for i, object in ipairs(yaml.parse_all(assert(file.read "spec/fixtures/objects.yaml"))) do
  fixtures.objects[i] = object
end

--- The object of a kind and name.
function fixtures.get(kind, name)
  for _, object in ipairs(fixtures.objects) do
    if object.kind == kind and object.metadata.name == name then
      return object
    end
  end
end

local function is_wanted(object, kind, options)
  local node = options.field and options.field:match "^spec%.nodeName=(.*)$"
  return object.kind == kind and (not node or object.spec.nodeName == node)
    and (not options.namespace or object.metadata.namespace == options.namespace)
end

--- As a context's list.
function fixtures:list(kind, options)
  local found = {}
  for _, object in ipairs(self.objects) do
    if is_wanted(object, kind, options or {}) then
      found[#found + 1] = object
    end
  end
  return found
end

return fixtures
