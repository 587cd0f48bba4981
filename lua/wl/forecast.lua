-- SPDX-License-Identifier: MIT
--- Forecasts: what applying manifests may come to, before anything is applied.
--
-- For each of many seeds there is a cluster at the moment of the apply, a snapshot; each plan
-- goes on from the same ones, so that plans differ by what they say and not by chance.
local run = require "wl.forecast.run"

local forecast = {}

-- ---- many numbers as few ----

-- The value that a share of all are not above: nearest rank. Infinite: more than were counted.
local function percentile(sorted, share, count)
  return sorted[math.max(1, math.ceil(share * (count or #sorted)))]
end

local function sorted(results, pick)
  local list = {}
  for _, result in ipairs(results) do
    local x = pick(result)
    if x then list[#list + 1] = x end
  end
  table.sort(list)
  return list
end

-- Runs that do not finish take longer than all that do: then a percentile may be nil.
local function percentiles(list, count)
  return { p5 = percentile(list, 0.05, count), p50 = percentile(list, 0.5, count),
    p95 = percentile(list, 0.95, count) }
end

local function spread(results, pick)
  local list = sorted(results, pick)
  return { p50 = percentile(list, 0.5), least = list[1], most = list[#list] }
end

local function share(results, holds)
  local count = 0
  for _, result in ipairs(results) do count = count + (holds(result) and 1 or 0) end
  return count
end

-- ---- parts of a summary ----

local function workloads_of(results)
  local list = {}
  for i, target in ipairs(results[1].targets) do
    local function seen(result) return result.targets[i].seen end
    if target.seen then
      local lowest = spread(results, function(result)
        local one = seen(result)
        return one and one.lowest < math.huge and one.lowest or nil
      end)
      list[#list + 1] = { name = target.kind .. "/" .. target.name, namespace = target.namespace,
        wanted = target.seen.wanted, lowest = lowest.p50 and lowest or nil,
        below = share(results, function(result) return seen(result) and seen(result).below > 0 end),
        late = share(results, function(result) return result.targets[i].is_late end) }
    end
  end
  return list
end

local function budgets_of(results)
  local list = {}
  for name, budget in pairs(results[1].budgets) do
    local function at(result) return result.budgets[name] or { below = 0 } end
    local lowest = spread(results, function(result)
      local one = at(result).lowest
      return one and one < math.huge and one or nil
    end)
    list[#list + 1] = { name = name, desired = budget.desired,
      lowest = lowest.p50 and lowest or nil,
      below = share(results, function(result) return at(result).below > 0 end) }
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

local function blockers_of(results)
  local list, known = {}, {}
  for _, result in ipairs(results) do
    local counted = {}
    for _, reason in ipairs(result.reasons) do
      local key = ("%s %s %s"):format(reason.about, reason.reason, reason.message)
      local one = known[key]
      if not one then
        one = { about = reason.about, reason = reason.reason, message = reason.message, runs = 0,
          place = #list + 1 }
        known[key], list[one.place] = one, one
      end
      one.runs, counted[key] = one.runs + (counted[key] and 0 or 1), true
    end
  end
  table.sort(list, function(a, b)
    if a.runs ~= b.runs then return a.runs > b.runs end
    return a.place < b.place
  end)
  for _, one in ipairs(list) do one.place = nil end
  return list
end

local function most_of(results, name)
  local found = spread(results, function(result) return result.most[name] end)
  return { p50 = found.p50, most = found.most }
end

-- The first that was not done, else the one that took longest.
local function worst_of(results)
  local worst
  for _, result in ipairs(results) do
    if not result.seconds then return result.seed end
    if not worst or result.seconds > worst.seconds then worst = result end
  end
  return worst.seed
end

local function summary(plan, results)
  local times = sorted(results, function(result) return result.seconds end)
  local found = { name = plan.name, runs = #results, finished = #times,
    seconds = percentiles(times, #results), workloads = workloads_of(results),
    budgets = budgets_of(results), pods = most_of(results, "pods"), cpu = most_of(results, "cpu"),
    memory = most_of(results, "memory"), blockers = blockers_of(results), results = results,
    refused = share(results, function(result) return result.refused > 0 end) }
  found.worst_seed = worst_of(results)
  return found
end

-- ---- all of it ----

--- Forecast plans under the same seeds.
-- @tparam table options begin(seed): a snapshot of the moment before; plans: name, documents,
--   limit (seconds), namespace, begin(cluster); runs; seed, the first one (1); tell(i), called
--   after each seed
-- @treturn {table,...} for each plan: name, runs, finished, seconds (p5, p50, p95; nil: so many
--   were not done), workloads and budgets (lowest: p50, least, most; below, late: runs), pods,
--   cpu (thousandths), memory (bytes), each p50 and most; refused: runs; blockers (about,
--   reason, message, runs), results, worst_seed
function forecast.compare(options)
  local results, first = {}, options.seed or 1
  for i in ipairs(options.plans) do results[i] = {} end
  for seed = first, first + options.runs - 1 do
    local shot = options.begin(seed)
    for i, plan in ipairs(options.plans) do
      local result = run.one(shot, plan)
      result.seed = seed
      results[i][#results[i] + 1] = result
    end
    if options.tell then options.tell(seed) end
  end
  local summaries = {}
  for i, plan in ipairs(options.plans) do summaries[i] = summary(plan, results[i]) end
  return summaries
end

--- Did all runs of all plans finish?
-- @tparam {table,...} summaries
-- @treturn boolean
function forecast.is_sure(summaries)
  for _, one in ipairs(summaries) do
    if one.finished < one.runs then return false end
  end
  return true
end

return forecast
