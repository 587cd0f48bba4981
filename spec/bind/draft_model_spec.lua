-- SPDX-License-Identifier: MIT
-- Random changes of drafts, each made to plain tables too: what comes of both
-- is the same, and what the draft began with stays as it was.
local rng = require "wl.rng"
local value = require "wl.value"

local NAMES = { "a", "b", "a-longer-name", "d", "e" }

local function scalar(random)
  return ({ 1, 2.5, "text", "a longer text", true })[random:integer(1, 5)]
end

-- A plain table: a list or a map, `depth` levels at most.
local function some_table(random, depth)
  local made = random:integer(1, 2) == 1 and value.list {} or {}
  local list = value.is_list(made)
  for i = 1, random:integer(0, 4) do
    local item = depth > 1 and random:integer(1, 2) == 1 and some_table(random, depth - 1)
      or scalar(random)
    made[list and i or NAMES[random:integer(1, #NAMES)]] = item
  end
  return made
end

-- Lists stay lists when their last item goes.
local function marked(x)
  if type(x) ~= "table" then return x end
  for _, item in pairs(x) do marked(item) end
  return value.is_list(x) and value.list(x) or x
end

-- A deep copy: two places of one table would be one in Lua, and two in a value.
local function copy(x) return type(x) == "table" and marked(value.table(value.of(x))) or x end

local function place(random, plain)
  if value.is_list(plain) then return random:integer(1, #plain + 1) end
  return NAMES[random:integer(1, #NAMES)]
end

-- Walk down some steps, in both.
local function descend(random, draft, plain)
  for _ = 1, random:integer(0, 4) do
    local key = place(random, plain)
    if type(plain[key]) ~= "table" then break end
    draft, plain = draft[key], plain[key]
  end
  return draft, plain
end

local function contains(outer, inner)
  if outer == inner then return true end
  if type(outer) ~= "table" then return false end
  for _, item in pairs(outer) do
    if type(item) == "table" and contains(item, inner) then return true end
  end
  return false
end

local changes = {
  function(random, draft, plain)
    local key, x = place(random, plain), scalar(random)
    draft[key], plain[key] = x, x
  end,
  function(random, draft, plain)
    local key, x = place(random, plain), some_table(random, 2)
    draft[key], plain[key] = x, copy(x)
  end,
  function(random, draft, plain)
    local key = place(random, plain)
    if not value.is_list(plain) then draft[key], plain[key] = nil, nil end
  end,
  function(random, draft, plain)
    if not value.is_list(plain) or #plain == 0 then return end
    local i = random:integer(1, #plain)
    table.remove(draft, i)
    table.remove(plain, i)
  end,
  function(random, draft, plain)
    if not value.is_list(plain) then return end
    local i, x = random:integer(1, #plain + 1), scalar(random)
    table.insert(draft, i, x)
    table.insert(plain, i, x)
  end,
  -- Two places change what they have.
  function(random, draft, plain)
    local a, b = place(random, plain), place(random, plain)
    if plain[a] == nil or plain[b] == nil then return end
    draft[a], draft[b] = draft[b], draft[a]
    plain[a], plain[b] = plain[b], plain[a]
  end,
  -- The same with two places anywhere, neither of which is in the other.
  function(random, draft, plain, root, plain_root)
    local from, plain_from = descend(random, root, plain_root)
    local a, b = place(random, plain), place(random, plain_from)
    local x, y = plain[a], plain_from[b]
    if x == nil or y == nil or contains(x, plain_from) or contains(y, plain) then return end
    draft[a], from[b] = from[b], draft[a]
    plain[a], plain_from[b] = y, x
  end,
  -- What is elsewhere in the tree is put here, as it is now.
  function(random, draft, plain, root, plain_root)
    local from, plain_from = descend(random, root, plain_root)
    local a, b = place(random, plain), place(random, plain_from)
    if plain_from[b] == nil then return end
    local x = value.of(from[b])
    draft[a], plain[a] = x, copy(plain_from[b])
  end,
  -- A value is looked at in the middle: nothing changes.
  function(_, draft, plain) assert.same(plain, value.table(value.of(draft))) end,
}

describe("a draft", function()
  for seed = 1, 16 do
    it("does what a table does, seed " .. seed, function()
      local random = rng.new(seed, "draft")
      local base = value.of { root = some_table(random, 4), list = value.list { 1, { a = 1 }, {} } }
      local before, plain = tostring(base), marked(value.table(base))
      local now = value.update(base, function(draft)
        for _ = 1, 120 do
          local d, p = descend(random, draft, plain)
          changes[random:integer(1, #changes)](random, d, p, draft, plain)
        end
      end)
      assert.same(plain, value.table(now))
      assert.equal(before, tostring(base))
      assert.is_true(value.equal(now, value.of(plain)))
    end)
  end
end)
