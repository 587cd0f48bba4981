-- SPDX-License-Identifier: MIT
--- Recreate: end all old pods, then start all new ones.
--
-- For software of which two versions must never run side by side. The new set
-- is not even made until the last old pod is gone; one that is still
-- terminating counts as running.
-- Source: pkg/controller/deployment/recreate.go.
local strategy = require "wl.strategy"

return strategy "Recreate" {
  exclusive = true,
  plan = function(view)
    if #view.old > 0 then
      return { old = 0 }
    elseif view.old_pods > 0 then
      return {}
    end
    return { new = view.replicas }
  end,
}
