-- SPDX-License-Identifier: MIT
--- Lint: what manifests say that is valid, and still wrong.
--
-- The manifests are read as the API server reads them: what it refuses is an error.
-- What it accepts is looked at by rules (`stdlib/lint/`), together: a selector that
-- matches nothing is told from one that matches a pod of another file.
local Model = require "wl.lint.model"
local apply = require "wl.apply"
local manifest = require "wl.manifest"

local lint = {}

local WEIGHT = { error = 1, warning = 2, note = 3 }

--- The rules that ship.
-- @treturn {rule,...} each with name, about, severity, check
function lint.rules()
  local rules = {}
  for i, name in ipairs(require "stdlib.lint") do rules[i] = require("stdlib.lint." .. name) end
  return rules
end

-- ---- reading ----

local function place_and_text(text)
  local place, rest = text:match "^(.-:%d+:?%d*): warning: (.*)$"
  return place, rest or text:gsub("^warning: ", "")
end

-- A document that is refused does not hide what is wrong with the others.
local function read_all(documents)
  local cluster = require("wl.cluster").new { nodes = 0, history = 0 }
  local entries, findings = {}, {}
  local steps, refused = apply.judge(cluster.server, documents, { warn = function(text)
    local place, rest = place_and_text(text)
    findings[#findings + 1] = { severity = "warning", rule = "old-version", place = place,
      message = rest }
  end })
  for i, step in ipairs(steps) do
    entries[i] = { kind = step.kind.name, object = step.draft, document = step.document }
  end
  for _, one in ipairs(refused) do
    findings[#findings + 1] = { severity = "error", rule = "invalid",
      place = manifest.place(one.document), message = tostring(one.refusal), is_refusal = true }
  end
  return Model.new(entries), findings
end

-- ---- looking ----

local function reporter(rule, findings)
  return function(entry, field, message, advice, severity)
    findings[#findings + 1] = { rule = rule.name, severity = severity or rule.severity,
      object = entry.kind .. "/" .. entry.name, field = field, message = message,
      advice = advice, place = manifest.place(entry.document, field) }
  end
end

local function in_order(findings)
  for i, finding in ipairs(findings) do finding.number = i end
  table.sort(findings, function(a, b)
    local first, second = WEIGHT[a.severity], WEIGHT[b.severity]
    if first ~= second then return first < second end
    return a.number < b.number
  end)
  return findings
end

--- Look at documents.
-- @tparam {document,...} documents see wl.manifest
-- @treturn {finding,...} errors first, then warnings, then notes; each with severity,
--   rule, message, place ("file:line:column", nil: of no file), and, unless the API
--   server refused the object, object ("Deployment/web"), field and advice
function lint.documents(documents)
  local model, findings = read_all(documents)
  for _, rule in ipairs(lint.rules()) do rule.check(model, reporter(rule, findings)) end
  return in_order(findings)
end

-- ---- telling ----

local function text_of(finding)
  local place = finding.place and finding.place .. ": " or ""
  if finding.is_refusal then return ("error: %s"):format(finding.message) end
  local about = finding.object and ("%s: %s: "):format(finding.object, finding.field) or ""
  local advice = finding.advice and "\n    " .. finding.advice or ""
  return ("%s%s: %s%s [%s]%s"):format(place, finding.severity, about, finding.message,
    finding.rule, advice)
end

local function plural(n, word) return ("%d %s%s"):format(n, word, n == 1 and "" or "s") end

--- Findings as text: one after the other, then how many of each.
-- @tparam {finding,...} findings
-- @treturn string
function lint.format(findings)
  local lines, counts = {}, { error = 0, warning = 0, note = 0 }
  for i, finding in ipairs(findings) do
    lines[i] = text_of(finding)
    counts[finding.severity] = counts[finding.severity] + 1
  end
  lines[#lines + 1] = ("%s, %s, %s"):format(plural(counts.error, "error"),
    plural(counts.warning, "warning"), plural(counts.note, "note"))
  return table.concat(lines, "\n") .. "\n"
end

--- Whether there is more than notes.
-- @tparam {finding,...} findings
-- @treturn boolean
function lint.failed(findings)
  for _, finding in ipairs(findings) do
    if finding.severity ~= "note" then return true end
  end
  return false
end

return lint
