-- SPDX-License-Identifier: MIT
--- KeepFailed: what failed stays longer than what went well, to be looked at.
--
--     history: { type: KeepFailed, keepFailed: { newest: 3, failed: 20 } }
--
-- The newest stay however they ended, and of those before them the latest failures.
-- Revisions of a Deployment never count as failed.
local history = require "wl.history"

return history "KeepFailed" {
  params = {
    newest = history.int { default = 3, min = 0 },
    failed = history.int { default = 10, min = 0 },
  },
  keep = function(view)
    local stay, failures = {}, 0
    for place = #view.items, 1, -1 do
      local is_recent = place > #view.items - view.params.newest
      local is_kept = view.items[place].failed and failures < view.params.failed
      if is_kept then failures = failures + 1 end
      if is_recent or is_kept then stay[#stay + 1] = place end
    end
    return stay
  end,
}
