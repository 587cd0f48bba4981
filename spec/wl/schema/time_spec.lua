-- SPDX-License-Identifier: MIT
local time = require "wl.schema.time"

describe("schema.time", function()
  for _, case in ipairs {
    { "2024-01-01T00:00:00Z", 1704067200 },
    { "1970-01-01T00:00:00Z", 0 },
    { "2000-02-29T12:30:15+02:00", 951820215 },
    { "2024-12-31T23:59:59-00:30", 1735691399 },
  } do
    it("reads " .. case[1], function()
      assert.equal(case[2], (time.parse(case[1])))
    end)
  end

  for _, text in ipairs {
    "", "2024-01-01", "2024-13-01T00:00:00Z", "2023-02-29T00:00:00Z", "2024-01-01T24:00:00Z",
    "2024-01-01T00:00:00", "2024-01-01 00:00:00Z", "2024-01-01T00:00:00+0100",
  } do
    it("refuses " .. ("%q"):format(text), function()
      assert.is_nil(time.parse(text))
    end)
  end

  it("writes what it reads, for four hundred years", function()
    for seconds = -6000000000, 7000000000, 86400 * 97 + 12345 do
      assert.equal(seconds, (time.parse(time.format(seconds))))
    end
  end)

  it("keeps microseconds when asked to", function()
    assert.equal("2024-01-01T00:00:00.120000Z", time.canonical("2024-01-01T00:00:00.12Z", true))
    assert.equal("2024-01-01T00:00:00Z", time.canonical("2024-01-01T00:00:00.12Z"))
  end)
end)
