-- SPDX-License-Identifier: MIT
--- Runs once before all specs.

-- Collect everything after each 32 KB (2^15 bytes) of new objects, so that
-- whatever C holds without telling Lua dies.
if os.getenv "WLRUN_EAGER_GC" then
  collectgarbage("incremental", 100, 400, 15)
end
