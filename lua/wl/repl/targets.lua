-- SPDX-License-Identifier: MIT
--- What the words of a command name: `deploy/web`, `deploy web db`, `pods -l app=web`.
local printer = require "wl.printer"
local reference = require "wl.verbs.reference"

local targets = {}

--- The namespace that a command speaks of.
-- @tparam table flags
-- @treturn ?string nil: all
function targets.namespace(world, flags)
  if flags["all-namespaces"] then return nil end
  local cluster = world.scenario:default()
  return flags.namespace or cluster.namespace or "default"
end

--- Say that a command is not written so.
function targets.usage(text) reference.misuse("%s; for example: %s", text:match "^(.-)|(.*)$") end

--- References such as "deploy/web" of arguments that name objects.
-- @tparam {string,...} arguments `deploy/web pod/x`, or `deploy web db`
-- @treturn ?{string,...} nil: they name kinds only
function targets.names(arguments)
  local list = {}
  if #arguments == 0 then return nil end
  if arguments[1]:find "/" then
    for i, text in ipairs(arguments) do
      if not text:find "/" then
        reference.misuse('"%s": there is no need to name a kind and then "kind/name": write all '
          .. 'as "deploy/web"', text)
      end
      list[i] = text
    end
    return list
  end
  if #arguments == 1 then return nil end
  for i = 2, #arguments do list[i - 1] = arguments[1] .. "/" .. arguments[i] end
  return list
end

--- The objects that a command names, or selects with -l, --field-selector, --all.
-- @param world
-- @tparam {string,...} arguments
-- @tparam table flags
-- @treturn {view,...}
function targets.objects(world, arguments, flags)
  local cluster = world.scenario:default()
  local namespace = targets.namespace(world, flags)
  local list, names = {}, targets.names(arguments)
  for i, text in ipairs(names or {}) do
    list[i] = reference.find(cluster, text, { namespace = namespace })
  end
  if names then return list end
  if not flags.selector and not flags["field-selector"] and not flags.all then
    reference.misuse("which of them? name them, as in %s/web, or select them with -l or --all",
      arguments[1] or "deploy")
  end
  for _, kind in ipairs(reference.check(cluster.server.registry:resolve_list(arguments[1]))) do
    local found = world.environment.list(kind, { namespace = namespace,
      selector = flags.selector, field = flags["field-selector"] })
    table.move(found, 1, #found, #list + 1, list)
  end
  return list
end

--- Say what has been done to an object, as kubectl does: `deployment.apps/web scaled`.
function targets.tell(object, what) io.write(printer.name(object), " ", what, "\n") end

return targets
