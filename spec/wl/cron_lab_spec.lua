-- SPDX-License-Identifier: MIT
local lab = require "wl.cron_lab"
local time = require "wl.time"

local function look(text, options) return lab.look(text, options) end

local function runs(seen, scheduler)
  local list = {}
  for _, row in ipairs(seen.firings) do
    if row[scheduler] then list[#list + 1] = time.format(row.at) end
  end
  return list
end

local BERLIN = { tz = "Europe/Berlin", from = "2024-03-30", to = "2024-04-02" }

describe("the cron laboratory", function()
  it("puts the schedulers side by side", function()
    local seen = look("30 2 * * *", BERLIN)
    assert.same({ "2024-03-30T01:30:00Z", "2024-04-01T00:30:00Z" }, runs(seen, "kubernetes"))
    assert.same({ "2024-03-30T01:30:00Z", "2024-03-31T01:00:00Z", "2024-04-01T00:30:00Z" },
      runs(seen, "cron"))
    assert.same({ "2024-03-30T01:30:00Z", "2024-04-01T00:30:00Z" }, runs(seen, "systemd"))
    assert.same({ kubernetes = 2, cron = 3, systemd = 2 }, seen.counts)
  end)

  it("marks what a change of the clock does", function()
    local seen = look("30 2 * * *", BERLIN)
    assert.equal("for 02:30, which the clock skips", seen.firings[2].note)
    assert.equal(3600, seen.changes[1].by)
    seen = look("30 2 * * *", { tz = "Europe/Berlin", from = "2024-10-26", to = "2024-10-29" })
    assert.equal("02:30 comes twice: the first time", seen.firings[2].note)
    assert.equal("02:30 comes twice: the second time", seen.firings[3].note)
    assert.is_nil(seen.firings[3].cron)
  end)

  it("prints a table", function()
    assert.equal([[
30 2 * * *  Europe/Berlin, 2024-03-29T23:00:00Z to 2024-04-01T22:00:00Z
2024-03-31 skips:   the clock goes from 02:00 CET to 03:00 CEST; skipped: 02:30
LOCAL TIME              UTC                    KUBERNETES   CRON   SYSTEMD   NOTE
2024-03-30 02:30 CET    2024-03-30T01:30:00Z   runs         runs   runs
2024-03-31 03:00 CEST   2024-03-31T01:00:00Z   -            runs   -         ]]
      .. [[for 02:30, which the clock skips
2024-04-01 02:30 CEST   2024-04-01T00:30:00Z   runs         runs   runs
firings: kubernetes 2, cron 3, systemd 2]], tostring(look("30 2 * * *", BERLIN)))
  end)

  it("shows what a CronJob's policy would do", function()
    local seen = look("30 2 * * *", { tz = "Europe/Berlin", from = "2024-03-31", to = "2024-04-01",
      dst = "Shift" })
    assert.same({ "2024-03-31T01:30:00Z" }, runs(seen, "kubernetes"))
    assert.equal("for 02:30, which the clock skips", seen.firings[2].note)
  end)

  it("says which scheduler cannot read a schedule", function()
    local seen = look("0 0 ? * 1", { from = "2024-01-01", to = "2024-01-09" })
    assert.same({ kubernetes = 2, cron = 0, systemd = 2 }, seen.counts)
    assert.matches("cron cannot read it", tostring(seen))
  end)

  it("lists the first of many", function()
    local seen = look("* * * * *", { from = "2024-01-01", to = "2024-02-01" })
    assert.equal(1000, #seen.firings)
    assert.matches("the first firings: kubernetes 1000", tostring(seen))
  end)

  it("says what is wrong", function()
    local function problem(text, options)
      local ok, message = pcall(look, text, options)
      assert.is_false(ok)
      return tostring(message)
    end
    assert.matches("found 1: %[x%]", problem("x", {}))
    assert.matches("unknown time zone Mars/Olympus", problem("* * * * *", { tz = "Mars/Olympus" }))
    assert.matches('"soon" is no time', problem("* * * * *", { from = "soon" }))
    assert.matches('unknown option "zone"', problem("* * * * *", { zone = "UTC" }))
  end)
end)
