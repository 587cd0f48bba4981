-- SPDX-License-Identifier: MIT
local cron = require "wl.cron"
local fielderrors = require "wl.fielderrors"
local refusals = require "spec.support.refusals"
local schedule = require "wl.validate.schedule"
local shared = require "spec.support.shared"
local time = require "wl.time"
local value = require "wl.value"

local function firings(text, options, from, to)
  local found, c = {}, assert(cron.parse(text, options))
  for i, at in ipairs(c:between(time.parse(from), time.parse(to))) do
    found[i] = time.format(at)
  end
  return found
end

describe("a schedule", function()
  it("says when it fires next, and all its firings from one moment to another", function()
    local c = cron.parse("30 9 * * mon-fri", { tz = "Europe/Berlin" })
    assert.equal(time.parse "2024-07-05T07:30:00Z", c:next(time.parse "2024-07-04T07:30:00Z"))
    assert.same({ "2024-07-05T07:30:00Z", "2024-07-08T07:30:00Z" },
      firings("30 9 * * mon-fri", { tz = "Europe/Berlin" }, "2024-07-05T07:30:00Z",
        "2024-07-09T07:30:00Z"))
    assert.equal("30 9 * * mon-fri", tostring(c))
    assert.is_nil(cron.parse("0 0 30 2 *"):next(0))
  end)

  it("stops where there are too many firings", function()
    local list, more = cron.parse("* * * * *"):between(0, 86400, 3)
    assert.same({ 0, 60, 120 }, list)
    assert.is_true(more)
  end)

  it("has a word of complaint for each mistake", function()
    for _, case in ipairs {
      { "", "empty spec string" },
      { "* * * *", "expected exactly 5 fields, found 4: [* * * *]" },
      { "60 * * * *", "end of range (60) above maximum (59): 60" },
      { "* * 0 * *", "beginning of range (0) below minimum (1): 0" },
      { "5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1" },
      { "1-2-3 * * * *", "too many hyphens: 1-2-3" },
      { "1/2/3 * * * *", "too many slashes: 1/2/3" },
      { "*/0 * * * *", "step of range should be a positive number: */0" },
      { "x * * * *", 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax' },
      { "@often", "unrecognized descriptor: @often" },
      { "@every x", 'failed to parse duration @every x: time: invalid duration "x"' },
      { "TZ=Nowhere/Land * * * * *",
        "provided bad location Nowhere/Land: unknown time zone Nowhere/Land" },
    } do
      local parsed, message, code = cron.parse(case[1])
      assert.is_nil(parsed)
      assert.equal(case[2], message)
      assert.equal("Invalid", code)
    end
    assert.has_error(function() cron.parse("* * * * *", { dst = "Twice" }) end)
    assert.same({ nil, "unknown time zone Mars/Olympus", "Invalid" },
      { cron.parse("* * * * *", { tz = "Mars/Olympus" }) })
  end)

  it("has a policy for what the clock skips and repeats", function()
    local spring = { "2024-03-30T12:00:00Z", "2024-04-01T12:00:00Z" }
    local autumn = { "2024-10-26T12:00:00Z", "2024-10-28T12:00:00Z" }
    for _, case in ipairs {
      { "Kubernetes", { "2024-04-01T00:30:00Z" },
        { "2024-10-27T00:30:00Z", "2024-10-27T01:30:00Z", "2024-10-28T01:30:00Z" } },
      { "Skip", { "2024-04-01T00:30:00Z" }, { "2024-10-27T00:30:00Z", "2024-10-28T01:30:00Z" } },
      { "Once", { "2024-03-31T01:00:00Z", "2024-04-01T00:30:00Z" },
        { "2024-10-27T00:30:00Z", "2024-10-28T01:30:00Z" } },
      { "Shift", { "2024-03-31T01:30:00Z", "2024-04-01T00:30:00Z" },
        { "2024-10-27T00:30:00Z", "2024-10-28T01:30:00Z" } },
    } do
      local options = { tz = "Europe/Berlin", dst = case[1] }
      assert.same(case[2], firings("30 2 * * *", options, table.unpack(spring)))
      assert.same(case[3], firings("30 2 * * *", options, table.unpack(autumn)))
    end
  end)

  it("of every hour runs by the hours that pass, whatever the policy", function()
    for _, dst in ipairs { "Kubernetes", "Skip", "Once", "Shift" } do
      assert.equal(25, #firings("0 * * * *", { tz = "Europe/Berlin", dst = dst },
        "2024-10-26T22:00:00Z", "2024-10-27T23:00:00Z"))
    end
  end)

  it("is read in other dialects", function()
    local from, to = "2024-09-01T00:00:00Z", "2024-10-01T00:00:00Z"
    -- Either day, where both are restricted; "*/2" restricts, but not for cron(8).
    assert.equal(18, #firings("0 0 */2 * 1", {}, from, to))
    assert.equal(2, #firings("0 0 */2 * 1", { dialect = "vixie" }, from, to))
    assert.equal(1, #firings("0 0 13 * 5", { dialect = "systemd" }, from, to))
    assert.equal(5, #firings("0 0 * * 7", { dialect = "vixie" }, from, to))
    assert.is_nil(cron.parse("0 0 * * 7"))
  end)

  it("may have seconds", function()
    assert.same({ "2024-01-01T00:00:10Z", "2024-01-01T00:00:40Z" },
      firings("10/30 * * * * *", { seconds = true }, "2024-01-01T00:00:00Z",
        "2024-01-01T00:01:00Z"))
  end)
end)

describe("a time zone", function()
  it("has periods", function()
    local period = cron.period("Europe/Berlin", time.parse "2024-07-01T00:00:00Z")
    assert.same({ from = time.parse "2024-03-31T01:00:00Z", to = time.parse "2024-10-27T01:00:00Z",
      offset = 7200, summer = true, name = "CEST" }, period)
    assert.same({ offset = 0, summer = false, name = "UTC" }, cron.period("UTC", 0))
    assert.is_nil(cron.period("Mars/Olympus", 0))
  end)

  it("says what becomes of a local time", function()
    assert.equal("skipped", (cron.resolve("Europe/Berlin", time.parse "2024-03-31T02:30:00Z")))
    assert.equal("twice", (cron.resolve("Europe/Berlin", time.parse "2024-10-27T02:30:00Z")))
    assert.equal("once", (cron.resolve("Europe/Berlin", time.parse "2024-10-28T02:30:00Z")))
  end)
end)

describe("cron cases:", function()
  shared.each("cron_parse", "parse", function(_, input, expected)
    assert.equal(expected.valid, (cron.parse(input.schedule)) ~= nil)
  end)

  shared.each("cron_parse", "range", function(_, input, expected)
    local values, star = cron.range(input.expr, input.min, input.max)
    assert.equal(expected.valid, values ~= nil)
    if expected.values then
      assert.same(expected.values, values)
      assert.equal(expected.star, star)
    end
  end)

  local function same_faults(expected, errors)
    assert.equal(#(expected.errors or {}), #errors)
    for i, each in ipairs(expected.errors or {}) do assert.equal(each.field, errors[i].field) end
  end

  local function optional(x) return x ~= value.null and x or nil end

  shared.each("cron_parse", "validateSchedule", function(_, input, expected)
    local errors = fielderrors.new()
    schedule.check(errors, "spec.schedule", input.schedule, optional(input.timeZone),
      input.allowTZInSchedule)
    same_faults(expected, errors)
  end)

  shared.each("cron_parse", "validateTimeZone", function(_, input, expected)
    local errors = fielderrors.new()
    schedule.zone(errors, "spec.timeZone", optional(input.timeZone))
    same_faults(expected, errors)
  end)

  local function open(input)
    return assert(cron.parse(input.schedule, { tz = input.zone, seconds = input.fields == 6 }))
  end

  shared.each("cron_next", "next", function(_, input, expected)
    local c, at = open(input), time.parse(input.after)
    for _, wanted in ipairs(expected.next) do
      at = c:next(at)
      assert.equal(wanted, at and time.format(at))
    end
    if #expected.next == 0 then assert.is_nil(c:next(at)) end
  end)

  shared.each("cron_next", "isActivation", function(_, input, expected)
    local at = time.parse(input.at)
    assert.equal(expected.active, open(input):next(at - 1) == at)
  end)
end)

describe("a CronJob's schedule", function()
  it("is checked by the parser that runs it", function()
    assert.same({ "spec.schedule invalid" }, refusals.of_create [[
      apiVersion: batch/v1
      kind: CronJob
      spec:
        schedule: "0 0 * * 8"
        jobTemplate: { spec: { template: { spec: {
          restartPolicy: Never, containers: [{ name: a, image: a }] } } } }
    ]])
  end)
end)
