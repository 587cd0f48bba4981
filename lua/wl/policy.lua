-- SPDX-License-Identifier: MIT
--- Policies: small functions that decide for a controller, chosen by name.
--
-- All sorts of them - rollout, retry, concurrency, placement, deletion,
-- history - are declared, checked, named, called and reported alike. A sort is
-- a contract (`policy.declare`): which fields a policy has, what each of its
-- functions receives and must return. Each contract is in the module of its
-- declarator: wl.strategy, wl.retry ... (wl.policy.sorts names them).
--
--     return strategy "OneByOne" {                 -- a declarator: wl.strategy
--       params = { pause = strategy.int { default = 10, min = 0 } },
--       plan = function(view)
--         return { new = math.min(view.replicas, view.new.available + 1) }
--       end,
--     }
--
-- A policy is a table: `policy` (its sort), `name`, `source` ("file:line"),
-- `block` (the field of manifests that holds its parameters: "oneByOne"),
-- `params` (their schema, or nil) and its functions. A controller calls these
-- by `policy.call` and by nothing else.
local call = require("wl.sandbox_core").call
local copier = require "wl.policy.copier"
local environment = require "wl.sandbox.environment"
local failure = require "wl.policy.failure"
local sandbox = require "wl.sandbox"
local rng = require "wl.rng"
local schema = require "wl.schema"
local suggest = require "wl.suggest"
local types = require "wl.policy.types"

local policy = { types = types }

local contracts = {} -- sort -> contract

-- ---- declaring a policy ----

local function place_of(level)
  local info = debug.getinfo(level + 1, "Sl")
  return info and info.currentline > 0 and ("%s:%d"):format(info.short_src, info.currentline)
    or "?"
end

local function fail(place, word, name, message, ...)
  error(("%s: %s %q: %s"):format(place, word, name, message:format(...)), 0)
end

local function type_name(x) return schema.is_type(x) and "type" or type(x) end

local function field_names(contract)
  local names = suggest.keys(contract.functions)
  for _, name in ipairs(suggest.keys(contract.fields)) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function verify(contract, place, name, fields)
  local word = contract.word
  if type(fields) ~= "table" then
    fail(place, word, name, "a %s expected, got %s", contract.list and "list of " .. contract.list
      or "table of fields", types.printed(fields))
  end
  if contract.list then return end
  for _, field in ipairs(suggest.keys(fields)) do
    local wanted = contract.functions[field] and "function" or contract.fields[field]
    local given = type_name(fields[field])
    if not wanted then
      local names = field_names(contract)
      fail(place, word, name, "unknown field %s%s; there are %s", tostring(field),
        suggest.hint(tostring(field), names), table.concat(names, ", "))
    elseif given ~= wanted then
      fail(place, word, name, "%s must be a %s, not %s", field, wanted,
        types.printed(fields[field]))
    end
  end
  for _, field in ipairs(contract.required) do
    if fields[field] == nil then fail(place, word, name, "%s is missing", field) end
  end
  local message = contract.verify and contract.verify(fields)
  if message then fail(place, word, name, "%s", message) end
end

local function parameters(place, word, name, params)
  if params == nil or schema.is_type(params) then return params end
  for _, field in ipairs(suggest.keys(params)) do
    if not schema.is_type(params[field]) then
      fail(place, word, name, "params.%s must be a type, such as %s.int { default = 1 }, not %s",
        field, word, types.printed(params[field]))
    end
  end
  return schema.object(params)
end

-- "Canary" -> "canary", as RollingUpdate's is rollingUpdate.
local function block_of(name) return (name:gsub("^%u", string.lower)) end

local function declared(contract, place, name, fields)
  verify(contract, place, name, fields)
  local p = { policy = contract.sort, name = name, source = place, block = block_of(name) }
  if not contract.list then
    for field, x in pairs(fields) do p[field] = x end
    p.params = parameters(place, contract.word, name, fields.params)
  end
  if contract.complete then
    local ok, message = pcall(contract.complete, p, fields)
    if not ok then fail(place, contract.word, name, "%s", tostring(message)) end
  end
  return p
end

