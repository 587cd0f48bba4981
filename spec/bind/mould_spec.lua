-- SPDX-License-Identifier: MIT
local mould = require "wl.mould"
local value = require "wl.value"

local PLAIN = value.list { value.list { "name" }, value.list { "labels" } }
local FREE = value.list { value.list { "note" } }
local SPEC = value.of { image = "nginx", args = value.list { "a", "b" } }

local function input(name, fields)
  local object = { name = name, labels = { of = name }, spec = SPEC }
  for key, x in pairs(fields or {}) do object[key] = x end
  return value.of(object)
end

-- Copies the name to several places.
local function made(object)
  return value.update(object, function(draft)
    draft.selector = { name = object.name }
    draft.phase = "Pending"
  end)
end

local function learned(a, b, make)
  make = make or made
  return mould.learn({ a, make(a) }, { b, make(b) }, PLAIN, FREE)
end

describe("wl.mould", function()
  it("casts what differs in texts only", function()
    local third = input "web-3"
    local cast = assert(learned(input "web-1", input "web-2")):cast(third)
    assert.equal(tostring(made(third)), tostring(cast))
  end)

  it("shares the parts that do not differ", function()
    local m = assert(learned(input "web-1", input "web-2"))
    assert.is_true(rawequal(m:cast(input "web-3").spec, m:cast(input "web-4").spec))
  end)

  for _, case in ipairs {
    { "longer than the examples", input "web-33" },
    { "with other letters", input "Web-3" },
    { "with a dash at its end", input "web-" },
    { "that is empty", input "" },
    { "that is none", input(3) },
    { "that is not the same everywhere", input("web-3", { labels = { of = "web-4" } }) },
    { "of another form", input("web-3", { more = true }) },
    { "beside something else", input("web-3", { spec = value.of { image = "redis" } }) },
  } do
    it("does not cast a text " .. case[1], function()
      local m = assert(learned(input "web-1", input "web-2"))
      assert.is_nil(m:cast(case[2]))
    end)
  end

  it("does not cast what is in another order", function()
    local third = value.update(input "web-3", function(draft)
      draft.labels = nil
      draft.labels = { of = "web-3" }
    end)
    assert.is_true(value.equal(third, input "web-3"))
    assert.is_nil(assert(learned(input "web-1", input "web-2")):cast(third))
  end)

  it("keeps to what the examples have in common", function()
    local m = assert(learned(input("web-1", { note = "x y" }), input("web-2", { note = "x y" })))
    assert.is_nil(m:cast(input("web-3", { note = "x z" })))
  end)

  it("takes any letters at free fields", function()
    local m = assert(learned(input("web-1", { note = "x y" }), input("web-2", { note = "X Y" })))
    assert.equal("(a)", m:cast(input("web-3", { note = "(a)" })).note)
    assert.is_nil(m:cast(input("web-3", { note = "(ab)" })))
  end)

  it("learns nothing from texts that are worked on", function()
    assert.is_nil(learned(input "web-1", input "web-2", function(object)
      return value.update(object, function(draft) draft.host = object.name .. "-0" end)
    end))
  end)

  it("learns nothing where the inputs may not differ", function()
    assert.is_nil(learned(input("web-1", { zone = "a" }), input("web-2", { zone = "b" })))
    assert.is_nil(learned(input("web-1", { note = 1 }), input("web-2", { note = 2 })))
    assert.is_nil(learned(input("web-1", { note = "1" }), input("web-2")))
  end)

  it("does not take a text that happens to be elsewhere for the name", function()
    local m = assert(learned(input "pending", input "nginxes", function(object)
      return value.update(object, function(draft) draft.phase = "pending" end)
    end))
    assert.equal("pending", m:cast(input "web").phase)
  end)
end)
