-- SPDX-License-Identifier: MIT
--- What containers do unless a scenario says otherwise: they start quickly, run
-- for ever, are ready when their probes allow it, and end when told to. Those
-- that are not to be restarted for ever, as in a Job, do their work and succeed.
local behaviour = require "wl.behaviour"

return behaviour.read {
  start = "1s",
  init = "1s",
  work = "5s",
  terminate = "1s",
  term_exit = 143,
  prestop = 0,
}
