-- SPDX-License-Identifier: MIT
--- The verb that says what is measured, for autoscalers.
--
--     metric("cpu", "app=web", "300m")                        -- of each pod
--     metric("cpu", "app=web", { total = 4.5 })               -- shared by the Ready pods
--     metric("cpu", "app=web", function(t, pod) return 0.1 + t / 600 end)
--     metric("requests_per_second", "ingress/web", 1200)      -- of an object
--     metric("queue_length", function(t) return 30 * t end)   -- of the world outside
local Metrics = require "wl.metrics"
local reference = require "wl.verbs.reference"
local selector = require "wl.selector"

local metrics = {}

local USE = 'metric("cpu", "app=web", "300m")'

local function is_amount(x)
  return x == false or type(x) == "function" or Metrics.milli(x) ~= nil
end

local function check_source(source)
  if type(source) == "table" then
    if source.total ~= nil and is_amount(source.total) and next(source, next(source)) == nil then
      return source
    end
  elseif source == nil or (type(source) == "string" or type(source) == "number"
    or type(source) == "function" or source == false) and is_amount(source) then
    return source or false
  end
  reference.misuse("metric: a number, a quantity, a function of seconds or { total = ... } "
    .. "expected, got %s, as in %s", reference.seen(source), USE)
end

local function about_of(cluster, given, options)
  if given:find "/" and not given:find "[=,!%s]" then
    local kind, namespace, name = reference.parse(cluster, given, options)
    return { kind = kind.name, namespace = namespace, name = name }
  end
  return { selector = reference.check(selector.parse(given)), namespace = options.namespace }
end

--- Say what a metric is from now on. What is said later goes before what was said.
-- @param cluster
-- @tparam string name "cpu", "memory", or any other
-- @tparam ?string about a label selector (each pod that matches), or an object "ingress/web";
--   left out: a metric of the world outside
-- @param source a number, a quantity, function(seconds since the run began, pod), or
--   { total = any of these }: a load that the Ready pods share; false: not known
-- @tparam ?table options namespace
function metrics.metric(cluster, name, about, source, options)
  if type(name) ~= "string" then
    reference.misuse("metric: the name of a metric expected, got %s, as in %s",
      reference.seen(name), USE)
  end
  if type(about) ~= "string" or source == nil and Metrics.milli(about) then
    about, source, options = nil, about, source
  end
  options = reference.options("metric", options, {})
  Metrics.of(cluster):set(name, about and about_of(cluster, about, options) or {},
    check_source(source))
end

return metrics
