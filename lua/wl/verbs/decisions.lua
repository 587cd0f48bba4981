-- SPDX-License-Identifier: MIT
--- The verb about what policies decided: decisions.
--
-- HELD is what the runtime did instead, when a budget did not allow what was asked for.
local duration = require "wl.duration"
local reference = require "wl.verbs.reference"
local shown = require "wl.policy.shown"
local tabular = require "wl.table"

local decisions = {}

local OPTIONS = { last = true }

local function row_of(cluster, entry)
  return { duration.format(entry.at - cluster.started), tostring(entry.times),
    entry.policy.policy .. " " .. entry.policy.name, shown.place(entry), shown.seen(entry),
    shown.returned(entry), shown.held(entry) }
end

--- What policies decided about an object lately, as text.
-- @param cluster
-- @param what "deploy/web", or an object
-- @tparam ?table options namespace; last: only so many
-- @treturn string
function decisions.text(cluster, what, options)
  options = reference.options("decisions", options, OPTIONS)
  local object = reference.find(cluster, what, options)
  local list = shown.collapsed(cluster:decisions(object))
  if #list == 0 then return "No decisions found.\n" end
  local rows = { { "AFTER", "TIMES", "POLICY", "PLACE", "SAW", "RETURNED", "HELD" } }
  for i = math.max(1, #list - (options.last or #list) + 1), #list do
    rows[#rows + 1] = row_of(cluster, list[i])
  end
  return tabular.format(rows)
end

--- Print them.
function decisions.decisions(cluster, what, options)
  io.write(decisions.text(cluster, what, options))
end

return decisions
