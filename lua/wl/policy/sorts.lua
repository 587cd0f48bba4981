-- SPDX-License-Identifier: MIT
--- All sorts of policies there are: loading this makes their contracts known.
--
-- The contract of a sort is in the module of its declarator, which scripts
-- require, too: `local strategy = require "wl.strategy"`.
require "wl.concurrency"
require "wl.deletion_order"
require "wl.history"
require "wl.placement"
require "wl.retry"
require "wl.strategy"

return { "rollout", "retry", "concurrency", "placement", "deletion", "history" }
