-- SPDX-License-Identifier: MIT
--- The difference of two texts, line by line.
--
--     text_diff.unified("a\nb\n", "a\nc\n")   --> "@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
--
-- The shortest script of deletions and insertions. Cost: lines times differences.
-- Source: E. Myers, An O(ND) Difference Algorithm and Its Variations (1986).
local text_diff = {}

local CONTEXT = 3 -- lines around a difference

local function lines_of(text)
  local lines = {}
  if text:sub(-1) ~= "\n" and text ~= "" then text = text .. "\n" end
  for line in text:gmatch "([^\n]*)\n" do lines[#lines + 1] = line end
  return lines
end

-- How far each diagonal was reached, for each number of differences.
local function search(a, b)
  local reached, rounds = { [1] = 0 }, {}
  for d = 0, #a + #b do
    local before = {}
    for k = -d - 1, d + 1 do before[k] = reached[k] end
    rounds[d] = before
    for k = -d, d, 2 do
      local down = k == -d or k ~= d and reached[k - 1] < reached[k + 1]
      local x = down and reached[k + 1] or reached[k - 1] + 1
      local y = x - k
      while x < #a and y < #b and a[x + 1] == b[y + 1] do x, y = x + 1, y + 1 end
      reached[k] = x
      if x >= #a and y >= #b then return rounds, d end
    end
  end
end

local function backtrack(a, b)
  local rounds, d = search(a, b)
  local x, y, steps = #a, #b, {}
  local function step(sign, line) steps[#steps + 1] = { sign, line } end
  while d >= 0 do
    local reached, k = rounds[d], x - y
    local down = k == -d or k ~= d and reached[k - 1] < reached[k + 1]
    local from_x = d > 0 and reached[down and k + 1 or k - 1] or 0
    local from_y = d > 0 and from_x - (down and k + 1 or k - 1) or 0
    while x > from_x and y > from_y do
      step(" ", a[x])
      x, y = x - 1, y - 1
    end
    if d > 0 and down then step("+", b[y]) elseif d > 0 then step("-", a[x]) end
    x, y, d = from_x, from_y, d - 1
  end
  return steps
end

--- What makes one text of the other.
-- @tparam string old
-- @tparam string new
-- @treturn {{string,string},...} " ", "-" or "+", and the line
function text_diff.lines(old, new)
  local a, b = lines_of(old), lines_of(new)
  local steps = backtrack(a, b)
  for i = 1, #steps // 2 do steps[i], steps[#steps + 1 - i] = steps[#steps + 1 - i], steps[i] end
  return steps
end

-- Which steps are near a difference.
local function near(steps, context)
  local is_near = {}
  for i, step in ipairs(steps) do
    if step[1] ~= " " then
      for j = math.max(1, i - context), math.min(#steps, i + context) do is_near[j] = true end
    end
  end
  return is_near
end

local function hunk_head(hunk)
  local function range(from, count) return count == 1 and from or ("%d,%d"):format(from, count) end
  return ("@@ -%s +%s @@"):format(range(hunk.old == 0 and hunk.old_at - 1 or hunk.old_at, hunk.old),
    range(hunk.new == 0 and hunk.new_at - 1 or hunk.new_at, hunk.new))
end

--- A unified diff without the lines that name files.
-- @tparam string old
-- @tparam string new
-- @tparam ?integer context lines around, 3 when left out
-- @treturn string "" when they are equal
function text_diff.unified(old, new, context)
  local steps = text_diff.lines(old, new)
  local is_near = near(steps, context or CONTEXT)
  local out, hunk, old_at, new_at = {}, nil, 1, 1
  for i, step in ipairs(steps) do
    local sign, line = step[1], step[2]
    if is_near[i] then
      if not hunk then
        hunk = { at = #out + 1, old_at = old_at, new_at = new_at, old = 0, new = 0 }
        out[hunk.at] = ""
      end
      out[#out + 1] = sign .. line
      hunk.old = hunk.old + (sign ~= "+" and 1 or 0)
      hunk.new = hunk.new + (sign ~= "-" and 1 or 0)
      out[hunk.at] = hunk_head(hunk)
    else
      hunk = nil
    end
    old_at = old_at + (sign ~= "+" and 1 or 0)
    new_at = new_at + (sign ~= "-" and 1 or 0)
  end
  return #out > 0 and table.concat(out, "\n") .. "\n" or ""
end

return text_diff
