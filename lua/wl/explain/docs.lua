-- SPDX-License-Identifier: MIT
--- What fields are for, in a sentence each: type -> field -> sentence; "" is the
-- kind itself. Only what the types do not say already.
local docs = {}

local SENTENCES = {
  Deployment = { [""] = "Keeps a number of like pods running, and replaces them step by step when "
    .. "their template changes." },
}

--- The sentence about a field.
-- @tparam ?string type "DeploymentSpec"
-- @tparam string field "" is the type itself
-- @treturn ?string
function docs.of(type, field)
  local of = type and SENTENCES[type]
  return of and of[field]
end

return docs
