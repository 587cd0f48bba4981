-- SPDX-License-Identifier: MIT
--- The options of a cluster: which there are, and what they are when left out.
local apierror = require "wl.apierror"
local sandbox = require "wl.sandbox"
local suggest = require "wl.suggest"
local time = require "wl.time"

local START = "2024-01-01T00:00:00Z"
local HISTORY = 50000 -- writes

local OPTIONS = { seed = true, start = true, history = true, nodes = true, registry = true,
  node = true, node_monitor_grace_period = true, policy_limits = true }

local function wrong(text, ...) error(apierror.new("BadRequest", text:format(...)), 0) end

local function check_integer(options, name, least)
  local given = options[name]
  if given ~= nil and (math.type(given) ~= "integer" or given < least) then
    wrong("cluster: %s is an integer%s, not %s %s", name,
      least > math.mininteger and " of at least " .. least or "", type(given), tostring(given))
  end
end

local function check_names(options)
  for name in pairs(options) do
    if not OPTIONS[name] then
      wrong("cluster: unknown option %q%s", tostring(name),
        suggest.hint(tostring(name), suggest.keys(OPTIONS)))
    end
  end
end

-- What one call of a policy may take.
local function limits_of(given)
  local limits = {}
  for name, x in pairs(sandbox.LIMITS) do limits[name] = x end
  for name, x in pairs(given) do
    if not limits[name] then
      wrong("cluster: policy_limits: unknown limit %q%s", tostring(name),
        suggest.hint(tostring(name), suggest.keys(limits)))
    elseif math.type(x) ~= "integer" or x < 1 then
      wrong("cluster: policy_limits: %s is an integer of at least 1, not %s", name, tostring(x))
    end
    limits[name] = x
  end
  return limits
end

local function start_of(given)
  if type(given) ~= "string" then
    wrong('cluster: start is a time such as "2024-01-31T12:30:00Z", not a %s', type(given))
  end
  local seconds, message = time.parse(given)
  return seconds or wrong("cluster: start: %s", message)
end

--- Check options, and complete them.
-- @tparam table options see wl.cluster.new
-- @treturn table another one; raises an API error when an option is wrong
return function(options)
  check_names(options)
  check_integer(options, "nodes", 0)
  check_integer(options, "history", 0)
  check_integer(options, "seed", math.mininteger)
  local all = { seed = 1, history = HISTORY }
  for name, x in pairs(options) do all[name] = x end
  all.start = start_of(options.start or START)
  if options.policy_limits ~= nil and type(options.policy_limits) ~= "table" then
    wrong("cluster: policy_limits is a table such as { instructions = 1000000, memory = 16 << 20 }")
  end
  all.policy_limits = limits_of(options.policy_limits or {})
  return all
end
