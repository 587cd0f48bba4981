-- SPDX-License-Identifier: MIT
--- The options of a cluster: which there are, and what they are when left out.
local apierror = require "wl.apierror"
local suggest = require "wl.suggest"
local time = require "wl.time"

local START = "2024-01-01T00:00:00Z"
local HISTORY = 50000 -- writes

local OPTIONS = { seed = true, start = true, history = true, nodes = true, registry = true,
  node = true, node_monitor_grace_period = true }

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
  return all
end
