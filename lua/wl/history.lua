-- SPDX-License-Identifier: MIT
--- History policies: which finished or outdated objects a workload keeps.
--
-- A CronJob (its Jobs that have ended) or Deployment (its old ReplicaSets without pods) names
-- one as spec.history.type, a field that Kubernetes does not have, and then has no other
-- history limits. While the policy fails nothing goes.
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

local function check(kept, view)
  for _, place in ipairs(type(kept) == "table" and kept or {}) do
    if place > #view.items then
      return ("expected places in view.items, which has %d, got %d"):format(#view.items, place)
    end
  end
end

return policy.declare("history", {
  word = "history",
  doc = "which finished Jobs or old revisions are kept",
  named = "spec.history.type",
  example = "KeepFailed",
  fields = { params = "table" },
  required = { "keep" },
  functions = {
    keep = {
      doc = "asked at each sync in which something could go",
      receives = {
        { "items", types.list(ITEM), "what could go, the oldest first, without what is in use" },
        { "params", types.any, "the policy's own block of the manifest", optional = true },
        { "now", types.time, "the virtual time" },
      },
      returns = types.either(types.count, types.list(types.integer("a place in view.items", 1,
        math.maxinteger), "a list of places in view.items")),
      means = "how many of the newest are kept, or which ones",
      check = check,
    },
  },
})
