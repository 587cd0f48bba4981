-- SPDX-License-Identifier: MIT
--- Completion of kubectl's words.
local suggest = require "wl.suggest"
local words = require "wl.repl.words"

local complete = {}

local OUTPUTS = { "custom-columns=", "json", "jsonpath=", "name", "table", "wide", "yaml" }

-- Word -> what follows it before objects.
local SECOND = {
  set = { "image" },
  rollout = { "abort", "history", "pause", "promote", "restart", "resume", "retry", "status",
    "undo" },
  create = { "job", "namespace" },
}

local OF_NODES = { drain = true, cordon = true, uncordon = true, taint = true }
local OF_NOTHING = { run = true, back = true, step = true, now = true, until_settled = true,
  forward = true, fork = true, diff = true, version = true, ["cluster-info"] = true,
  ["api-resources"] = true }

-- ---- flags ----

local function flags_of(verb)
  local list = { "--namespace" }
  for name in pairs(words.flags(verb) or {}) do
    if #name > 1 then list[#list + 1] = "--" .. name end
  end
  return list
end

local VALUES = {}

function VALUES.namespace(source) return source:names "namespace", " " end
function VALUES.output() return OUTPUTS, "" end
function VALUES.filename(source, begun) return source:files(begun), "" end
function VALUES.from(source, begun)
  if begun:find "/" then return source:references(begun:match "^[^/]+"), " " end
  return { "cronjob" }, "/"
end
VALUES["for"] = function()
  return { "condition=available", "condition=complete", "condition=ready", "delete" }, " "
end

local LONG = { n = "namespace", o = "output", f = "filename" }

-- The flag whose value is begun: `-n d`, `--output=w`.
local function value_of_flag(before, begun)
  local flag, text = begun:match "^%-%-([%w-]+)=(.*)$"
  if flag then return flag, text end
  flag = before[#before] and (before[#before]:match "^%-%-([%w-]+)$"
    or LONG[before[#before]:match "^%-(%a)$" or ""])
  if flag and VALUES[flag] then return flag, begun end
end

-- ---- arguments ----

local function plain(before)
  local list = {}
  for _, word in ipairs(before) do
    if not word:find "^%-" then list[#list + 1] = word end
  end
  return list
end

local function arguments(source, verb, before, begun)
  local given = plain(before)
  if OF_NOTHING[verb] then return nil end
  if SECOND[verb] then
    if #given == 0 then return begun, SECOND[verb], " " end
    table.remove(given, 1)
  end
  if verb == "help" then return begun, suggest.keys(source.verbs), "" end
  if verb == "explain" then return begun, source:paths(begun), "" end
  if OF_NODES[verb] or verb == "node" then return begun, source:names "node", " " end
  local word = begun:match "^([^/]+)/"
  if word then return begun, source:references(word), " " end
  if #given > 0 and not given[1]:find "/" then return begun, source:names(given[1]), " " end
  local last = begun:match "[^,]*$"
  return last, source:kinds(last), ""
end

--- What may stand at the end of a line of words.
-- @tparam Source source
-- @tparam string line
-- @treturn ?string what is begun; nil: nothing is known
-- @treturn {string,...} what may stand there
-- @treturn string what comes after a whole one
function complete.at(source, line)
  local before, begun = {}, line:match "%S*$"
  for word in line:sub(1, #line - #begun):gmatch "%S+" do before[#before + 1] = word end
  if before[1] == "kubectl" then table.remove(before, 1) end
  local verb = table.remove(before, 1)
  if not verb then return begun, words.names(), " " end
  local flag, text = value_of_flag(before, begun)
  if flag and VALUES[flag] then return text, VALUES[flag](source, text) end
  if begun:find "^%-" then return begun, flags_of(verb), " " end
  return arguments(source, verb, before, begun)
end

return complete
