-- SPDX-License-Identifier: MIT
--- Promises that a run can switch on by name: rules about writes, or about the end.
--
--     return promise "forbid-never-overlaps" {
--       about = "a CronJob under Forbid never has two active Jobs",
--       writes = {
--         Job = function(ctx, old, now) return "two Jobs of ..." end,   -- broken, and how
--       },
--       finish = function(ctx) end,          -- at the end of the run
--     }
--
-- A rule about writes is called after each write of a kind, with the object before and
-- after (nil: it was not there). It reads, it never writes, and should ask for counts of
-- live sets, not for lists: it is called often.
local FIELDS = { about = "string", writes = "table", finish = "function" }

--- Declare a promise: `promise "name" { about =, writes =, finish = }`.
-- @tparam string name in words with hyphens
-- @treturn function takes the fields, returns the promise
return function(name)
  if type(name) ~= "string" or not name:find "^%l[%l%d-]*$" then
    error("promise: the name must be in small letters and hyphens", 2)
  end
  return function(fields)
    for field, x in pairs(fields) do
      if type(x) ~= FIELDS[field] then
        error(("promise %q: %s must be a %s"):format(name, tostring(field), FIELDS[field]
          or "field that exists: about, writes, finish"), 2)
      end
    end
    if not fields.about then error(("promise %q: about is missing"):format(name), 2) end
    return { promise = name, name = name, about = fields.about, writes = fields.writes or {},
      finish = fields.finish }
  end
end
