-- SPDX-License-Identifier: MIT
--- A forecast as text: a row for each thing that is measured, a column for each plan.
local duration = require "wl.duration"
local tabular = require "wl.table"

local text = {}

local MOST_BLOCKERS = 8

-- ---- cells ----

local function of(count, summary) return ("%d of %d"):format(count, summary.runs) end

local function seconds(x) return x and duration.format(x) or "not done" end

local function count(x) return ("%d"):format(x) end

local function cpu(milli)
  return milli % 1000 == 0 and count(milli // 1000) or ("%dm"):format(milli)
end

local function memory(bytes) return ("%dMi"):format(math.ceil(bytes / 2 ^ 20)) end

local function usual_and_most(pair, format)
  if pair.p50 == pair.most then return format(pair.most) end
  return ("%s, worst %s"):format(format(pair.p50), format(pair.most))
end

local function lowest(one, wanted)
  if not one.lowest then return "never there" end
  local least = one.lowest.least == one.lowest.p50 and "" or (", worst %d"):format(one.lowest.least)
  return ("%d%s; of %d"):format(one.lowest.p50, least, wanted)
end

-- ---- rows ----

local Rows = {}
Rows.__index = Rows

function Rows:add(title, cell)
  local row = { title }
  for i, summary in ipairs(self.summaries) do row[i + 1] = cell(summary) or "-" end
  self[#self + 1] = row
end

-- Things by name, in the order of the first plan that has them.
local function each_name(summaries, field)
  local names, known = {}, {}
  for _, summary in ipairs(summaries) do
    for _, one in ipairs(summary[field]) do
      if not known[one.name] then
        known[one.name], names[#names + 1] = true, one.name
      end
    end
  end
  return ipairs(names)
end

local function named(summary, field, name)
  for _, one in ipairs(summary[field]) do
    if one.name == name then return one end
  end
end

-- A row about what has a name, where it is not the same nothing everywhere.
local function add_if_any(rows, title, field, name, key)
  local is_any = false
  for _, summary in ipairs(rows.summaries) do
    local one = named(summary, field, name)
    is_any = is_any or one and one[key] > 0
  end
  if not is_any then return end
  rows:add(title, function(summary)
    local one = named(summary, field, name)
    return one and of(one[key], summary)
  end)
end

local function add_workloads(rows)
  for _, name in each_name(rows.summaries, "workloads") do
    rows:add("available of " .. name, function(summary)
      local one = named(summary, "workloads", name)
      return one and lowest(one, one.wanted)
    end)
    add_if_any(rows, "below the budget of " .. name, "workloads", name, "below")
    add_if_any(rows, "past the deadline of " .. name, "workloads", name, "late")
  end
  for _, name in each_name(rows.summaries, "budgets") do
    rows:add("healthy for pdb " .. name, function(summary)
      local one = named(summary, "budgets", name)
      return one and lowest(one, one.desired)
    end)
    add_if_any(rows, "below pdb " .. name, "budgets", name, "below")
  end
end

local function rows_of(summaries)
  local rows = setmetatable({ summaries = summaries, {} }, Rows)
  rows[1][1] = ("FORECAST (%d RUNS)"):format(summaries[1].runs)
  for i, summary in ipairs(summaries) do rows[1][i + 1] = summary.name end
  rows:add("finished", function(summary) return of(summary.finished, summary) end)
  for _, key in ipairs { "p5", "p50", "p95" } do
    rows:add("takes, " .. key, function(summary) return seconds(summary.seconds[key]) end)
  end
  add_workloads(rows)
  rows:add("pods at once", function(summary) return usual_and_most(summary.pods, count) end)
  rows:add("cpu requested", function(summary) return usual_and_most(summary.cpu, cpu) end)
  rows:add("memory requested", function(summary) return usual_and_most(summary.memory, memory) end)
  rows:add("pods refused by a quota", function(summary) return of(summary.refused, summary) end)
  return rows
end

-- ---- what blocks ----

local function blockers(summary, is_one)
  if #summary.blockers == 0 then return "" end
  local lines = { ("\n%d of %d runs%s were not done; what they said:\n"):format(
    summary.runs - summary.finished, summary.runs, is_one and "" or " of " .. summary.name) }
  for i = 1, math.min(#summary.blockers, MOST_BLOCKERS) do
    local one = summary.blockers[i]
    local share = math.floor(100 * one.runs / summary.runs + 0.5)
    lines[#lines + 1] = ("  %3d%%  %s: %s%s\n"):format(share, one.about, one.reason,
      one.message ~= "" and ": " .. one.message or "")
  end
  return table.concat(lines)
end

--- Write it out.
-- @tparam {table,...} summaries of wl.forecast
-- @treturn string
function text.format(summaries)
  local parts = { tabular.format(rows_of(summaries)) }
  for _, summary in ipairs(summaries) do
    parts[#parts + 1] = blockers(summary, #summaries == 1)
  end
  return table.concat(parts)
end

return text
