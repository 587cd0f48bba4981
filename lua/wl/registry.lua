-- SPDX-License-Identifier: MIT
--- The kinds that a cluster knows, found by any name that people give them.
--
-- A registry belongs to its owner; there may be several. The kinds that ship
-- are loaded when they are first asked for: by their kind from the file that has
-- it, by any other name (plural, short name) once all of them are loaded.
local suggest = require "wl.suggest"

local registry = {}
registry.__index = registry

local function key(api, name)
  return api .. " " .. name
end

--- A registry.
-- @tparam ?{{string,...},...} shipped modules below "stdlib.kinds.", each with the names of the
--   kinds in it; by default those that ship with wlrun. {} for none.
-- @treturn registry
function registry.new(shipped)
  local self = setmetatable({
    by_version = {},  -- "apps/v1 Deployment" -> kind, old versions too
    by_word = {},     -- "deploy" -> kind, in lower case
    resolved = {},    -- words as they were asked for -> kind, until one is added
    kinds = {},       -- in the order in which they came
    shipped = shipped or require "stdlib.kinds",
    waiting = {},     -- name of a shipped kind, in lower case -> its module, not loaded yet
    place = {},       -- shipped kind -> its place in the list
  }, registry)
  for _, entry in ipairs(self.shipped) do
    for i = 2, #entry do self.waiting[entry[i]:lower()] = entry[1] end
  end
  return self
end

-- The kind of an earlier declaration keeps its words: users' kinds come later.
local function claim_word(self, word, kind)
  word = word:lower()
  if not self.by_word[word] then self.by_word[word] = kind end
end

