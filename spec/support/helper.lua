-- SPDX-License-Identifier: MIT
--- Runs once before all specs.

-- Collect whenever the heap has grown by a twenty-fifth, so that whatever C
-- holds without telling Lua dies.
if os.getenv "WLRUN_EAGER_GC" then
  collectgarbage("incremental", 104, 400)
end
