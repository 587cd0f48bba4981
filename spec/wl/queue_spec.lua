-- SPDX-License-Identifier: MIT
local queue = require "wl.queue"
local rng = require "wl.rng"
local shared = require "spec.support.shared"
local value = require "wl.value"

local function milliseconds(seconds) return math.floor(seconds * 1000 + 0.5) end

local function pair(args) return { args[1] / 1000, args[2] / 1000 } end

local function fast_slow(args) return { args[1] / 1000, args[2] / 1000, args[3] } end

-- What one operation of a case answers.
local QUEUE = {
  add = function(q, op, now) q:add(op.item, now) end,
  addAfter = function(q, op, now) q:add_after(op.item, op.ms / 1000, now) end,
  get = function(q, _, now)
    local key, why = q:get(now)
    return key or why == "ended" and "shutdown" or "none"
  end,
  done = function(q, op, now) q:done(op.item, now) end,
  len = function(q, _, now) return q:length(now) end,
  shutdown = function(q) q:shut_down() end,
}
local LIMITER = {
  when = function(l, op) return milliseconds(l:when(op.item)) end,
  requeues = function(l, op) return l:failures(op.item) end,
  forget = function(l, op) l:forget(op.item) end,
}

local MAKE = {
  queue = function() return queue.new(), QUEUE end,
  exp = function(input) return queue.limiter { exponential = pair(input.args) }, LIMITER end,
  fastslow = function(input)
    return queue.limiter { fast_slow = fast_slow(input.args) }, LIMITER
  end,
  max = function(input)
    return queue.limiter {
      fast_slow = fast_slow(input.args), exponential = pair(input.args2),
    }, LIMITER
  end,
}