--- Add a kind; one with the same apiVersion and name takes the place of the old.
-- @tparam kind kind
function registry:add(kind)
  local old = self.by_version[key(kind.api, kind.name)]
  for i, known in ipairs(self.kinds) do
    if known == old then table.remove(self.kinds, i) break end
  end
  for word, known in pairs(self.by_word) do
    if known == old then self.by_word[word] = nil end
  end
  self.kinds[#self.kinds + 1], self.resolved = kind, {}
  self.by_version[key(kind.api, kind.name)] = kind
  for version in pairs(kind.legacy) do
    local at = key(version, kind.name)
    if not self.by_version[at] or self.by_version[at] == old then self.by_version[at] = kind end
  end
  claim_word(self, kind.plural, kind)
  claim_word(self, kind.singular, kind)
  claim_word(self, kind.name, kind)
  for _, word in ipairs(kind.short) do claim_word(self, word, kind) end
end

-- What was added under a shipped kind's name before it was loaded stays.
local function load_module(self, rank, entry)
  local loaded = require("stdlib.kinds." .. entry[1])
  for i = 2, #entry do self.waiting[entry[i]:lower()] = nil end
  for i, kind in ipairs(loaded.name and { loaded } or loaded) do
    if not self.by_version[key(kind.api, kind.name)] then
      self:add(kind)
      self.place[kind] = rank * 100 + i
    end
  end
end

local function load_where(self, is_wanted)
  for rank, entry in ipairs(self.shipped) do
    if self.waiting[entry[2]:lower()] and is_wanted(entry) then load_module(self, rank, entry) end
  end
end

local function load_named(self, name)
  local module = self.waiting[name:lower()]
  if module then load_where(self, function(entry) return entry[1] == module end) end
end

local function load_all(self)
  load_where(self, function() return true end)
end

local function by_name(a, b)
  if a.name ~= b.name then return a.name < b.name end
  return a.api < b.api
end

--- All kinds, sorted by name.
-- @treturn {kind,...}
function registry:all()
  load_all(self)
  local kinds = table.move(self.kinds, 1, #self.kinds, 1, {})
  table.sort(kinds, by_name)
  return kinds
end

local function names_in(self, api)
  local names = {}
  for _, kind in ipairs(self:all()) do
    if kind.api == api or kind.legacy[api] then names[#names + 1] = kind.name end
  end
  return names
end

local function versions_of(self, name)
  local versions = {}
  for _, kind in ipairs(self:all()) do
    if kind.name == name then versions[#versions + 1] = kind.api end
  end
  return versions
end

local function all_versions(self)
  local seen = {}
  for _, kind in ipairs(self:all()) do
    seen[kind.api] = true
    for version in pairs(kind.legacy) do seen[version] = true end
  end
  return suggest.keys(seen)
end

local function all_names(self)
  local names = {}
  for _, kind in ipairs(self:all()) do names[#names + 1] = kind.name end
  return names
end

-- Why is there no such kind? Look for the mistake where it is likeliest.
local function explain(self, api, name)
  local about = ('kind "%s" in %s'):format(name, api)
  local here = names_in(self, api)
  if #here == 0 then
    local version = suggest.nearest(api, all_versions(self))
    local right = versions_of(self, name)[1]
    if right then return ('%s: write apiVersion: %s'):format(about, right) end
    if version then return ('%s: did you mean apiVersion: %s?'):format(about, version) end
    return about .. ": there is no such kind"
  end
  local near = suggest.nearest(name, here)
  if near then return ('%s: did you mean "%s"?'):format(about, near) end
  local elsewhere = suggest.nearest(name, all_names(self))
  if elsewhere then
    return ('%s: did you mean "%s" in %s?'):format(about, elsewhere,
      versions_of(self, elsewhere)[1])
  end
  return about .. ": there is no such kind"
end

-- What a manifest without a proper kind or apiVersion should say.
local function incomplete(self, name)
  if type(name) ~= "string" or name == "" then
    return "kind is not set: every object says what it is, such as kind: Deployment"
  end
  load_named(self, name)
  local version = versions_of(self, name)[1]
  return ("apiVersion is not set%s"):format(
    version and (": a %s has apiVersion: %s"):format(name, version) or ' (kind "' .. name .. '")')
end

--- The kind of a manifest.
-- @tparam string api apiVersion, current or legacy
-- @tparam string name such as "Deployment"
-- @treturn ?kind or nil, message, "NotFound"; "BadRequest" when one of the two is no text
function registry:find(api, name)
  if type(api) ~= "string" or api == "" or type(name) ~= "string" or name == "" then
    return nil, incomplete(self, name), "BadRequest"
  end
  local at = key(api, name)
  if not self.by_version[at] then load_named(self, name) end
  if not self.by_version[at] then load_all(self) end
  local kind = self.by_version[at]
  if kind then return kind end
  return nil, explain(self, api, name), "NotFound"
end

-- "deployments.apps", "deployments.v1.apps"
local function by_resource(self, word)
  local resource, rest = word:match("^([^.]+)%.(.+)$")
  local kind = resource and self.by_word[resource]
  if not kind then return nil end
  if rest == kind.group or rest == kind.version .. "." .. kind.group then return kind end
  for _, other in ipairs(self.kinds) do
    local is_named = other.plural == resource or other.singular == resource
    if is_named and (rest == other.group or rest == other.version .. "." .. other.group) then
      return other
    end
  end
end

local function all_words(self)
  return suggest.keys(self.by_word)
end

--- The kind that a word on the command line means: "deploy", "Deployments", "deployment.apps".
-- @tparam string word case does not count
-- @treturn ?kind or nil, message, "NotFound"
function registry:resolve(word)
  local kind = self.resolved[word]
  if kind then return kind end
  local folded = word:lower()
  kind = self.by_word[folded]
  if kind then
    self.resolved[word] = kind
    return kind
  end
  load_named(self, folded)
  kind = self.by_word[folded]
  if kind then return kind end
  load_all(self)
  kind = self.by_word[folded] or by_resource(self, folded)
  if kind then return kind end
  return nil, ('there is no kind "%s"%s'):format(word, suggest.hint(folded, all_words(self))),
    "NotFound"
end

--- The kinds that a list of words means: "deploy,rs,pods"; "all" is the category.
-- @tparam string words
-- @treturn ?{kind,...} each once, in the order given; or nil, message, "NotFound"
function registry:resolve_list(words)
  local kinds, seen = {}, {}
  local function take(kind)
    if not seen[kind] then
      seen[kind] = true
      kinds[#kinds + 1] = kind
    end
  end
  for word in words:gmatch("[^,%s]+") do
    local members = self:category(word:lower())
    if #members > 0 then
      for _, kind in ipairs(members) do take(kind) end
    else
      local kind, message, code = self:resolve(word)
      if not kind then return nil, message, code end
      take(kind)
    end
  end
  return kinds
end

--- The kinds of a category, in the order in which they ship, users' kinds last.
-- @tparam string category
-- @treturn {kind,...} empty when there is no such category
function registry:category(category)
  load_all(self)
  local members, came = {}, {}
  for i, kind in ipairs(self.kinds) do came[kind] = self.place[kind] or 1000000 + i end
  for _, kind in ipairs(self.kinds) do
    for _, name in ipairs(kind.categories) do
      if name == category then members[#members + 1] = kind end
    end
  end
  table.sort(members, function(a, b) return came[a] < came[b] end)
  return members
end

return registry
