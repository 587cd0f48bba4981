-- SPDX-License-Identifier: MIT
--- Whatever is written, it is stored or refused; nothing raises.
local admission = require "wl.admission"
local registry = require "wl.registry"
local shared = require "spec.support.shared"
local value = require "wl.value"

local MUTANTS = 3000
local TEXTS = { "", "x", "A_B", "1", "-", ("z"):rep(300), "a/b/c", "..", "25%", "$(X)" }
local NUMBERS = { 0, -1, 1, 70000, 2147483647, -2147483648, 1.5, 3e9 }
local ANYTHING = { value.null, true, "x", 7, {}, value.list {}, { a = 1 }, { { 1 } } }

-- A generator of its own, so that the mutants are the same in every run.
local state = 20240229
local function below(n)
  state = (state * 1103515245 + 12345) % 2147483648
  return state // 65536 % n + 1
end

local function one_of(list)
  return list[below(#list)]
end

local function copy(x)
  if not value.is_map(x) and not value.is_list(x) then return x end
  local result = value.is_list(x) and value.list {} or {}
  for key, inner in pairs(x) do result[key] = copy(inner) end
  return result
end

local function mutate(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  if #keys == 0 then return end
  local key = one_of(keys)
  if type(t[key]) == "table" and below(8) > 1 then return mutate(t[key]) end
  if type(t[key]) == "string" then
    t[key] = one_of(TEXTS)
  elseif type(t[key]) == "number" then
    t[key] = one_of(NUMBERS)
  elseif type(key) == "string" and below(2) == 1 then
    t[key] = nil
  else
    t[key] = one_of(ANYTHING)
  end
end

describe("mutants", function()
  local kinds, seeds = registry.new(), {}
  for _, case in ipairs(shared.cases("api_validation") or {}) do
    seeds[#seeds + 1] = case.input.object or case.input.new
  end
  if #seeds == 0 then return end

  it("are stored or refused", function()
    local stored = 0
    for _ = 1, MUTANTS do
      local seed = one_of(seeds)
      local kind, mutant = assert(kinds:find(seed.apiVersion, seed.kind)), copy(seed)
      for _ = 1, below(2) do mutate(mutant) end
      mutant.apiVersion, mutant.kind = seed.apiVersion, seed.kind
      local draft, message, code = admission.create(kind, mutant, "u-1")
      assert.is_true(draft ~= nil or message ~= "" and (code == "Invalid" or code == "BadRequest"))
      if draft then
        stored = stored + 1
        admission.update(kind, mutant, value.of(draft))
      end
    end
    assert.is_true(stored > MUTANTS / 20)
  end)
end)
