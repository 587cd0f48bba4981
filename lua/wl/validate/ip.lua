-- SPDX-License-Identifier: MIT
--- Addresses and ranges of addresses, IPv4 and IPv6.
-- (k8s.io/apimachinery/pkg/util/validation/ip.go)
local ip = {}

-- Numbers of "10.0.0.1", or nil. Leading zeros are read as decimal, as the API
-- server still does.
local function read_v4(text)
  local parts = { text:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$") }
  if #parts ~= 4 then return nil end
  for i, part in ipairs(parts) do
    parts[i] = tonumber(part)
    if #part > 3 or parts[i] > 255 then return nil end
  end
  return parts
end

-- The groups of one side of "::"; nil when one is not a number of 16 bits.
local function groups(text)
  local list = {}
  if text == "" then return list end
  for part in (text .. ":"):gmatch("([^:]*):") do
    if not part:find("^%x%x?%x?%x?$") then return nil end
    list[#list + 1] = tonumber(part, 16)
  end
  return list
end

-- "::ffff:10.0.0.1" with its end in hexadecimal.
local function without_v4(text)
  local head, tail = text:match("^(.*:)(%d+%.%d+%.%d+%.%d+)$")
  if not head then return text end
  local v4 = read_v4(tail)
  if not v4 then return nil end
  return ("%s%x:%x"):format(head, v4[1] * 256 + v4[2], v4[3] * 256 + v4[4])
end

-- The eight groups of an IPv6 address, or nil.
local function read_v6(text)
  text = without_v4(text)
  if not text then return nil end
  local left, right = text:match("^(.-)::(.*)$")
  local a, b = groups(left or text), groups(right or "")
  if not a or not b then return nil end
  local missing = 8 - #a - #b
  if left and missing < 1 or not left and missing ~= 0 then return nil end
  for _ = 1, missing do a[#a + 1] = 0 end
  return table.move(b, 1, #b, #a + 1, a)
end

--- 4 or 6, the version of an address; nil when it is none.
function ip.version(text)
  if read_v4(text) then return 4 end
  return text:find(":", 1, true) and read_v6(text) and 6 or nil
end

--- An address.
function ip.check(errors, path, text)
  if not ip.version(text) then
    errors:invalid(path, text, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")
  end
end

-- The numbers of a range's address, the bits of each, and how many bits of all
-- are fixed; nil when it is no range.
local function read_range(text)
  local address, length = text:match("^(.*)/(%d+)$")
  if not address then return nil end
  local v4 = read_v4(address)
  local numbers, width = v4 or read_v6(address), v4 and 8 or 16
  length = tonumber(length)
  if not numbers or length > #numbers * width then return nil end
  return numbers, width, length
end

--- A range: "10.0.0.0/8".
-- @tparam ?string detail  what is said instead of the usual
function ip.range(errors, path, text, detail)
  if not read_range(text) then
    errors:invalid(path, text,
      detail or "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")
  end
end

--- Whether a range lies within another one and is smaller.
function ip.is_part(text, whole)
  local a, width, longer = read_range(text)
  local b, other_width, length = read_range(whole)
  if not a or not b or width ~= other_width or longer <= length then return false end
  for i, number in ipairs(b) do
    local free = math.max(0, math.min(width, i * width - length))
    if number >> free ~= a[i] >> free then return false end
  end
  return true
end

local function is_zero(v6, from, to)
  for i = from, to do
    if v6[i] ~= 0 then return false end
  end
  return true
end

-- The kinds of addresses that no service may have, each for both versions.
local SPECIAL = {
  { "may not be in the loopback range (127.0.0.0/8, ::1/128)",
    function(v4) return v4[1] == 127 end,
    function(v6) return is_zero(v6, 1, 7) and v6[8] == 1 end },
  { "may not be in the link-local range (169.254.0.0/16, fe80::/10)",
    function(v4) return v4[1] == 169 and v4[2] == 254 end,
    function(v6) return v6[1] & 0xffc0 == 0xfe80 end },
  { "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)",
    function(v4) return v4[1] == 224 and v4[2] == 0 and v4[3] == 0 end,
    function(v6) return v6[1] & 0xff0f == 0xff02 end },
}

--- An address that traffic can be sent to.
function ip.not_special(errors, path, text)
  local v4 = read_v4(text)
  local address = v4 or read_v6(text)
  if not address then return end
  if is_zero(address, 1, #address) then
    errors:invalid(path, text, ("may not be unspecified (%s)"):format(text))
  end
  for _, special in ipairs(SPECIAL) do
    if special[v4 and 2 or 3](address) then errors:invalid(path, text, special[1]) end
  end
end

return ip
