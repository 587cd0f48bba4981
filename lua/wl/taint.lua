-- SPDX-License-Identifier: MIT
--- Taints of nodes and the tolerations of pods.
--
-- Works on views and on plain tables; knows no cluster. Two taints are the
-- same when key and effect are: the value does not count.
-- Source: core/v1 `Taint`, `Toleration`; kubectl's `pkg/util/taints`.
local names = require "wl.names"

local taint = {}

local EFFECTS = { NoSchedule = true, PreferNoSchedule = true, NoExecute = true }

--- The taints that the node controllers put on nodes themselves.
taint.UNSCHEDULABLE = "node.kubernetes.io/unschedulable"
taint.NOT_READY = "node.kubernetes.io/not-ready"
taint.UNREACHABLE = "node.kubernetes.io/unreachable"

--- Does one toleration tolerate one taint?
-- An absent effect or key of the toleration stands for any.
-- @treturn boolean
function taint.tolerates(toleration, one)
  if (toleration.effect or "") ~= "" and toleration.effect ~= one.effect then
    return false
  end
  if (toleration.key or "") ~= "" and toleration.key ~= one.key then
    return false
  end
  local operator = toleration.operator or ""
  if operator == "" or operator == "Equal" then
    return (toleration.value or "") == (one.value or "")
  end
  return operator == "Exists"
end

--- The first toleration in a list that tolerates a taint.
-- @return the toleration, or nil
function taint.toleration_for(tolerations, one)
  for _, toleration in ipairs(tolerations or {}) do
    if taint.tolerates(toleration, one) then
      return toleration
    end
  end
  return nil
end

--- The first taint, among those whose effect counts, that is not tolerated.
-- @param tolerations list of tolerations, or nil
-- @param taints list of taints, or nil
-- @tparam ?function counts effect -> boolean; nil: every effect counts
-- @return the taint, or nil when all are tolerated
function taint.untolerated(tolerations, taints, counts)
  for _, one in ipairs(taints or {}) do
    if (not counts or counts(one.effect)) and not taint.toleration_for(tolerations, one) then
      return one
    end
  end
  return nil
end

--- Does an effect keep new pods away from a node?
-- @treturn boolean
function taint.repels(effect)
  return effect == "NoSchedule" or effect == "NoExecute"
end

--- @treturn boolean do two taints share key and effect?
function taint.same(a, b)
  return a.key == b.key and (a.effect or "") == (b.effect or "")
end

--- The taint of a list that is the same as `one`.
-- @return the taint and its index, or nil
function taint.find(taints, one)
  for i, other in ipairs(taints or {}) do
    if taint.same(other, one) then
      return other, i
    end
  end
  return nil
end

local function equal(a, b)
  return taint.same(a, b) and (a.value or "") == (b.value or "") and a.timeAdded == b.timeAdded
end

--- The taints with `one` added, or put in the place of the same one.
-- @treturn table new array
-- @treturn boolean did anything change?
function taint.set(taints, one)
  local result, replaced, changed = {}, false, true
  for _, other in ipairs(taints or {}) do
    if taint.same(other, one) then
      replaced, changed = true, not equal(other, one)
      other = one
    end
    result[#result + 1] = other
  end
  if not replaced then
    result[#result + 1] = one
  end
  return result, changed
end

--- The taints without those of the key and effect of `one`.
-- @treturn table new array
-- @treturn boolean was there one?
function taint.delete(taints, one)
  local result, deleted = {}, false
  for _, other in ipairs(taints or {}) do
    if taint.same(other, one) then
      deleted = true
    else
      result[#result + 1] = other
    end
  end
  return result, deleted
end

--- What is wrong with a taint's key, value or effect.
-- @treturn ?boolean true when it is valid, else nil
-- @treturn ?string message
-- @treturn ?string code
function taint.check(one)
  local _, problem = names.label_key(one.key or "")
  if not problem then
    _, problem = names.label_value(one.value or "")
  end
  if not problem and (one.effect or "") ~= "" and not EFFECTS[one.effect] then
    problem = ("invalid taint effect: %s, unsupported taint effect"):format(one.effect)
  end
  if problem then
    return nil, problem, "Invalid"
  end
  return true
end

--- A taint as kubectl writes it: `key=value:Effect`, `key:Effect`, `key`.
-- @treturn string
function taint.text(one)
  local key, value, effect = one.key or "", one.value or "", one.effect or ""
  if value ~= "" then
    key = key .. "=" .. value
  end
  return effect == "" and value == "" and key or key .. ":" .. effect
end

local function invalid(text, why)
  return nil, ("invalid taint spec: %s%s"):format(text, why and ", " .. why or ""), "Invalid"
end

local function parse_one(text)
  local left, effect = text, nil
  if text:find ":" then
    left, effect = text:match "^([^:]*):([^:]*)$"
    if not left then
      return invalid(text)
    elseif not EFFECTS[effect] then
      return invalid(text, "unsupported taint effect")
    end
  end
  local key, value = left, nil
  if effect and left:find "=" then
    key, value = left:match "^([^=]*)=([^=]*)$"
    if not key then
      return invalid(text)
    end
  end
  local one = { key = key, value = value ~= "" and value or nil, effect = effect }
  local valid, why = taint.check(one)
  if not valid then
    return invalid(text, why)
  end
  return one
end

--- Read taints as `kubectl taint` takes them; a trailing `-` removes.
-- @tparam table texts array of strings
-- @treturn ?table `{ add = {...}, remove = {...} }`, or nil
-- @treturn ?string message
-- @treturn ?string code
function taint.parse(texts)
  local result, seen = { add = {}, remove = {} }, {}
  for _, text in ipairs(texts) do
    local bare = text:match "^(.*)%-$"
    local one, why, code = parse_one(bare or text)
    if not one then
      return nil, why, code
    elseif bare then
      table.insert(result.remove, { key = one.key, effect = one.effect })
    elseif not one.effect then
      return invalid(text)
    else
      local identity = one.key .. ":" .. one.effect
      if seen[identity] then
        return nil, "duplicated taints with the same key and effect: " .. taint.text(one), "Invalid"
      end
      seen[identity] = true
      table.insert(result.add, one)
    end
  end
  return result
end

return taint
