-- SPDX-License-Identifier: MIT
--- Bytes written as letters (RFC 4648), read back.
local base64 = {}

local LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local numbers = {}
for i = 1, #LETTERS do numbers[LETTERS:sub(i, i)] = i - 1 end

-- Four letters are three bytes; what is padded has fewer.
local function bytes_of(group)
  local n = 0
  for i = 1, 4 do n = n << 6 | (numbers[group:sub(i, i)] or 0) end
  return string.pack(">I3", n):sub(1, 3 - #group:match("=*$"))
end

--- The bytes that a text stands for, which has been checked. O(its length)
-- @tparam string text line breaks in it do not matter
-- @treturn string
function base64.decode(text)
  return (text:gsub("[\r\n]", ""):gsub("....", bytes_of))
end

return base64
