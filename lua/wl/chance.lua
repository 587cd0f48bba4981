-- SPDX-License-Identifier: MIT
--- Draws that depend on what is drawn for, not on when.
--
-- A stream of random numbers gives the next one to whoever asks next, so one
-- more asker shifts all others. Here a draw is a function of the seed and of a
-- name ("crash of container web of this pod at its third start"): asked twice,
-- it answers the same twice.
local value = require "wl.value"

local chance = {}

-- From the hash of a text, whose low bits alone are not random enough.
local function mixed(bits)
  bits = (bits ~ (bits >> 16)) * 0x45d9f3b & 0xffffffff
  bits = (bits ~ (bits >> 16)) * 0x45d9f3b & 0xffffffff
  return bits ~ (bits >> 16)
end

--- A number from 0 to below 1.
-- @tparam string seed
-- @tparam string name what is drawn
-- @treturn number
function chance.number(seed, name)
  return mixed(value.hash(seed .. "\0" .. name)) / 4294967296
end

--- A number of a range, in whole units of `step`.
-- @tparam string seed
-- @tparam string name
-- @tparam number low
-- @tparam number high
-- @tparam number step
-- @treturn number
function chance.between(seed, name, low, high, step)
  local steps = (high - low) // step + 1
  return low + math.floor(chance.number(seed, name) * steps) * step
end

return chance