-- Types that a script may do with as it likes: copies all the way down.
local function copied_type(t)
  local copy = t {}
  if copy.item then copy.item = copied_type(copy.item) end
  return copy
end

local function words_of_types(is_copy)
  local all = {}
  for word, meaning in pairs(require "wl.schema.types") do
    all[word] = is_copy and schema.is_type(meaning) and copied_type(meaning) or meaning
  end
  return all
end

-- A script that has declared a policy holds only this of it: it reads what it likes and
-- changes nothing.
local locked = setmetatable({}, { __mode = "k" })

local function locked_policy(p)
  local proxy = setmetatable({}, { __metatable = false,
    __newindex = function() error("a policy cannot be changed: declare another", 2) end,
    __index = function(_, name)
      local x = p[name]
      if type(x) ~= "table" then return x end
    end })
  locked[proxy] = p
  return proxy
end

--- The policy that a script in a sandbox means.
-- @param x what it returned
-- @return the policy, or x itself
function policy.unlocked(x) return x ~= nil and locked[x] or x end

local function declarator_of(contract, tell, is_copy)
  local declarator = words_of_types(is_copy)
  return setmetatable(declarator, { __metatable = false, __call = function(_, name)
    if type(name) ~= "string" or not name:find(contract.naming) then
      error(("%s: a name expected, as in %s %q { ... }; got %s"):format(contract.word,
        contract.word, contract.example, types.printed(name)), 2)
    end
    local place = place_of(2)
    return function(fields)
      local p = declared(contract, place, name, fields)
      if tell then tell(p) end
      return is_copy and locked_policy(p) or p
    end
  end })
end

--- Make a sort of policies known.
-- @tparam string sort "rollout"
-- @tparam table contract
--   word       the declarator's name in scripts: "strategy"
--   doc        one sentence
--   named      where objects name one: "spec.strategy.type"
--   example    a name, for messages
--   functions  name -> { receives = rows, returns = type, doc =, check = };
--              rows are those of `wl.policy.types.record`; check(result, view): what is wrong
--              with a result of this type, for this view, or nil
--   fields     further fields: name -> the type that it must have; `params` is one
--   required   names of fields that must be there
--   verify     function(fields): what else is wrong with them, or nil
--   list       for a sort declared by a list, not by fields: what it is a list of
--   complete   function(policy, fields): what to add to the policy; raises what else is wrong
--   naming     Lua pattern of names
-- @treturn declarator to be called as `strategy "Name" { fields }`; it also has the
--   words of wl.schema.types, for `params`
function policy.declare(sort, contract)
  contract.sort = sort
  contract.functions, contract.fields = contract.functions or {}, contract.fields or {}
  contract.required = contract.required or {}
  contract.naming = contract.naming or "^%u%w*$"
  contract.example = contract.example or "Mine"
  for _, rule in pairs(contract.functions) do rule.copy = copier.of(rule.receives) end
  contracts[sort] = contract
  return declarator_of(contract)
end

--- The contract of a sort. @treturn ?table
function policy.contract(sort)
  if not contracts[sort] then require "wl.policy.sorts" end
  return contracts[sort]
end

--- The declarators by their words.
-- @tparam function tell(policy) called with each policy that they make
-- @tparam ?boolean is_apart they share nothing with others: for scripts in a sandbox
-- @treturn table "strategy" -> declarator
function policy.declarators(tell, is_apart)
  local made = {}
  for _, sort in ipairs(require "wl.policy.sorts") do
    local contract = policy.contract(sort)
    made[contract.word] = declarator_of(contract, tell, is_apart)
  end
  return made
end

--- Is it a policy?
function policy.is_policy(x)
  return type(x) == "table" and type(rawget(x, "policy")) == "string"
    and type(rawget(x, "name")) == "string"
end

-- ---- calling one ----

-- Whose turn it is, for what scripts ask without an argument (math.random).
local turn = { ctx = nil, policy = nil }

