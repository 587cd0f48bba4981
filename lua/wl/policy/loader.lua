-- SPDX-License-Identifier: MIT
--- Files that declare policies: run in a sandbox, where the declarators are
-- globals (`strategy "X" { ... }`) and modules (`require "wl.strategy"`), too.
--
-- A file of kinds, or of helpers, is another thing: it may do all that a scenario
-- may, and runs as one. A file is one of policies when a declarator is called in
-- it, and `kind` is not.
local chunk = require "wl.chunk"
local file = require "wl.file"
local policy = require "wl.policy"
local sandbox = require "wl.sandbox"

local loader = {}

local function declares(text, word)
  return text:find("[\"']wl%." .. word .. "[\"']") or text:find("%f[%w_.]" .. word .. "%s*[\"'{]")
end

--- Is a file one of policies, and of nothing else?
-- @tparam string text of the file
-- @treturn boolean
function loader.is_for_policies(text)
  text = text:gsub("%-%-[^\n]*", "")
  if declares(text, "kind") then return false end
  for _, sort in ipairs(require "wl.policy.sorts") do
    if declares(text, policy.contract(sort).word) then return true end
  end
  return false
end

-- Each policy once: one that was declared and returned is the same.
local function collect(result, list, seen)
  result = policy.unlocked(result)
  if policy.is_policy(result) then
    if not seen[result] then
      seen[result], list[#list + 1] = true, result
    end
    return true
  elseif type(result) ~= "table" or #result == 0 then
    return false
  end
  for _, one in ipairs(result) do
    if not collect(one, list, seen) then return false end
  end
  return true
end

-- The steps of strategies' scripts are words of their own in such a file.
local function with_steps(words)
  local globals = {}
  for _, list in ipairs { require("wl.rollout.step").names, words } do
    for word, meaning in pairs(list) do globals[word] = meaning end
  end
  return globals
end

--- The policies that a file declares.
-- @tparam string path
-- @treturn ?{policy,...} or nil
-- @treturn ?string what is wrong, with file:line
function loader.load(path)
  local list, seen = {}, {}
  local words = policy.declarators(function(p) collect(p, list, seen) end, true)
  local modules = {}
  for word, declarator in pairs(words) do modules["wl." .. word] = declarator end
  local ok, result = sandbox.load(path, { globals = with_steps(words), modules = modules })
  if not ok then return nil, result end
  if result ~= nil and not collect(result, list, seen) then
    return nil, ("%s: a policy file returns a policy, a list of them, or nothing; not %s")
      :format(path, policy.types.printed(result))
  elseif #list == 0 then
    return nil, path .. ': no policy is declared here, as in strategy "Mine" { ... }'
  end
  return list
end

-- ---- policies on the path ----

local known = {} -- path -> its policies

local function readable(path)
  local stream = io.open(path)
  if stream then stream:close() end
  return stream ~= nil
end

local missing = {} -- name -> in how many directories it is not

local function path_of(name)
  local directories = chunk.directories()
  if missing[name] == #directories then return nil end
  for _, dir in ipairs(directories) do
    local path = dir .. "/" .. name .. ".lua"
    if readable(path) then return path end
  end
  local path = package.searchpath(name, package.path)
  if not path then missing[name] = #directories end
  return path
end

--- A policy in <sort>/<file>.lua, beside a scenario or on Lua's path.
-- @tparam string sort
-- @tparam string name the file's, without .lua
-- @tparam string policy_name
-- @treturn ?policy; raises when the file is wrong
function loader.find(sort, name, policy_name)
  local path = path_of(sort .. "/" .. name)
  if not path then return nil end
  if not known[path] then
    local list, message = loader.load(path)
    if not list then error(message, 0) end
    known[path] = { list = list, text = file.read(path) }
  end
  for _, p in ipairs(known[path].list) do
    if p.policy == sort and p.name == policy_name then return p end
  end
end

--- Forget the files whose text has changed.
-- @treturn {policy,...} what was in them
function loader.forget_changed()
  local gone = {}
  missing = {}
  for path, entry in pairs(known) do
    if file.read(path) ~= entry.text then
      table.move(entry.list, 1, #entry.list, #gone + 1, gone)
      known[path] = nil
    end
  end
  return gone
end

return loader
