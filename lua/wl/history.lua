-- SPDX-License-Identifier: MIT
--- History policies: which finished or outdated objects a workload keeps.
--
--     return history "KeepFailed" {
--       keep = function(view)
--         local kept = {}
--         for i, item in ipairs(view.items) do
--           if item.failed or i > #view.items - 3 then kept[#kept + 1] = i end
--         end
--         return kept
--       end,
--     }
local policy = require "wl.policy"
local types = require "wl.policy.types"

local ITEM = types.record {
  { "name", types.text, "of the object" },
  { "at", types.time, "when it ended; of a revision, when it was made" },
  { "failed", types.boolean, "false for what succeeded, and for revisions" },
  { "revision", types.count, "of a revision", optional = true },
}

return policy.declare("history", {
  word = "history",
  doc = "which finished Jobs or old revisions are kept",
  named = "spec.history.type",
  example = "KeepFailed",
  fields = { params = "table" },
  required = { "keep" },
  functions = {
    keep = {
      doc = "asked when there are more than before",
      receives = {
        { "items", types.list(ITEM), "what could go, the oldest first, without what is in use" },
        { "params", types.any, "the policy's own block of the manifest", optional = true },
        { "now", types.time, "the virtual time" },
      },
      returns = types.either(types.count, types.list(types.integer("a place in view.items", 1,
        math.maxinteger), "a list of places in view.items")),
      means = "how many of the newest are kept, or which ones",
    },
  },
})
