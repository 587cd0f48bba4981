-- SPDX-License-Identifier: MIT
--- Walk a type by a field path: for `explain`, completion and patches.
local suggest = require "wl.suggest"
local types = require "wl.schema.types"

local path = {}

-- "spec.containers[0].name" -> "spec", "containers", "name"; the brackets of a
-- map's key ("labels[app.kubernetes.io/name]") are one step.
local function steps_of(text)
  local steps, at = {}, 1
  while at <= #text do
    local key, after = text:match("^([^.%[]+)()", at)
    if key then
      steps[#steps + 1] = { key = key, rest = text:sub(at) }
    else
      key, after = text:match("^%[([^%]]*)%]()", at)
      if not key then return nil end
      steps[#steps + 1] = { key = key, bracket = true }
    end
    at = text:match("^%.?()", after)
  end
  return steps
end

local function is_index(step)
  return step.bracket and (step.key:find("^%d+$") or step.key:find("=")) ~= nil
end

local function enter(t, step)
  t = types.resolve(t)
  if t.kind == "list" then
    if is_index(step) or step.key == "*" then return t.item end
    return enter(t.item, step)
  end
  if t.kind == "map" then return t.item, true end
  if t.kind == "any" then return t, true end
  return t.kind == "object" and t.fields[step.key] or nil
end

local function refusal(t, step, text)
  t = types.resolve(t)
  while t.kind == "list" do t = types.resolve(t.item) end
  if t.kind ~= "object" then
    return ('"%s": %s has no fields'):format(text, types.describe(t))
  end
  return ('field "%s" does not exist%s'):format(text, suggest.hint(step.key, t.names))
end

--- The type at a path.
-- @tparam type t where the path begins
-- @tparam string text "spec.template.spec.containers[0].image"; indexes may be left out
-- @treturn ?type or nil, message, "NotFound"
function path.field(t, text)
  local steps = steps_of(text)
  if not steps then return nil, ('"%s" is not a field path'):format(text), "BadRequest" end
  for _, step in ipairs(steps) do
    local inner, open = enter(t, step)
    if not inner then return nil, refusal(t, step, text), "NotFound" end
    t = inner
    -- The rest of a dotted path is the map's key when nothing can follow it.
    if open and not types.resolve(t).fields and not types.resolve(t).item then break end
  end
  return types.resolve(t)
end

--- The names that may follow a path: for completion.
-- @tparam type t
-- @tparam string text
-- @treturn {string,...} in byte order; empty where there are none
function path.names(t, text)
  local at = path.field(t, text)
  while at and (at.kind == "list" or at.kind == "map") do at = types.resolve(at.item) end
  return at and at.names or {}
end

return path
