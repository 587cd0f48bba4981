-- SPDX-License-Identifier: MIT
--- How containers behave: the vocabulary of `behave`.
--
--   behave("app=web", { ready = "5s", crash = 0.01 })
--   behave("app=web", { image = "nginx:1.15", never_ready = true })
--   behave("job-name=pi", { after = { "1m", "3m" }, exit = 0 })
--
-- Starting
--   start        from the pod's node being known to its first container running:
--                pulling images, setting up the sandbox
--   init         how long each init container runs
--   pull_error   true or a message: the image cannot be pulled (ErrImagePull,
--                ImagePullBackOff)
-- Being ready
--   ready        from the container's start to its readiness; by default what its
--                startup and readiness probes say (initialDelaySeconds ...)
--   never_ready  true: it runs, and is never ready
--   flap         { every = "1m", down = "5s" }: it stops being ready again and again
-- Ending
--   after        it ends by itself that long after each start
--   exit         the code it ends with: 0, or 1 where it crashes; alone: ends at once
--   reason       "Completed" or "Error" by default
--   message      its termination message
--   oom          true: ends as OOMKilled, code 137
--   crash        0..1, the chance of each start to be one that fails, `after` that
--                long (1s..60s when not said)
--   unhealthy    its liveness probe begins to fail that long after each start; without
--                such a probe nobody notices
--   work         how long a container works that is not to be restarted for ever
-- Being stopped
--   terminate    from SIGTERM to its end
--   ignore_term  true: it does not hear SIGTERM, and is killed (137) after its grace
--   term_exit    the code it ends with on SIGTERM; 143
--   prestop      how long a preStop hook takes that is not a sleep
-- For whom
--   image        only for containers of this image
--   container    only for the container of this name
--   containers   { name = { ... } }: each container its own
--
-- A duration is a text ("1m30s"), a number of seconds, or a range { "1s", "5s" }
-- from which each container draws at each start. A draw depends on the seed, the
-- pod and the number of the start, on nothing else: another fault in the
-- scenario does not shift it.
local duration = require "wl.duration"
local suggest = require "wl.suggest"

local behaviour = {}

local check = {}

local function fail(level, field, text, ...)
  error(("behaviour: %s %s"):format(field, text:format(...)), level + 1)
end

local function seconds(given, field, level)
  if type(given) == "number" or type(given) == "string" then
    local n, why = given, nil
    if type(given) == "string" then
      n, why = duration.parse(given)
    end
    if n and n >= 0 then
      return n
    end
    fail(level + 1, field, "%s", why or "must not be negative")
  end
  fail(level + 1, field, "must be a duration such as \"5s\", not a %s", type(given))
end

function check.duration(given, field, level)
  if type(given) ~= "table" then
    return seconds(given, field, level + 1)
  end
  if #given ~= 2 then
    fail(level + 1, field, "must be a duration, or two: { \"1s\", \"5s\" }")
  end
  local low = seconds(given[1], field, level + 1)
  local high = seconds(given[2], field, level + 1)
  if high < low then
    fail(level + 1, field, "must not begin (%s) after its end (%s)", given[1], given[2])
  end
  return { low = low, high = high }
end

function check.flag(given, field, level)
  if type(given) ~= "boolean" then
    fail(level + 1, field, "must be true or false, not %s", tostring(given))
  end
  return given
end

function check.text(given, field, level)
  if type(given) ~= "string" then
    fail(level + 1, field, "must be a text, not a %s", type(given))
  end
  return given
end

function check.text_or_flag(given, field, level)
  if type(given) ~= "string" and type(given) ~= "boolean" then
    fail(level + 1, field, "must be true or a message, not a %s", type(given))
  end
  return given
end

function check.code(given, field, level)
  if math.type(given) ~= "integer" or given < 0 or given > 255 then
    fail(level + 1, field, "must be an exit code from 0 to 255, not %s", tostring(given))
  end
  return given
end

function check.chance(given, field, level)
  if type(given) ~= "number" or given < 0 or given > 1 then
    fail(level + 1, field, "must be a chance from 0 to 1, not %s", tostring(given))
  end
  return given
end

local read -- a behaviour may hold one for each container

function check.flap(given, field, level)
  if type(given) ~= "table" or not given.every or not given.down then
    fail(level + 1, field, "must be { every = DURATION, down = DURATION }")
  end
  local every = seconds(given.every, field .. ".every", level + 1)
  local down = seconds(given.down, field .. ".down", level + 1)
  if down >= every or down == 0 then
    fail(level + 1, field, "must be down for less than it takes to come again, and not 0")
  end
  return { every = every, down = down }
end

function check.containers(given, field, level)
  if type(given) ~= "table" then
    fail(level + 1, field, "must be a table of behaviours by container name")
  end
  local containers = {}
  for name, fields in pairs(given) do
    containers[name] = read(fields, level + 1)
  end
  return containers
end

local FIELDS = {
  start = "duration", init = "duration", pull_error = "text_or_flag", ready = "duration",
  never_ready = "flag", flap = "flap", after = "duration", exit = "code", reason = "text",
  message = "text", oom = "flag", crash = "chance", unhealthy = "duration", work = "duration",
  terminate = "duration", ignore_term = "flag", term_exit = "code", prestop = "duration",
  image = "text", container = "text", containers = "containers",
}

local function check_field(field, level)
  if not FIELDS[field] then
    error(("behaviour: unknown field %q%s"):format(tostring(field),
      suggest.hint(tostring(field), suggest.keys(FIELDS))), level + 1)
  end
end

local function is_random(fields)
  if (fields.crash or 0) > 0 and fields.crash < 1 then
    return true
  end
  for _, one in pairs(fields) do
    if type(one) == "table" and one.low then
      return true
    end
  end
  for _, one in pairs(fields.containers or {}) do
    if one.random then
      return true
    end
  end
  return false
end

function read(given, level)
  if type(given) ~= "table" then
    error(("behaviour: must be a table or a function, not a %s"):format(type(given)), level + 1)
  end
  local fields = {}
  for field, one in pairs(given) do
    check_field(field, level + 1)
    fields[field] = check[FIELDS[field]](one, field, level + 1)
  end
  fields.random = is_random(fields)
  return fields
end

--- Read a behaviour as a script gave it. A mistake is an error.
-- @param given table of fields (see above), or function(pod): see wl.kubelet.script
-- @tparam ?integer level whose mistake it is, as for `error`
-- @treturn table durations in seconds; `random`: does it draw?
function behaviour.read(given, level)
  level = (level or 1) + 1
  if type(given) == "function" then
    return { script = given, random = true }
  end
  return read(given, level)
end

return behaviour
