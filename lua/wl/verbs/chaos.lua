-- SPDX-License-Identifier: MIT
--- The verb `chaos`: faults at moments that are drawn from the seed.
local chaos = require "wl.chaos"
local reference = require "wl.verbs.reference"

local verbs = {}

--- Let faults strike from now on; see wl.chaos and wl.chaos.spell.
-- @param cluster
-- @tparam table given { node_crash = "1 every 10m for 5m", api_conflict = 0.05, selector =,
--   namespace =, nodes =, from =, to = }
function verbs.chaos(cluster, given)
  if type(given) ~= "table" then
    reference.misuse('chaos: faults expected, as in chaos { node_crash = "1 every 10m for 5m" }; '
      .. "got %s", reference.seen(given))
  end
  local read, message = chaos.read(given)
  if not read then reference.misuse("%s", message) end
  chaos.start(cluster, read)
end

return verbs
