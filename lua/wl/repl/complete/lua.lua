-- SPDX-License-Identifier: MIT
--- Completion of Lua: what may stand where a line of it breaks off.
--
-- Each function returns what is begun, the words that may stand there, and what comes after
-- one that is whole; or nothing, when it does not know the place.
local suggest = require "wl.suggest"

local complete = {}

local ROLLOUT = { "abort", "history", "pause", "promote", "restart", "resume", "retry", "status",
  "undo" }

local NODE = { "cordon", "delete", "drain", "fail", "freeze", "label", "partition", "recover",
  "taint", "uncordon", "unready" }

local CONDITIONS = { "available", "complete", "deleted", "ready", "rolled out" }

local MATCHERS = { "above", "at_least", "at_most", "below", "contains", "is", "is_not", "matches" }

-- ---- inside a string ----

-- Where the string begins that is open at the end; its quote.
local function open_string(line)
  local quote, begins
  local i = 1
  while i <= #line do
    local c = line:sub(i, i)
    if quote then
      if c == "\\" then
        i = i + 1
      elseif c == quote then
        quote = nil
      end
    elseif c == '"' or c == "'" then
      quote, begins = c, i
    end
    i = i + 1
  end
  if quote then return begins, quote end
end

-- Verbs whose text names kinds: "deploy,rs".
local LISTS = { list = true, show = true, watch = true, describe = true, top = true }
-- Verbs whose text is something else.
local TEXTS = { run = true, back = true, test = true, always = true, fail = true, at = true,
  after = true, every = true, cron = true, until_settled = true, report = true }

-- "deploy/w", or "rs,deploy/w" where several may stand.
local function reference(source, begun, verb, quote)
  local last = begun:match "[^,]*$"
  local word = last:match "^([^/]+)/"
  if word then return last, source:references(word), quote end
  if LISTS[verb] then return last, source:kinds(last), "" end
  return last, source:kinds(last), "/"
end

local BY_VERB = {}

function BY_VERB.help(source, begun, quote) return begun, suggest.keys(source.verbs), quote end
function BY_VERB.explain(source, begun) return begun, source:paths(begun), "" end
function BY_VERB.node(source, begun, quote) return begun, source:names "node", quote end
function BY_VERB.apply(source, begun) return begun, source:files(begun), "" end
BY_VERB.report = BY_VERB.apply

local function in_string(source, line)
  local begins, quote = open_string(line)
  if not begins then return nil end
  local before, begun = line:sub(1, begins - 1), line:sub(begins + 1)
  if before:find "namespace%s*=%s*$" then return begun, source:names "namespace", quote end
  if before:find "from%s*=%s*$" then return reference(source, begun, "from", quote) end
  if before:find "%f[%w_]wait%s*%(%s*[\"'][^\"']*[\"']%s*,%s*$" then
    return begun, CONDITIONS, quote
  end
  local verb = before:match "([%a_][%w_]*)%s*%(?%s*$"
  if not verb or TEXTS[verb] then return "", {} end
  if BY_VERB[verb] then return BY_VERB[verb](source, begun, quote) end
  return reference(source, begun, verb, quote)
end

-- ---- fields ----

-- "a.b.c" -> "a.b", "c"
local function split_path(path)
  local before, begun = path:match "^(.*)%.([%w_]*)$"
  return before, begun
end

local function of_object(source, line)
  local text, path = line:match "%f[%w_]get%s*%(?%s*[\"']([^\"']+)[\"']%s*%)?%.([%w_%.%[%]]*)$"
  if not text then return nil end
  local before, begun = split_path("." .. path)
  local object, kind = source:object(text)
  return begun, source:fields(kind, object, before:sub(2)), ""
end

local function of_listed(source, line)
  local word, path =
    line:match "%f[%w_]list%s*%(%s*[\"']([%w.-]+)[\"'][^()]*%)%[%d+%]%.([%w_%.%[%]]*)$"
  if not word then return nil end
  local before, begun = split_path("." .. path)
  return begun, source:fields(source:kind(word), nil, before:sub(2)), ""
end

local function of_variable(source, line)
  local name, path = line:match "%f[%w_]([%a_][%w_]*)([%.%[][%w_%.%[%]]*)$"
  if not name or line:find("%.%s*" .. name .. "[%.%[][^\"']*$") then return nil end
  local before, begun = split_path(path)
  if not before then return nil end
  if name == "rollout" and before == "" then return begun, ROLLOUT, "" end
  local x, kind = source:variable(name)
  if x == nil then x = rawget(_G, name) end
  if type(x) == "table" and not getmetatable(x) and before == "" then
    return begun, suggest.keys(x), ""
  end
  return begun, source:fields(kind, x, (before:gsub("^%.", ""))), ""
end

local function of_method(source, line)
  local name, begun = line:match "([%a_][%w_]*):([%a_]*)$"
  if line:find "%f[%w_]node%s*%(?%s*[\"'][^\"']*[\"']%s*%)?:[%a_]*$" then
    return line:match "[%a_]*$", NODE, ""
  elseif name and type(source:variable(name)) == "table" then
    return begun, suggest.keys(source.verbs), ""
  end
end

local function of_expectation(_, line)
  if line:find "%f[%w_]expect%s*%b()%.[%a_]*$" then return line:match "[%a_]*$", MATCHERS, "" end
end

-- ---- names ----

local function of_global(source, line)
  local begun = line:match "%f[%w_][%a_][%w_]*$"
  if line:find "[%.:]%s*[%w_]*$" then return nil end
  if begun or line:find "^%s*$" then return begun or "", source:globals(), "" end
end

local PLACES = { in_string, of_object, of_listed, of_expectation, of_method, of_variable,
  of_global }

--- What may stand at the end of a line of Lua.
-- @tparam Source source with `verbs`: a table that has the names of the verbs as keys
-- @tparam string line
-- @treturn ?string what is begun; nil: nothing is known
-- @treturn {string,...} what may stand there
-- @treturn string what comes after a whole one
function complete.at(source, line)
  for _, place in ipairs(PLACES) do
    local begun, list, after = place(source, line)
    if begun then return begun, list, after end
  end
end

return complete
