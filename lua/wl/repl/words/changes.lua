-- SPDX-License-Identifier: MIT
--- kubectl's words that change objects.
local json = require "wl.json"
local reference = require "wl.verbs.reference"
local targets = require "wl.repl.targets"
local yaml = require "wl.yaml"

local words = {}

local SELECTING = { selector = "text", l = "selector", all = true, overwrite = true,
  ["all-namespaces"] = true, A = "all-namespaces" }

local function options_of(object) return { namespace = object.metadata.namespace } end

words.scale = {
  example = "scale deploy/web --replicas=5",
  flags = { replicas = "text", ["current-replicas"] = "text" },
  perform = function(world, arguments, flags)
    local last = arguments[#arguments]
    local given = flags.replicas or last and last:find "^%d+$" and table.remove(arguments)
    local replicas = math.tointeger(tonumber(given))
    if #arguments == 0 or not replicas then
      targets.usage "scale: an object and --replicas|scale deploy/web --replicas=5"
    end
    for _, object in ipairs(targets.objects(world, arguments, flags)) do
      local expected = tonumber(flags["current-replicas"])
      if expected and object.spec.replicas ~= expected then
        reference.misuse("scale: expected %d replicas, there are %d", expected,
          object.spec.replicas)
      end
      world.environment.scale(object, replicas, options_of(object))
      targets.tell(object, "scaled")
    end
  end }

-- ---- set image ----

-- The arguments with an `=` in them are what is to be set.
local function split_settings(arguments)
  local names, settings = {}, {}
  for _, text in ipairs(arguments) do
    local list = text:find "=" and settings or names
    list[#list + 1] = text
  end
  return names, settings
end

words.set = {
  example = "set image deploy/web web=nginx:1.28",
  flags = SELECTING, perform = function(world, arguments, flags)
  local what = table.remove(arguments, 1)
  local names, settings = split_settings(arguments)
  if what ~= "image" or #names == 0 or #settings == 0 then
    targets.usage "set: only images can be set|set image deploy/web web=nginx:1.28"
  end
  for _, object in ipairs(targets.objects(world, names, flags)) do
    world.environment.set_image(object, table.concat(settings, ","), options_of(object))
    targets.tell(object, "image updated")
  end
end }

-- ---- label, annotate ----

-- `label pods web-x tier=web old-`: what ends in "-" is to go.
local function split_marks(arguments)
  local names, marks = {}, {}
  for i, text in ipairs(arguments) do
    local is_mark = text:find "=" or i > 1 and text:find "%-$"
    local list = is_mark and marks or names
    list[#list + 1] = text
  end
  return names, marks
end

local function mark(verb, done)
  return { example = verb .. " deploy/web tier=web old-",
    flags = SELECTING, perform = function(world, arguments, flags)
    local names, marks = split_marks(arguments)
    if #names == 0 or #marks == 0 then
      targets.usage(("%s: an object and key=value, or key- to remove|%s deploy/web tier=web old-")
        :format(verb, verb))
    end
    local changes = {}
    for _, text in ipairs(marks) do
      local key, value = text:match "^([^=]+)=(.*)$"
      changes[key or text:sub(1, -2)] = value or false
    end
    for _, object in ipairs(targets.objects(world, names, flags)) do
      world.environment[verb](object, changes, options_of(object))
      targets.tell(object, done)
    end
  end }
end

words.label = mark("label", "labeled")
words.annotate = mark("annotate", "annotated")

-- ---- patch ----

words.patch = {
  example = 'patch deploy/web -p \'{"spec":{"replicas":5}}\'',
  flags = { patch = "text", p = "patch", type = "text" },
  perform = function(world, arguments, flags)
    if #arguments == 0 or not flags.patch then
      targets.usage "patch: an object and -p|patch deploy/web -p '{\"spec\":{\"replicas\":5}}'"
    end
    local change = json.parse(flags.patch) or reference.check(yaml.parse(flags.patch))
    for _, object in ipairs(targets.objects(world, arguments, flags)) do
      local options = options_of(object)
      options.type = flags.type
      world.environment.patch(object, change, options)
      targets.tell(object, "patched")
    end
  end }

-- ---- rollout ----

local DONE = { undo = "rolled back", pause = "paused", resume = "resumed", restart = "restarted",
  status = false, history = false }

words.rollout = {
  example = "rollout undo deploy/web --to-revision=2",
  flags = { ["to-revision"] = "text", revision = "text", selector = "text",
  l = "selector", timeout = "text", watch = "text", w = "watch" },
  perform = function(world, arguments, flags)
    local verb = table.remove(arguments, 1)
    if not verb or #arguments == 0 then
      targets.usage "rollout: a verb and an object|rollout undo deploy/web"
    end
    local call = world.environment.rollout[verb:gsub("-", "_")]
    for _, object in ipairs(targets.objects(world, arguments, flags)) do
      local options = options_of(object)
      if verb == "undo" and flags["to-revision"] then
        options.to_revision = math.tointeger(tonumber(flags["to-revision"]))
      end
      call(object, options)
      if DONE[verb] ~= false then targets.tell(object, DONE[verb] or verb) end
    end
  end }

return words
