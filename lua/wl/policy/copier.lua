-- SPDX-License-Identifier: MIT
--- What a policy receives: a copy of the fields that its contract lists.
--
-- So a script may keep and change what it gets, and nothing of the runtime's own
-- comes into its hands. This is on the path of every call: the copying functions
-- are compiled from the contract's rows, and fill an older copy again where there
-- is one. Such a copy was in a script's hands: it is looked at before.
local is_plain = require("wl.sandbox_core").is_plain

local copier = {}

local Text = {}
Text.__index = Text

-- So many fields have room in a table whose memory is had at once.
local ROOM = 16

function Text:name()
  self.names = self.names + 1
  return "x" .. self.names
end

function Text:add(line, ...) self.lines[#self.lines + 1] = line:format(...) end

local copy_record, copy_list

-- Lines that leave a copy of `from` in the variable `into`, which holds an older one or nil.
local function copy_value(text, into, from, t)
  if t.rows then
    copy_record(text, into, from, t.rows)
  elseif t.item then
    copy_list(text, into, from, t.item)
  else
    text:add("%s = %s", into, from)
  end
end

-- Of a field that may be missing, or holds a table.
local function copy_field(text, into, from, row)
  local name, t = row[1], row[2]
  if not t.rows and not t.item then return text:add("%s.%s = %s.%s", into, name, from, name) end
  local given, made = text:name(), text:name()
  text:add("local %s, %s = %s.%s, %s.%s", given, made, from, name, into, name)
  text:add("if %s == nil then %s = nil else", given, made)
  copy_value(text, made, given, t)
  text:add("end %s.%s = %s", into, name, made)
end

function copy_record(text, into, from, rows)
  local scalars = {}
  for _, row in ipairs(rows) do
    local is_scalar = not row[2].rows and not row[2].item
    if is_scalar and not (row.optional and #rows > ROOM) then
      scalars[#scalars + 1] = ("%s = %s.%s"):format(row[1], from, row[1])
    elseif not is_scalar then
      scalars[#scalars + 1] = row[1] .. " = nil"
    end
  end
  text:add("if not is_plain(%s) then %s = { %s } end", into, into, table.concat(scalars, ", "))
  for _, row in ipairs(rows) do copy_field(text, into, from, row) end
end

function copy_list(text, into, from, item)
  text:add("if not is_plain(%s) then %s = {} end", into, into)
  text:add("for i = 1, #%s do local one, made = %s[i], %s[i]", from, from, into)
  copy_value(text, "made", "one", item)
  text:add("%s[i] = made end", into)
  text:add("for i = #%s, #%s + 1, -1 do %s[i] = nil end", into, from, into)
end

--- A function that copies the fields of some rows.
-- @tparam {row,...} rows see wl.policy.types.record
-- @treturn function(view, older): the copy; `older`, if given, is filled again
function copier.of(rows)
  local text = setmetatable({ names = 0, lines = {} }, Text)
  text:add("local is_plain = ... return function(v, r)")
  copy_record(text, "r", "v", rows)
  text:add("return r end")
  return assert(load(table.concat(text.lines, "\n"), "=copier", "t", {}))(is_plain)
end

return copier