-- math.random of a policy is a stream of the cluster's seed, named after the policy. A script
-- is run again from its beginning at each sync: it draws the same each time, for one
-- revision of one object.
environment.stream = function()
  local ctx, p = turn.ctx, turn.policy
  if not (ctx and ctx.rng) then return nil end
  local name = ("policy/%s/%s"):format(p.policy, p.name)
  if not p.script then return ctx:rng(name) end
  turn.drawn = turn.drawn or rng.new(ctx.cluster.seed, ("%s/%s/%s"):format(name, turn.uid,
    turn.revision))
  return turn.drawn
end

local function place_of_function(fn)
  local info = debug.getinfo(fn, "S")
  return ("%s:%d"):format(info.short_src, info.linedefined)
end

local function refusal(p, name, message)
  return ("%s: %s returned what it may not: %s"):format(place_of_function(p[name]), name, message)
end

-- A policy with parameters has a table of them, also where the manifest has none.
local function seen(p, rule, view, older)
  local saw = rule.copy(view, older)
  if p.params and saw.params == nil then saw.params = {} end
  return saw
end

-- Under the cluster's budget, and as the policy whose turn it is. `saw` is a copy of `view`.
local function called(ctx, cluster, p, rule, name, view, saw)
  local limits = cluster and cluster.policy_limits or sandbox.LIMITS
  local before_ctx, before_policy = turn.ctx, turn.policy
  turn.ctx, turn.policy = ctx, p
  if cluster then cluster.deciding = p end
  local ok, result, why = call(limits.instructions, limits.memory, p[name], saw)
  if cluster then cluster.deciding = nil end
  turn.ctx, turn.policy = before_ctx, before_policy
  if not ok then return nil, result, why end
  local kept, message = rule.returns.read(result)
  if kept ~= nil and rule.check then message = rule.check(kept, view) end
  if kept ~= nil and not message then return kept end
  return nil, refusal(p, name, message), "Invalid"
end

--- Call a function of a policy under the cluster's budget, and check what it returns.
-- A failure (an error, a budget spent, a wrong return) puts a condition and an
-- event on the object; the caller does nothing, and is tried again.
-- @param ctx of the controller; nil, or one without a cluster, in tests of a policy alone
-- @tparam table p the policy
-- @param object what is decided about
-- @tparam string name of the function
-- @tparam table view what it receives: a copy of the fields that the contract lists
-- @return what it returned, a fresh copy; or nil, message with file:line, reason:
--   "PolicyError", "PolicyTimeout", "PolicyMemory", "PolicyInvalid"
function policy.call(ctx, p, object, name, view)
  local cluster = ctx and ctx.cluster
  local rule = contracts[p.policy].functions[name]
  if not cluster then
    local kept, message, why = called(ctx, nil, p, rule, name, view, seen(p, rule, view))
    return kept, message, why and "Policy" .. why
  end
  turn.uid, turn.revision, turn.drawn = object.metadata.uid, view.revision, nil
  local slot, ring = cluster.decision_log:next(object.metadata.uid)
  local saw = seen(p, rule, view, slot.rule == rule and slot.saw or nil)
  local kept, message, why = called(ctx, cluster, p, rule, name, view, saw)
  slot.at, slot.policy, slot.name, slot.rule = ctx.now, p, name, rule
  slot.saw, slot.returned, slot.message = saw, kept, message
  if why then
    why = "Policy" .. why
    failure.tell(ctx, slot, object, message, why)
  elseif ring.failing or not ring.looked then
    failure.succeeded(ctx, slot, object, ring)
  end
  return kept, message, why
end

--- An object names no policy of a sort: it does not fail any more, if it did.
-- @param ctx
-- @param object
-- @tparam string sort
function policy.unused(ctx, object, sort)
  local log = ctx.cluster and ctx.cluster.decision_log
  local ring = log and log:ring(object.metadata.uid)
  if ring and ring.failing and ring.failed.policy == sort then failure.clear(ctx, object, ring) end
end

--- Note what the runtime made of the last decision about an object.
-- @param ctx
-- @param object
-- @param held what is done
-- @tparam ?string complaint what the policy asked for and did not get
function policy.held(ctx, object, held, complaint)
  local entry = ctx.cluster and ctx.cluster.decision_log:last(object.metadata.uid)
  if entry then entry.held, entry.complaint = held, complaint end
end

return policy
