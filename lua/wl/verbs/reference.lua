-- SPDX-License-Identifier: MIT
--- What a verb's first argument names: "deploy/web", ("deploy", "web") or an object.
local apierror = require "wl.apierror"
local value = require "wl.value"

local reference = {}

--- Raise an API error so that it prints at the user's line.
function reference.raise(message, code, causes)
  error(apierror.is(message) and message or apierror.new(code or "BadRequest", message, causes), 0)
end

--- Raise unless there is a result.
-- @return the result, and what comes after it
function reference.check(result, message, code, causes)
  if result == nil or result == false then reference.raise(message, code, causes) end
  return result, message
end

local function split(text)
  local word, name = text:match "^%s*([^/%s]+)/([^/%s]+)%s*$"
  if not word then
    reference.raise(('"%s": write a kind and a name, as in "deploy/web"'):format(text))
  end
  return word, name
end

--- The kind and name that a verb is given.
-- @param cluster
-- @param given "deploy/web", or an object
-- @tparam ?table options namespace
-- @treturn kind
-- @treturn ?string namespace
-- @treturn string name
function reference.parse(cluster, given, options)
  if type(given) == "string" then
    local word, name = split(given)
    local kind = reference.check(cluster.server:kind(word))
    return kind, options and options.namespace or cluster.namespace, name
  elseif value.is_map(given) and given.kind and given.metadata then
    local kind = reference.check(cluster.server.registry:find(given.apiVersion, given.kind))
    return kind, given.metadata.namespace, given.metadata.name
  end
  reference.raise(('expected "kind/name" or an object, got %s'):format(value.type(given)))
end

--- The object that a verb is given, as it is now. Raises when there is none.
-- @return a view
function reference.find(cluster, given, options)
  local kind, namespace, name = reference.parse(cluster, given, options)
  return (reference.check(cluster.server:get(kind, namespace, name)))
end

return reference
