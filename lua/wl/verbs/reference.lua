-- SPDX-License-Identifier: MIT
--- What verbs are given: objects by name, options, durations; and how a verb
-- says that something is wrong with it.
--
-- An object is "deploy/web" or the object itself. What a verb raises prints as
-- text, carries `code` and `causes`, and is reported at the user's line.
local apierror = require "wl.apierror"
local duration = require "wl.duration"
local selector = require "wl.selector"
local suggest = require "wl.suggest"
local value = require "wl.value"

local reference = {}

-- ---- failing ----

--- Raise an API error.
function reference.raise(message, code, causes)
  error(apierror.is(message) and message or apierror.new(code or "BadRequest", message, causes), 0)
end

--- Raise: the call itself is wrong.
-- @tparam string text what is wrong, and what to write instead; then as for string.format
function reference.misuse(text, ...) reference.raise(text:format(...)) end

--- Raise unless there is a result.
-- @return the result, and what comes after it
function reference.check(result, message, code, causes)
  if result == nil or result == false then reference.raise(message, code, causes) end
  return result, message
end

-- ---- arguments ----

--- What an argument is, for messages: `a number 5`, `nothing`.
-- @treturn string
function reference.seen(given)
  local sort = value.type(given) or type(given)
  if given == nil then return "nothing" end
  if sort == "string" then return ("the text %q"):format(given) end
  if sort == "integer" or sort == "number" or sort == "boolean" then
    return ("the %s %s"):format(sort, tostring(given))
  end
  return "a " .. sort
end

--- A table of options, all of them known.
-- @tparam string verb
-- @tparam ?table given
-- @tparam table known option -> true; namespace is known to all
-- @treturn table
function reference.options(verb, given, known)
  if given == nil then return {} end
  if type(given) ~= "table" then
    reference.misuse("%s: a table of options expected, got %s", verb, reference.seen(given))
  end
  for name in pairs(given) do
    if not known[name] and name ~= "namespace" then
      local names = suggest.keys(known)
      names[#names + 1] = "namespace"
      reference.misuse("%s: there is no option %q: it takes %s%s", verb, tostring(name),
        table.concat(names, ", "), suggest.hint(tostring(name), names))
    end
  end
  return given
end

--- The seconds of a duration.
-- @tparam string verb
-- @tparam number|string given
-- @treturn number
function reference.seconds(verb, given)
  local ok, seconds = pcall(duration.seconds, given, 0)
  if not ok then
    reference.misuse("%s: %s", verb,
      given == nil and "a duration such as \"5m\" is missing" or seconds)
  elseif seconds < 0 then
    reference.misuse("%s: %s is negative, and time does not run back", verb, tostring(given))
  end
  return seconds
end

--- A function.
-- @tparam string verb
-- @param given
-- @tparam string example of the verb's use
-- @treturn function
function reference.callback(verb, given, example)
  if type(given) ~= "function" then
    reference.misuse("%s: a function expected, got %s: write it as in %s", verb,
      reference.seen(given), example)
  end
  return given
end

--- A label selector.
-- @tparam string verb
-- @param given text, selector, LabelSelector or nil
-- @return a selector; nil when none is given
function reference.selector(verb, given)
  if given == nil then return nil end
  local compiled, message
  if type(given) == "string" then
    compiled, message = selector.parse(given)
  else
    compiled, message = selector.from(given)
  end
  if compiled then return compiled end
  reference.misuse("%s: selector %s: %s", verb, reference.seen(given), message)
end

-- ---- objects ----

local function split(text)
  local word, name = text:match "^%s*([^/%s]+)/([^/%s]+)%s*$"
  if not word then
    reference.misuse('"%s": write a kind and a name, as in "deploy/web"', text)
  end
  return word, name
end

--- The kind and name that a verb is given.
-- @param cluster
-- @param given "deploy/web", or an object
-- @tparam ?table options namespace
-- @treturn kind
-- @treturn ?string namespace
-- @treturn string name
function reference.parse(cluster, given, options)
  if type(given) == "string" then
    local word, name = split(given)
    local kind = reference.check(cluster.server:kind(word))
    return kind, options and options.namespace or cluster.namespace, name
  elseif value.is_map(given) and given.kind and given.metadata then
    local kind = reference.check(cluster.server.registry:find(given.apiVersion, given.kind))
    return kind, given.metadata.namespace, given.metadata.name
  end
  reference.misuse('an object expected, as in "deploy/web"; got %s', reference.seen(given))
end

--- The object that a verb is given, as it is now. Raises when there is none.
-- @return a view
function reference.find(cluster, given, options)
  local kind, namespace, name = reference.parse(cluster, given, options)
  return (reference.check(cluster.server:get(kind, namespace, name)))
end

return reference
