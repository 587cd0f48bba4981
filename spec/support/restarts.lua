-- SPDX-License-Identifier: MIT
--- Stop a scenario right after each of its writes, go on from the objects alone,
-- and compare where it ends.
--
--     restarts.check {
--       nodes = 2, last = 60,                        -- seconds
--       objects = { deployment },                    -- created first
--       kinds = { kind },                            -- besides those that ship
--       behaviours = { ["app=web"] = { ready = "5s" } },
--       actions = { { 10, function(cluster) ... end } },
--       -- What is tried again when it was stopped in its middle: { 10, act, again = true }
--       always = function(cluster) ... end,          -- after each step, of every run
--     }
--
-- What happens to be chosen anew may differ: uids, ends of generated names,
-- addresses, nodes, moments, revisions of objects, how often something was told.
local Cluster = require "wl.cluster"
local Metrics = require "wl.metrics"
local registry = require "wl.registry"
local selector = require "wl.selector"
local state = require "spec.support.state"

local restarts = {}

local MOST_LIVES = 1000
local PAUSE = 400 -- percent: hundreds of small clusters come and go

local COUNTED = { "Pod", "Job", "ReplicaSet", "ControllerRevision", "PersistentVolumeClaim",
  "PersistentVolume", "EndpointSlice" }

local function count_creations(cluster, since)
  local made = {}
  for _, kind in ipairs(COUNTED) do made[kind] = 0 end
  for _, _, type, number in cluster.store:log(since) do
    local name = cluster.server.kinds[number].name
    if type == "ADDED" and made[name] then made[name] = made[name] + 1 end
  end
  return made
end

-- ---- one run ----

local function perform(cluster, actions, from, last, begin)
  local done = {}
  for i = from, #actions do
    local at, act = actions[i][1], actions[i][2]
    cluster:run(math.max(0, begin + at - cluster:now()))
    local before = cluster.store:revision()
    act(cluster)
    done[i] = { before = before, after = cluster.store:revision(), again = actions[i].again }
  end
  cluster:run(math.max(0, begin + last - cluster:now()))
  return done
end

local function registry_of(kinds)
  local known = registry.new()
  for _, kind in ipairs(kinds or {}) do known:add(kind) end
  return known
end

local function first_run(scenario)
  local cluster = Cluster.new { nodes = scenario.nodes or 1, seed = 7, start = scenario.start,
    registry = registry_of(scenario.kinds) }
  for pods, behaviour in pairs(scenario.behaviours or {}) do
    cluster.kubelet:behave(pods, behaviour)
  end
  for name, source in pairs(scenario.metrics or {}) do
    Metrics.of(cluster):set(name, { selector = selector.parse "" }, source)
  end
  for _, object in ipairs(scenario.objects or {}) do assert(cluster:create(object)) end
  local revision, begin = cluster.store:revision(), cluster:now()
  if scenario.always then cluster:always(function() scenario.always(cluster) end) end
  local done = perform(cluster, scenario.actions or {}, 1, scenario.last, begin)
  return cluster, revision, done, begin
end

-- The first action that has not been done yet at a revision; nil: in the middle of one.
local function next_action(done, revision)
  for i, action in ipairs(done) do
    if revision <= action.before then return i end
    if revision < action.after then return action.again and i or nil end
  end
  return #done + 1
end

local function story(cluster, revision)
  local lines = {}
  for at, _, type, _, _, old, now, writer in cluster.store:log(math.max(revision - 3, 0)) do
    local object = now or old
    lines[#lines + 1] = ("  %s %d: %s %s %s %s"):format(at > revision and "next" or "write", at,
      writer, type, object.kind, object.metadata.name)
    if at > revision then break end
  end
  return table.concat(lines, "\n")
end

local function fail(cluster, revision, what)
  error(("stopped after write %d (of %d):\n%s\n%s"):format(revision, cluster.store:revision(),
    story(cluster, revision), what), 0)
end

local function compare_counts(expected, before, after)
  local wrong = {}
  for _, kind in ipairs(COUNTED) do
    local found = before[kind] + after[kind]
    if found ~= expected[kind] then
      wrong[#wrong + 1] = ("  %d objects of kind %s were made, not %d"):format(found, kind,
        expected[kind])
    end
  end
  return table.concat(wrong, "\n")
end

local function restore(cluster, scenario, revision)
  local other = Cluster.restore(assert(cluster:snapshot(revision)))
  if scenario.always then other:always(function() scenario.always(other) end) end
  return other
end

