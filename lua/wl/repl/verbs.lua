-- SPDX-License-Identifier: MIT
--- The verbs that only a prompt has.
local verbs = {}

--- @param session
-- @treturn table name -> function
function verbs.of(_)
  return {}
end

return verbs
