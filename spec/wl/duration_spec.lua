-- SPDX-License-Identifier: MIT
local duration = require "wl.duration"

local MINUTE, HOUR, DAY, YEAR = 60, 3600, 86400, 365 * 86400

describe("durations", function()
  it("are read as Go reads them, and days and weeks too", function()
    for text, seconds in pairs {
      ["0"] = 0, ["5m"] = 300, ["1h30m"] = 5400, ["500ms"] = 0.5, ["2d"] = 172800,
      ["1.5h"] = 5400, [".5s"] = 0.5, ["5.s"] = 5, ["-1m"] = -60, ["+90s"] = 90,
      ["1w2d"] = 777600, ["100us"] = 1e-4, ["1µs"] = 1e-6, ["1h1m1s1ms"] = 3661.001,
      ["0s"] = 0,
    } do
      assert.equal(seconds, duration.parse(text), text)
    end
    assert.equal("integer", math.type(duration.parse "1.5h"))
  end)

  it("are refused when they are none", function()
    for _, text in ipairs {
      "", "5", "h", "1h 30m", "1..5s", "300y", "5m3", "--5s", "s", ".s", "1e3s", "0x5s",
      "9999999999h", "9223372036854775808ns", "five minutes", " 5m",
    } do
      local seconds, message, code = duration.parse(text)
      assert.is_nil(seconds, text)
      assert.matches("is not a duration", message)
      assert.equal("Invalid", code)
    end
    assert.has_error(function() duration.parse(5) end)
  end)

  it("may be given as seconds", function()
    assert.equal(5, duration.seconds(5))
    assert.equal(90, duration.seconds "90s")
    for _, wrong in ipairs { "soon", {}, true, 0 / 0 } do
      local ok, message = pcall(function() duration.seconds(wrong) end)
      assert.is_false(ok)
      assert.matches("duration_spec.lua:%d+: ", message)
    end
  end)

  it("print as kubectl prints ages", function()
    for _, case in ipairs {
      { -2, "<invalid>", "<invalid>" }, { -1, "0s", "0s" }, { 0, "0s", "0s" },
      { 0.9, "0s", "0s" }, { 70, "70s", "1m" }, { 119, "119s", "1m" }, { 120, "2m", "2m" },
      { 150, "2m30s", "2m" }, { 10 * MINUTE - 1, "9m59s", "9m" }, { 10 * MINUTE, "10m", "10m" },
      { 70 * MINUTE, "70m", "1h" }, { 3 * HOUR - 1, "179m", "2h" }, { 3 * HOUR, "3h", "3h" },
      { 3 * HOUR + 2 * MINUTE, "3h2m", "3h" }, { 8 * HOUR, "8h", "8h" },
      { 2 * DAY - 1, "47h", "1d" }, { 2 * DAY, "2d", "2d" }, { 4 * DAY + 22 * HOUR, "4d22h", "4d" },
      { 8 * DAY - 1, "7d23h", "7d" }, { 8 * DAY, "8d", "8d" }, { 2 * YEAR - 1, "729d", "1y" },
      { 2 * YEAR, "2y", "2y" }, { 2 * YEAR + 3 * DAY, "2y3d", "2y" }, { 8 * YEAR, "8y", "8y" },
      { 20 * YEAR + 50 * DAY, "20y", "20y" },
    } do
      assert.equal(case[2], duration.format(case[1]))
      assert.equal(case[3], duration.short(case[1]))
    end
  end)

  it("print as Go prints them", function()
    for _, case in ipairs {
      { 0, "0s" }, { 10, "10s" }, { 80, "1m20s" }, { 300, "5m0s" }, { 5400, "1h30m0s" },
      { 0.5, "500ms" }, { 1.5, "1.5s" }, { 1.5e-6, "1.5µs" }, { 1e-9, "1ns" },
      { -61.25, "-1m1.25s" }, { 100 * HOUR, "100h0m0s" },
    } do
      assert.equal(case[2], duration.go(case[1]))
    end
  end)
end)
