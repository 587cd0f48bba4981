-- SPDX-License-Identifier: MIT
--- Is there nothing in it?
-- @param x a view, draft or table; nil counts as empty
-- @treturn boolean
return function(x)
  if x == nil then return true end
  local step, state, first = pairs(x)
  return step(state, first) == nil
end