describe("a work queue", function()
  shared.each("workqueue", nil, function(_, input, expected)
    local made, verbs = MAKE[input.kind](input)
    local now = 0
    for i, op in ipairs(input.ops) do
      local got
      if op["do"] == "step" then
        now = now + op.ms
        made:length(now / 1000)
      else
        got = verbs[op["do"]](made, op, now / 1000)
      end
      local wanted = expected.results[i]
      if wanted == value.null then
        wanted = nil
      end
      assert.equal(wanted, got, ("operation %d, %s"):format(i, op["do"]))
    end
  end)

  it("takes any scalar as a key, and gives it back", function()
    local q = queue.new()
    for _, key in ipairs { "a", 1, 1.5, true, false, "", ("x"):rep(1000), math.mininteger } do
      q:add(key)
      assert.equal(key, (q:get()))
      assert.is_true(q:done(key))
    end
    for _, key in ipairs { {}, print, 0 / 0 } do
      assert.has_error(function() q:add(key) end)
    end
    assert.has_error(function() q:add(nil) end)
  end)

  it("forgets keys that have come and gone", function()
    local q = queue.new { exponential = { 10, 10 } }
    q:retry("failed", 0)
    for i = 1, 20000 do
      q:add("key-" .. i, 1)
      q:done(q:get(1), 1)
    end
    assert.equal(1, q:failures "failed")
    assert.equal(0, #q)
    q:add("key-1", 1)
    assert.equal("key-1", (q:get(1)))
  end)

  it("keeps thousands of waiting keys apart", function()
    local q = queue.new()
    for i = 1, 5000 do
      q:add("key-" .. i, 0)
    end
    for i = 1, 5000 do
      assert.equal("key-" .. i, (q:get(0)))
    end
    for i = 5000, 1, -1 do
      q:add("key-" .. i, 0)
      assert.is_true(q:done("key-" .. i, 0))
    end
    for i = 5000, 1, -1 do
      assert.equal("key-" .. i, (q:get(0)))
    end
  end)

  it("backs off after failures until the key is forgotten", function()
    local q = queue.new { exponential = { 0.005, 0.012 } }
    assert.equal(0.005, q:retry("a", 10))
    assert.equal(0.010, q:retry("a"))
    assert.equal(0.012, q:retry("a"))
    assert.equal(3, q:failures "a")
    assert.equal(10.005, q:next_due())
    q:forget "a"
    assert.equal(0, q:failures "a")
    assert.same({ nil, "empty" }, { q:get(10.004) })
    assert.equal("a", (q:get(10.005)))
    assert.is_nil(q:next_due())
  end)

  it("lets sources take turns", function()
    local q = queue.new()
    local jobs = q:source "Job"
    assert.equal(jobs, q:source "Job")
    for _, key in ipairs { "a", "b", "c" } do
      q:add(key)
    end
    q:add("job", nil, jobs)
    assert.equal("a job b c", table.concat({ q:get(), (q:get()), (q:get()), (q:get()) }, " "))
    assert.has_error(function() q:add("x", nil, 7) end)
  end)

  it("measures", function()
    local q = queue.new()
    q:add("a", 1)
    q:add("b", 1)
    q:get(3)
    q:done("a", 3.5)
    q:get(4)
    q:add_after("c", 10, 4)
    local m = q:metrics(6)
    assert.same({ 2, 1, 0, 1, 1 }, { m.adds, m.retries, m.depth, m.delayed, m.held })
    assert.same({ 2, 5, 3 }, { m.latency.count, m.latency.sum, m.latency.max })
    assert.same({ 1, 0.5 }, { m.work.count, m.work.sum })
    assert.same({ 2, 2 }, { m.unfinished, m.longest })
  end)

  it("shuts down", function()
    local q = queue.new()
    q:add "a"
    q:shut_down()
    assert.is_true(q:is_shut_down())
    assert.is_false(q:add "b")
    assert.is_nil(q:retry "b")
    assert.equal("a", (q:get()))
    assert.is_false(q:is_drained())
    assert.same({ nil, "ended" }, { q:get() })
    q:done "a"
    assert.is_true(q:is_drained())
  end)

  it("does not let time go back", function()
    local q = queue.new()
    q:add("a", 5)
    assert.has_error(function() q:add("b", 4) end)
    assert.has_error(function() q:add("b", 0 / 0) end)
    assert.equal("a", (q:get()))
  end)

  it("is closed once and for all", function()
    local q = queue.new()
    q:close()
    q:close()
    assert.has_error(function() q:add "a" end)
    assert.has_error(function() q.add({}, "a") end)
    assert.has_error(function() q.add(io.stdout, "a") end)
    assert.is_nil(queue.new().__gc)
  end)
end)

describe("a limiter", function()
  it("has a bucket for all keys together", function()
    local l = queue.limiter { bucket = { 10, 2 } }
    local waits = {}
    for i = 1, 4 do
      waits[i] = l:when("key" .. i, 0)
    end
    assert.same({ 0, 0, 0.1, 0.2 }, waits)
    assert.equal(0, l:when("late", 60))
  end)

  it("shortens by chance, never beyond its fraction", function()
    local function jittered()
      return queue.limiter { exponential = { 1, 8 }, jitter = 0.25, rng = rng.new(1, "jitter") }
    end
    local l, again = jittered(), jittered()
    for i = 1, 100 do
      local wait = l:when(i)
      assert.is_true(wait > 0.74 and wait <= 1)
      assert.equal(wait, again:when(i))
    end
  end)

  it("is refused when its rules make no sense", function()
    for _, rules in ipairs {
      { exponential = 5 }, { exponential = { 1 } }, { exponential = { -1, 5 } },
      { fast_slow = { 1, 2 } }, { fast_slow = { 1, 2, -1 } }, { bucket = { 0, 1 } },
      { bucket = { 1, 0 } }, { jitter = 2 }, { jitter = 0.5 }, { jitter = 0.5, rng = {} },
    } do
      assert.has_error(function() queue.limiter(rules) end)
      assert.has_error(function() queue.new(rules) end)
    end
    assert.equal(0, queue.limiter():when "a")
  end)
end)
