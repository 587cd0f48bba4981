-- SPDX-License-Identifier: MIT
--- Rules of lint: what is valid, and still not what somebody wants.
--
--     return rule "selects-nothing" {
--       about = "a selector that no pod can match",
--       severity = "warning",
--       check = function(model, report)
--         for entry in model:each "Service" do
--           report(entry, "spec.selector", "no pod here has these labels", "write app: web")
--         end
--       end,
--     }
--
-- `check` gets the manifests (see `wl.lint.model`) and a function that takes an
-- entry, the path of a field, what is wrong, and what to write instead. Severities:
--
--   error     this can not work
--   warning   this does not do what it says
--   note      this is worth knowing
local FIELDS = { about = "string", severity = "string", check = "function" }
local SEVERITIES = { error = true, warning = true, note = true }

--- Declare a rule: `rule "name" { about =, severity =, check = function(model, report) end }`.
-- @tparam string name as it is printed
-- @treturn function takes the fields, returns the rule
return function(name)
  return function(fields)
    for field, wanted in pairs(FIELDS) do
      if type(fields[field]) ~= wanted then
        error(("lint rule %q: %s must be a %s"):format(name, field, wanted), 2)
      end
    end
    if not SEVERITIES[fields.severity] then
      error(("lint rule %q: severity is error, warning or note, not %q"):format(name,
        fields.severity), 2)
    end
    return { name = name, about = fields.about, severity = fields.severity, check = fields.check }
  end
end
