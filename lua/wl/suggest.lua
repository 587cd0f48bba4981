-- SPDX-License-Identifier: MIT
--- The nearest right word: for messages that teach ("did you mean ...?").
--
-- Edits are insertions, deletions, substitutions and swaps of neighbours; when
-- words are looked for, case and "-", "_", " " do not count.
local suggest = {}

--- How many edits turn a into b. O(#a * #b).
-- @tparam string a
-- @tparam string b
-- @treturn integer
function suggest.distance(a, b)
  local last_but_one, last = nil, {}
  for j = 0, #b do last[j] = j end
  for i = 1, #a do
    local row = { [0] = i }
    for j = 1, #b do
      local same = a:byte(i) == b:byte(j)
      row[j] = math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same and 0 or 1))
      if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        row[j] = math.min(row[j], last_but_one[j - 2] + 1)
      end
    end
    last_but_one, last = last, row
  end
  return last[#b]
end

local function folded(word)
  return (word:lower():gsub("[-_ ]", ""))
end

-- Short words have many neighbours, so they must be nearer to count.
local function reach(word)
  if #word <= 3 then return 1 end
  return #word <= 7 and 2 or 3
end

--- The candidate nearest to a word, when one is near enough to be meant.
-- @tparam string word what was written; a word longer than 64 bytes has none
-- @tparam {string,...} candidates the first of equally near ones wins
-- @treturn ?string
function suggest.nearest(word, candidates)
  if #word > 64 then return nil end
  local wanted = folded(word)
  local best, best_distance = nil, reach(wanted) + 1
  for _, candidate in ipairs(candidates) do
    local other = folded(candidate)
    if math.abs(#other - #wanted) < best_distance then
      local distance = suggest.distance(wanted, other)
      if distance < best_distance then best, best_distance = candidate, distance end
    end
  end
  return best
end

--- The words of a hint to append to a message: `; did you mean "x"?` or "".
-- @tparam string word
-- @tparam {string,...} candidates
-- @treturn string
function suggest.hint(word, candidates)
  local best = suggest.nearest(word, candidates)
  return best and ('; did you mean "%s"?'):format(best) or ""
end

--- The keys of a table in byte order: candidates that print the same each time.
-- @tparam table t with string keys
-- @treturn {string,...}
function suggest.keys(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

return suggest
