-- SPDX-License-Identifier: MIT
--- kubectl's words for what a model does not have, and about itself.
local columns = require "wl.table"
local host = require "wl.host"
local reference = require "wl.verbs.reference"

local words = {}

-- Word -> why not, and what to do instead.
local ABSENT = {
  logs = "no container runs here, so nothing writes logs. What happened to a pod: "
    .. "describe pod/NAME, events, why \"pod/NAME\"",
  exec = "no container runs here, so there is nothing to run a command in. What a container "
    .. "does is said by behave(\"app=web\", { ready = \"5s\", crash = 0.01 })",
  attach = "no container runs here, so there is nothing to attach to",
  cp = "no container runs here, so there are no files to copy",
  debug = "no container runs here. Why an object is as it is: why \"pod/NAME\"",
  ["port-forward"] = "no container runs here, so there is no port to forward",
  proxy = "this is a model in this process: there is no API server to reach",
  edit = "change it with patch(\"deploy/web\", function(d) d.spec.replicas = 5 end), "
    .. "scale, set image, or apply",
  replace = "apply the whole manifest: apply -f FILE",
  expose = "apply a Service: Service \"web\" { selector = { app = \"web\" }, ports = { 80 } }",
  autoscale = "apply a HorizontalPodAutoscaler, and say what it measures with metric(...)",
  config = "there is one cluster here, and no kubeconfig",
  auth = "nobody is asked for a password here: all may do everything",
  certificate = "there are no certificates here",
  plugin = "there are no plugins here: a kind or policy in Lua comes with define(...)",
  kustomize = "build the manifests first: kubectl kustomize DIR > all.yaml; apply -f all.yaml",
}

-- What is not done takes any flag.
local ANY = setmetatable({}, { __index = function() return true end })

for word, why in pairs(ABSENT) do
  words[word] = { flags = ANY, perform = function() reference.misuse("%s: %s", word, why) end }
end

local function row_of(kind)
  return { kind.plural, table.concat(kind.short, ","), kind.api, tostring(kind.namespaced),
    kind.name }
end

words["api-resources"] = {
  example = "api-resources",
  perform = function(world)
  local rows = { { "NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND" } }
  local kinds = {}
  for _, kind in ipairs(world.scenario:default().server.registry:all()) do
    kinds[#kinds + 1] = kind
  end
  table.sort(kinds, function(a, b) return a.resource < b.resource end)
  for _, kind in ipairs(kinds) do rows[#rows + 1] = row_of(kind) end
  io.write(columns.format(rows))
end }

words.version = {
  example = "version",
  flags = { client = true }, perform = function()
  io.write("wlrun ", host.version, ", the behaviour of Kubernetes 1.36\n")
end }

words.diff = {
  example = "diff -f web.yaml",
  flags = { filename = "text", f = "filename" },
  perform = function(world, arguments, flags)
    local options = flags.filename and { namespace = flags.namespace } or nil
    world.environment.diff(flags.filename or arguments[1], options or arguments[2])
  end }

words.top = {
  example = "top pods --sort-by=memory",
  flags = { selector = "text", l = "selector", ["sort-by"] = "text" },
  perform = function(world, arguments, flags)
    world.environment.top(arguments[1], { selector = flags.selector, sort_by = flags["sort-by"],
      namespace = flags.namespace })
  end }

words.explain = {
  example = "explain deploy.spec.strategy --recursive",
  flags = { recursive = true },
  perform = function(world, arguments, flags)
    world.environment.explain(arguments[1], { recursive = flags.recursive })
  end }

words.events = {
  example = "events --for=deploy/web",
  flags = { ["for"] = "text" },
  perform = function(world, arguments, flags)
    world.environment.events(flags["for"] or arguments[1], { namespace = flags.namespace })
  end }

words["cluster-info"] = {
  example = "cluster-info",
  perform = function(world)
  local cluster = world.scenario:default()
  io.write(("a model of a cluster with %d nodes, seed %d, at %s\n")
    :format(#cluster:list "Node", cluster.seed, cluster:timestamp()))
end }

return words
