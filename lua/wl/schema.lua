-- SPDX-License-Identifier: MIT
--- The shape of objects: a language to declare it in, and what can be done with
-- a declaration.
--
--     local schema = require "wl.schema"
--     local object, int32, str = schema.object, schema.int32, schema.str
--
--     local Backup = object {
--       spec = schema.required(object {
--         schedule = schema.required(str),
--         keep     = int32 { default = 7, min = 1 },
--       }),
--     }
--     schema.check(Backup, { spec = { shedule = "@daily" } })[1].message
--     --> unknown field "spec.shedule"; did you mean "schedule"?
--
-- The words (`int32`, `list`, `required` ...) are described in wl.schema.types.
local defaults = require "wl.schema.defaults"
local path = require "wl.schema.path"
local rules = require "wl.schema.rules"
local types = require "wl.schema.types"

local schema = {}
for word, meaning in pairs(types) do schema[word] = meaning end

--- Structural problems: unknown fields, values of the wrong type. See wl.schema.check.
schema.check = require "wl.schema.check"

--- The stored form of an object, a plain table. See wl.schema.normalise.
schema.normalise = require "wl.schema.normalise"

--- Fill in defaults, in place. See wl.schema.defaults.
schema.default = defaults

--- The type at a field path; or nil, message, "NotFound". See wl.schema.path.
schema.field = path.field

--- The field names that may follow a path. See wl.schema.path.
schema.field_names = path.names

--- Report what breaks the rules that the type states. See wl.schema.rules.
schema.validate = rules.validate

--- Report what an update may not change. See wl.schema.rules.
schema.validate_update = rules.validate_update

return schema
