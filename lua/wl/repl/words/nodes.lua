-- SPDX-License-Identifier: MIT
--- kubectl's words about nodes.
local reference = require "wl.verbs.reference"
local targets = require "wl.repl.targets"

local words = {}

-- "node-1", "node/node-1", "nodes node-1"
local function names_of(arguments, verb)
  local names = {}
  for i, text in ipairs(arguments) do
    local is_kind = i == 1 and #arguments > 1 and text:lower():find "^nodes?$" or text == "no"
    if not is_kind then names[#names + 1] = text:gsub("^nodes?/", "") end
  end
  if #names == 0 then targets.usage(("%s: which node?|%s node-1"):format(verb, verb)) end
  return names
end

local function simple(verb, done)
  return { example = verb .. " node-1", perform = function(world, arguments)
    for _, name in ipairs(names_of(arguments, verb)) do
      world.environment.node(name)[verb](world.environment.node(name))
      io.write(("node/%s %s\n"):format(name, done))
    end
  end }
end

words.cordon = simple("cordon", "cordoned")
words.uncordon = simple("uncordon", "uncordoned")

words.drain = { example = "drain node-1 --ignore-daemonsets --delete-emptydir-data",
  flags = { ["ignore-daemonsets"] = true, ["delete-emptydir-data"] = true, force = true,
    ["grace-period"] = "text", timeout = "text" },
  perform = function(world, arguments, flags)
    for _, name in ipairs(names_of(arguments, "drain")) do
      world.environment.node(name):drain {
        ignore_daemonsets = flags["ignore-daemonsets"], force = flags.force,
        delete_emptydir_data = flags["delete-emptydir-data"],
        grace_period = tonumber(flags["grace-period"]), timeout = flags.timeout,
      }
      io.write(("node/%s cordoned; its pods are evicted while time passes\n"):format(name))
    end
  end }

words.taint = {
  example = "taint nodes node-1 gpu=true:NoSchedule",
  flags = { overwrite = true }, perform = function(world, arguments)
  local names, taints = {}, {}
  for _, text in ipairs(arguments) do
    local list = text:find "[=:]" and taints or text:find "%-$" and taints or names
    list[#list + 1] = text
  end
  if #taints == 0 then
    targets.usage "taint: a node and what to set|taint nodes node-1 gpu=true:NoSchedule"
  end
  for _, name in ipairs(names_of(names, "taint")) do
    world.environment.node(name):taint(table.unpack(taints))
    io.write(("node/%s tainted\n"):format(name))
  end
end }

-- ---- what only a model can do ----

words.node = {
  example = "node node-1 fail",
  perform = function(world, arguments)
    local name, verb = arguments[1], arguments[2]
    if not verb then targets.usage "node: which, and what?|node node-1 fail" end
    local node = world.environment.node(name)
    if type(node[verb]) ~= "function" then
      reference.misuse("node: %s is nothing to do with a node; write fail, recover, freeze, "
        .. "partition, unready, cordon, uncordon, drain or delete", verb)
    end
    node[verb](node)
    io.write(("node/%s: %s\n"):format(name, verb))
  end }

words.behave = {
  example = "behave app=web ready=5s crash=0.01",
  flags = { namespace = "text", n = "namespace" },
  perform = function(world, arguments, flags)
    local behaviour = {}
    for i = 2, #arguments do
      local name, text = arguments[i]:match "^([%w_]+)=(.+)$"
      if not name then targets.usage "behave: what is name=value|behave app=web ready=5s" end
      behaviour[name] = tonumber(text) or text
    end
    if #arguments < 2 then targets.usage "behave: which pods, and how?|behave app=web ready=5s" end
    world.environment.behave(arguments[1], behaviour, { namespace = flags.namespace })
  end }

-- ---- wait ----

local function condition_of(text)
  local wanted = text and text:match "^condition=(.+)$"
  if wanted then return wanted:gsub("^%l", string.upper) end
  return text == "delete" and "deleted" or text
end

words.wait = {
  example = "wait deploy/web --for=condition=available --timeout=60s",
  flags = { ["for"] = "text", timeout = "text" },
  perform = function(world, arguments, flags)
    if #arguments == 0 then
      targets.usage "wait: for what?|wait deploy/web --for=condition=available --timeout=60s"
    elseif not flags["for"] then
      return world.environment.wait(table.unpack(arguments))
    end
    for _, name in ipairs(targets.names(arguments) or arguments) do
      local kind, _, plain = reference.parse(world.scenario:default(), name)
      world.environment.wait(name, condition_of(flags["for"]), flags.timeout or "30s",
        { namespace = flags.namespace })
      io.write(("%s/%s condition met\n"):format(kind.singular, plain))
    end
  end }

return words
