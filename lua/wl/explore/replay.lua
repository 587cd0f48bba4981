-- SPDX-License-Identifier: MIT
--- A run as a file, to be run again to the byte.
--
-- The file is JSON: the plan, what failed, when, and after how many writes. It names a
-- scenario beside it by its name alone, so that both can be moved and be named from anywhere;
-- another one by the path that was given.
local file = require "wl.file"
local json = require "wl.json"
local value = require "wl.value"

local replay = {}

local function directory_of(path) return path:match "^.*/" or "" end

local function name_beside(path, scenario)
  local directory = directory_of(scenario)
  return directory == directory_of(path) and scenario:sub(#directory + 1) or scenario
end

local function path_beside(path, scenario)
  return scenario:find("/", 1, true) and scenario or directory_of(path) .. scenario
end

local FIELDS = { scenario = "string", seed = "integer", order = "integer", mute = "list",
  nodes = "integer", promise = "list", load = "list", arguments = "list", failure = "string",
  at = "number", writes = "integer" }

--- Write a run down.
-- @tparam string path of the file
-- @tparam table plan
-- @tparam table outcome
-- @treturn ?boolean true; or nil and why not
function replay.write(path, plan, outcome)
  local out, message = io.open(path, "w")
  if not out then return nil, message end
  out:write(json.format(value.of { scenario = name_beside(path, plan.path), seed = plan.seed,
    order = plan.order or 0, mute = value.list(plan.mute or {}), nodes = plan.nodes,
    promise = plan.promise and value.list(plan.promise) or nil,
    load = plan.load and value.list(plan.load) or nil,
    arguments = value.list(plan.arguments or {}), failure = outcome.message, at = outcome.at,
    writes = outcome.writes }, { sorted = true, pretty = true }), "\n")
  return out:close()
end

local function check(path, given)
  for name, wanted in pairs(FIELDS) do
    local x = given[name]
    local is = x ~= nil and value.type(x)
    local fits = is == wanted or wanted == "number" and is == "integer"
    if x ~= nil and not fits then
      return nil, ("%s: %s: expected a %s, got %s"):format(path, name, wanted, is)
    end
  end
  if not given.scenario or not given.seed then
    return nil, path .. ": this is no file that wlrun check wrote: scenario and seed are missing"
  end
  return true
end

local function plain(list)
  local copy = {}
  for i, x in ipairs(list or {}) do copy[i] = x end
  return copy
end

--- Read a run.
-- @tparam string path
-- @treturn ?table plan; or nil and what is wrong
-- @treturn table what is expected: message, at, writes
function replay.read(path)
  local text, message = file.read(path)
  if not text then return nil, message end
  local given, problem = json.parse(text)
  if not given or not value.is_map(given) then
    return nil, ("%s: %s"):format(path, problem or "an object expected")
  end
  local ok
  ok, problem = check(path, given)
  if not ok then return nil, problem end
  return { path = path_beside(path, given.scenario), seed = given.seed, order = given.order,
    nodes = given.nodes, mute = plain(given.mute),
    promise = given.promise and plain(given.promise) or nil,
    load = given.load and plain(given.load) or nil, arguments = plain(given.arguments) },
    { message = given.failure, at = given.at, writes = given.writes }
end

return replay
