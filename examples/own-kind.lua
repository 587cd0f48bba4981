-- SPDX-License-Identifier: MIT
-- A workload kind of one's own, and a day of it: see kinds/backup.lua.
--
--     wlrun examples/own-kind.lua

-- luacheck: globals Backup
define(require "kinds.backup")

cluster { nodes = 2, seed = 1 }

Backup "db" { image = "backup:1", everySeconds = 4 * 3600, keep = 3 }
behave("backup=db", { after = { "5m", "20m" } })

always("never more than three are kept", function()
  return #list("pods", "backup=db") <= 4 -- and the one that is on its way out
end)

run "1d"
show "backups,pods"

expect(get "bk/db".status.kept).is(3)
