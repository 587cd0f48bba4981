-- SPDX-License-Identifier: MIT
--- Allow: each run starts, whatever else is running.
local concurrency = require "wl.concurrency"

return concurrency "Allow" {
  decide = function() return "start" end,
}
