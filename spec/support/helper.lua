-- SPDX-License-Identifier: MIT
--- Runs once before all specs.

-- Collect all the time, so that whatever C holds without telling Lua dies.
if os.getenv "WLRUN_EAGER_GC" then
  collectgarbage("incremental", 100, 400)
end
