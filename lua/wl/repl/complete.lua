-- SPDX-License-Identifier: MIT
--- Completion at the prompt: what Tab does.
local Source = require "wl.repl.complete.source"
local help = require "wl.help"
local input = require "wl.repl.input"
local of_lua = require "wl.repl.complete.lua"
local of_words = require "wl.repl.complete.words"
local words = require "wl.repl.words"

local complete = {}

local MOST = 60 -- that are listed

-- Those that go on from what is begun, each once, in order.
local function matching(begun, list)
  local found, seen = {}, {}
  for _, word in ipairs(list) do
    if word:sub(1, #begun) == begun and not seen[word] then
      seen[word] = true
      found[#found + 1] = word
    end
  end
  table.sort(found)
  return found
end

local function common_prefix(list)
  local first, last = list[1], list[#list]
  local n = 0
  while n < #first and first:byte(n + 1) == last:byte(n + 1) do n = n + 1 end
  return first:sub(1, n)
end

-- "deploy/web" is listed as "web": what stands before the slash is in sight.
local function shown(list, begun)
  local hidden = #(begun:match "^.*[/.]" or "")
  local names = {}
  local count = #list <= MOST + 1 and #list or MOST -- "... 1 more" takes the room of the one
  for i = 1, count do names[i] = list[i]:sub(hidden + 1) end
  if #list > count then names[#names + 1] = ("... %d more"):format(#list - count) end
  return names
end

-- Down the columns, as `ls` does.
local function in_columns(names, width)
  local widest = 0
  for _, name in ipairs(names) do widest = math.max(widest, #name) end
  local columns = math.max(1, width // (widest + 2))
  local rows = (#names + columns - 1) // columns
  local lines = {}
  for row = 1, rows do
    local line = ""
    for i = row, #names, rows do
      line = line .. names[i] .. (i + rows <= #names and (" "):rep(widest + 2 - #names[i]) or "")
    end
    lines[row] = line
  end
  return table.concat(lines, "\n")
end

-- A line may begin with a word of kubectl's.
local function with_words(list)
  local all = words.names()
  all[#all + 1] = "kubectl"
  return table.move(list, 1, #list, #all + 1, all)
end

--- Complete a line.
-- @param world
-- @tparam string line up to the cursor
-- @tparam integer width of the terminal
-- @treturn ?integer how many characters before the cursor go; nil: nothing is known
-- @treturn ?string what comes in their place
-- @treturn ?string lines to list
function complete.line(world, line, width)
  local source = Source.new(world)
  source.verbs = help.verbs
  local is_words = input.is_words(line) and line:find "%s"
  local begun, list, after = (is_words and of_words or of_lua).at(source, line)
  if not begun then return nil end
  if begun == line then list = with_words(list) end
  local found = matching(begun, list)
  if #found == 0 then return nil end
  if #found == 1 then
    local is_open = found[1]:find "[/=]$" -- a directory, a flag that goes on
    return #begun, found[1] .. (is_open and "" or after)
  end
  local prefix = common_prefix(found)
  if #prefix > #begun then return #begun, prefix end
  return 0, nil, in_columns(shown(found, begun), width)
end

return complete