local function go_on(cluster, scenario, revision, action, begin)
  local other = restore(cluster, scenario, revision)
  local ok, problem = pcall(perform, other, scenario.actions or {}, action, scenario.last, begin)
  if not ok then fail(cluster, revision, "  " .. tostring(problem)) end
  return other
end

-- A life ends with its first write. The cluster in which all is done.
local function live_for_one_write(cluster, scenario, revision, begin)
  local actions, at, lives = scenario.actions or {}, 1, 0
  cluster = restore(cluster, scenario, revision)
  while lives < MOST_LIVES do
    local limit = begin + (actions[at] and actions[at][1] or scenario.last)
    local before = cluster.store:revision()
    local went_on = cluster:step(limit)
    if cluster.store:revision() > before then
      cluster, lives = restore(cluster, scenario, before + 1), lives + 1
    elseif not went_on then
      cluster:run(math.max(0, limit - cluster:now()))
      if not actions[at] then return cluster end
      actions[at][2](cluster)
      at = at + 1
    end
  end
  error(("stopped after each write it is not done after %d lives"):format(lives), 0)
end

local function check_stutter(cluster, scenario, revision, begin, expected)
  local other = live_for_one_write(cluster, scenario, revision, begin)
  local wrong = state.difference(expected, state.of(other, scenario.places))
  if wrong ~= "" then error("stopped after each write:\n" .. wrong, 0) end
end

--- Check that a scenario ends the same wherever it is stopped, and when it is
-- stopped after each of its writes.
-- @tparam table scenario see above; also
--   places  true: on which nodes pods are must be the same
--   once    true: it is not stopped after each write
-- @treturn cluster after the run that was not stopped
function restarts.check(scenario)
  local pause = collectgarbage("setpause", PAUSE)
  local cluster, first, done, begin = first_run(scenario)
  local expected, made = state.of(cluster, scenario.places), count_creations(cluster, first)
  for revision = first, cluster.store:revision() do
    local action = next_action(done, revision)
    if action then
      local other = go_on(cluster, scenario, revision, action, begin)
      local wrong = state.difference(expected, state.of(other, scenario.places))
      local later = count_creations(cluster, revision)
      local before = {}
      for kind, n in pairs(made) do before[kind] = n - later[kind] end
      local counts = compare_counts(made, before, count_creations(other, revision))
      if wrong ~= "" or counts ~= "" then
        fail(cluster, revision, wrong .. counts)
      end
    end
  end
  if not scenario.once then check_stutter(cluster, scenario, first, begin, expected) end
  restarts.stops = cluster.store:revision() - first
  collectgarbage("setpause", pause)
  return cluster
end

-- ---- what scenarios are made of ----

--- A pod template of one container.
-- @tparam string app its label
-- @tparam ?table fields of the pod's spec
function restarts.template(app, fields)
  local spec = { containers = { { name = "c", image = "app:1" } } }
  for field, x in pairs(fields or {}) do spec[field] = x end
  return { metadata = { labels = { app = app } }, spec = spec }
end

--- An object of an apps/v1 kind.
-- @tparam string kind
-- @tparam string name also its pods' label
-- @tparam ?table fields of its spec
function restarts.workload(kind, name, fields)
  local spec = { selector = { matchLabels = { app = name } }, template = restarts.template(name) }
  for field, x in pairs(fields or {}) do spec[field] = x end
  return { apiVersion = "apps/v1", kind = kind, metadata = { name = name }, spec = spec }
end

--- An action that changes an object through a draft.
function restarts.change(kind, name, edit)
  return function(cluster)
    assert(cluster:update(assert(cluster:get(kind, nil, name)), edit))
  end
end

--- An action that sets the image of the first container.
function restarts.set_image(kind, name, image)
  return restarts.change(kind, name, function(draft)
    draft.spec.template.spec.containers[1].image = image
  end)
end

--- An action that deletes an object.
function restarts.delete(kind, name, options)
  return function(cluster)
    local object = cluster:get(kind, nil, name)
    assert(not object or cluster:delete(object, options))
  end
end

--- An action that creates an object.
function restarts.create(object)
  return function(cluster) assert(cluster:create(object)) end
end

--- How many pods pass a test.
function restarts.pods(cluster, holds)
  local count = 0
  for _, pod in ipairs(cluster:list "Pod") do count = count + (holds(pod) and 1 or 0) end
  return count
end

--- Is a pod Ready, and not on its way out?
function restarts.is_ready(pod)
  if pod.metadata.deletionTimestamp then return false end
  for _, condition in ipairs(pod.status.conditions or {}) do
    if condition.type == "Ready" then return condition.status == "True" end
  end
  return false
end

return restarts
