-- SPDX-License-Identifier: MIT
--- A contract in words: what `explain "strategy"` prints.
local policy = require "wl.policy"
local sorts = require "wl.policy.sorts"
local suggest = require "wl.suggest"
local tabular = require "wl.table"

local document = {}

local add_rows

-- Of a list, or of one of several, the table that is in it.
local function inner_rows(t)
  if t.rows then return t.rows end
  if t.item then return inner_rows(t.item) end
  for _, choice in ipairs(t.choices or {}) do
    local rows = inner_rows(choice)
    if rows then return rows end
  end
end

local function type_words(t)
  if t.rows then return "a table" end
  if t.item then return t.item.rows and "a list of tables" or t.words end
  return t.words
end

function add_rows(lines, rows, indent)
  for _, row in ipairs(rows) do
    lines[#lines + 1] = ("%s%s\t%s\t%s%s"):format((" "):rep(indent), row[1], type_words(row[2]),
      row[3] or "", row.optional and " (optional)" or "")
    local inner = inner_rows(row[2])
    if inner then add_rows(lines, inner, indent + 2) end
  end
end

local function rows_text(rows)
  local lines = {}
  add_rows(lines, rows, 6)
  return tabular.align(table.concat(lines, "\n") .. "\n")
end

local function function_text(name, rule)
  local parts = { ("  %s: %s\n    receives\n%s"):format(name, rule.doc, rows_text(rule.receives)),
    ("    returns %s\n"):format(rule.returns.words) }
  local rows = inner_rows(rule.returns)
  if rows then parts[#parts + 1] = rows_text(rows) end
  if type(rule.means) == "table" then
    local lines = {}
    for _, word in ipairs(suggest.keys(rule.means)) do
      lines[#lines + 1] = ("      %s\t%s\n"):format(word, rule.means[word])
    end
    parts[#parts + 1] = tabular.align(table.concat(lines))
  elseif rule.means then
    parts[#parts + 1] = ("      %s\n"):format(rule.means)
  end
  return table.concat(parts)
end

local function text_of(sort, contract)
  local parts = { ("POLICY:   %s\nDECLARED: %s %q { ... }\nNAMED BY: %s\n\nDESCRIPTION:\n  %s\n")
    :format(sort, contract.word, contract.example, contract.named, contract.doc) }
  local names = suggest.keys(contract.functions)
  if #names > 0 then parts[#parts + 1] = "\nFUNCTIONS:\n" end
  for _, name in ipairs(names) do
    parts[#parts + 1] = function_text(name, contract.functions[name])
  end
  if contract.list then
    parts[#parts + 1] = ("\nA list of %s: see lua/wl/%s.lua.\n"):format(contract.list,
      contract.word)
  end
  return table.concat(parts)
end

--- The contract that a declarator's word stands for.
-- @tparam string word "strategy"
-- @treturn ?string nil: it is no such word
function document.text(word)
  for _, sort in ipairs(sorts) do
    local contract = policy.contract(sort)
    if contract.word == word then return text_of(sort, contract) end
  end
end

return document
