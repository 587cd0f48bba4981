-- SPDX-License-Identifier: MIT
--- Help on verbs: all of them, or one.
local fold = require "wl.fold"
local groups = require "wl.help.verbs"
local suggest = require "wl.suggest"

local help = {}

local WIDTH = 80

--- name -> entry, see wl.help.verbs
help.verbs = {}
for _, group in ipairs(groups) do
  for _, entry in ipairs(group) do help.verbs[entry.name] = entry end
end

-- A text in short lines, each behind a margin.
local function folded(text, margin) return margin .. fold(text, #margin) .. "\n" end

local WORDS = "Kubectl's words work as they are typed, also after `kubectl`: get pods -l app=web "
  .. "-o wide, describe deploy/web, apply -f web.yaml, delete pod web-x, scale deploy/web "
  .. "--replicas=5, set image deploy/web web=nginx:1.28, rollout undo deploy/web, create job "
  .. "--from=cronjob/backup now, label, annotate, patch, cordon, uncordon, drain node-1, taint, "
  .. "wait; also node node-1 fail, behave app=web ready=5s. Verbs can be written so, too: run "
  .. "30s, why pod/web-3, explain deploy.spec."

local KEYS = "Tab completes verbs, kinds, names and fields. Ctrl-C stops what runs, and clears the "
  .. "line. Ctrl-D ends. _ is the last value."

--- All verbs by group, a line each.
-- @tparam function is_there(name): only those
-- @treturn string
function help.all(is_there)
  local parts = {}
  for _, group in ipairs(groups) do
    parts[#parts + 1] = group.title .. "\n"
    for _, entry in ipairs(group) do
      if is_there(entry.name) then
        local text = entry.text:match "^(.-)[.;:] " or entry.text:gsub("%.$", "")
        local line = ("  %-14s %s"):format(entry.name, text)
        if #line > WIDTH then line = line:sub(1, WIDTH - 3):gsub("%s+%S*$", "") .. " ..." end
        parts[#parts + 1] = line .. "\n"
      end
    end
    parts[#parts + 1] = "\n"
  end
  parts[#parts + 1] = folded(WORDS, "") .. folded(KEYS, "")
  parts[#parts + 1] = 'help "wait" (or: help wait) says more about one.\n'
  return table.concat(parts)
end

--- Help on one verb.
-- @tparam string name "wait"; "rollout.undo" is rollout
-- @treturn ?string or nil, and what is wrong
function help.of(name)
  local entry = help.verbs[name] or help.verbs[name:match "^[%a_]+" or ""]
  if not entry then
    return nil, ('help: there is no verb "%s"%s'):format(name,
      suggest.hint(name, suggest.keys(help.verbs)))
  end
  local usage = entry.usage:gsub("\n", "\n  ")
  return ("  %s\n\n%s\nexample:\n  %s\n"):format(usage, folded(entry.text, ""), entry.example)
end

return help
