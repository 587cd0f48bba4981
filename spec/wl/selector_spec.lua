-- SPDX-License-Identifier: MIT
local fielderrors = require "wl.fielderrors"
local labels = require "wl.validate.labels"
local selector = require "wl.selector"
local shared = require "spec.support.shared"
local value = require "wl.value"

local function list(items)
  local plain = {}
  for i, item in ipairs(items) do
    plain[i] = item
  end
  return plain
end

-- "Invalid value", "Required value" ... as the cases name what is wrong.
local TYPES = {
  FieldValueInvalid = "Invalid value",
  FieldValueRequired = "Required value",
  FieldValueForbidden = "Forbidden",
  FieldValueNotSupported = "Unsupported value",
}

local function plain_causes(causes)
  local plain = {}
  for i, cause in ipairs(causes) do
    plain[i] = cause.field .. " " .. TYPES[cause.reason]
  end
  table.sort(plain)
  return plain
end

local function wanted_causes(errors)
  local plain = {}
  for i, cause in ipairs(errors or {}) do
    plain[i] = cause.field .. " " .. cause.type
  end
  table.sort(plain)
  return plain
end

describe("a label selector", function()
  describe("in text", function()
    shared.each("selectors_parse", nil, function(case, input, expected)
      if case.op == "newRequirement" then
        local made, _, code, causes = selector.requirement(input.key, input.operator, input.values)
        assert.equal(expected.valid, made ~= nil)
        if not made then
          assert.equal("Invalid", code)
          assert.same(wanted_causes(expected.errors), plain_causes(causes))
        end
        return
      end
      local made, message, code = selector.parse(input.selector)
      assert.equal(expected.valid, made ~= nil, message)
      if not made then
        assert.is_string(message)
        assert.equal("Invalid", code)
        return
      end
      assert.equal(expected.canonical, tostring(made))
      local requirements = made:requirements()
      assert.equal(#expected.requirements, #requirements)
      for i, wanted in ipairs(expected.requirements) do
        assert.equal(wanted.key, requirements[i].key)
        assert.equal(wanted.operator, requirements[i].operator)
        assert.same(list(wanted.values), requirements[i].values)
      end
    end)
  end)

  describe("matches", function()
    shared.each("selectors_match", nil, function(_, input, expected)
      local made = assert(selector.parse(input.selector))
      assert.equal(expected.match, made:matches(input.labels))
      assert.equal(expected.match, made:matches(value.of(input.labels)))
    end)
  end)

  describe("object", function()
    shared.each("label_selector_objects", "asSelector", function(_, input, expected)
      local made, message = selector.from(input.labelSelector)
      if expected.error then
        assert.is_nil(made)
        assert.is_string(message)
      else
        assert.equal(expected.kind, made:kind())
        assert.equal(expected.string, tostring(made))
      end
    end)

    shared.each("label_selector_objects", "match", function(_, input, expected)
      local made = assert(selector.from(input.labelSelector))
      assert.equal(expected.match, made:matches(input.labels))
      assert.equal(expected.string, tostring(made))
    end)

    shared.each("label_selector_objects", "asMap", function(_, input, expected)
      local made = selector.from(input.labelSelector)
      local map, message
      if made then
        map, message = made:as_map()
      end
      if expected.error then
        assert.is_nil(map)
      elseif expected.map == value.null then
        assert.is_nil(map)
        assert.is_nil(message)
      else
        assert.same(expected.map, map)
      end
    end)

    shared.each("label_selector_objects", "validate", function(_, input, expected)
      local errors = fielderrors.new()
      local given = input.labelSelector
      if given ~= value.null then
        labels.selector(errors, "labelSelector", given, input.allowInvalidValueInSelector)
      end
      assert.same(wanted_causes(expected.errors), plain_causes(errors))
    end)
  end)

  it("of nothing at all matches nothing, an empty one everything", function()
    assert.is_false(selector.from(nil):matches {})
    assert.is_false(selector.from(value.null):matches { a = "b" })
    assert.is_true(selector.from({}):matches {})
    assert.is_true(selector.from({}):matches(nil))
    assert.is_true(selector.from({}):empty())
    assert.is_false(selector.from(nil):empty())
  end)

  it("tells where the text goes wrong", function()
    local _, message = selector.parse "a=b,,c"
    assert.equal("found ',', expected: identifier after ','", message)
    _, message = selector.parse "a=b c"
    assert.equal("found 'c', expected: ',' or 'end of string'", message)
    _, message = selector.parse "a=\27[0m"
    assert.is_nil(message:find "\27")
  end)

  it("compares by what it requires", function()
    assert.equal(selector.parse "b in (y,x),a", selector.parse "a,b in (x, y)")
    assert.not_equal(selector.parse "a=b", selector.parse "a==b")
    assert.not_equal(selector.from(nil), selector.from {})
  end)

  it("takes the labels of a Service as they are", function()
    local made = selector.from_labels { app = "web", tier = "" }
    assert.equal("app=web,tier=", tostring(made))
    assert.is_true(made:matches { app = "web", tier = "", x = "y" })
    assert.is_false(made:matches { app = "web" })
    assert.same({ nil, "a label's value must be a string, not integer", "Invalid" },
      { selector.from_labels { app = 1 } })
  end)

  it("knows which value a label must have", function()
    local made = selector.parse "a=1,b in (2),c in (3,4),d!=5"
    assert.equal("1", made:exact "a")
    assert.equal("2", made:exact "b")
    assert.is_nil(made:exact "c")
    assert.is_nil(made:exact "d")
    assert.is_nil(made:exact "e")
  end)

  it("refuses objects of the wrong shape", function()
    for _, bad in ipairs {
      5, { matchLabels = "a" }, { matchLabels = { a = 1 } }, { matchExpressions = { "a" } },
      { matchExpressions = { { key = "a" } } },
      { matchExpressions = { { key = "a", operator = "In", values = "b" } } },
      { matchExpressions = { { key = 1, operator = "Exists" } } },
    } do
      local made, message, code = selector.from(bad)
      assert.is_nil(made)
      assert.is_string(message)
      assert.equal("Invalid", code)
    end
  end)

  it("raises when it is called wrongly", function()
    assert.has_error(function() selector.parse(5) end)
    assert.has_error(function() selector.parse() end)
    assert.has_error(function() selector.from "a=b" end)
    assert.has_error(function() selector.parse("a").matches({}, {}) end)
    assert.has_error(function() selector.parse("a"):matches "b" end)
    assert.has_error(function() selector.requirement("a", "in", { 1, {} }) end)
  end)

  it("has no way to its metamethods", function()
    local made = selector.parse "a"
    assert.is_nil(made.__gc)
    assert.is_nil(made.__index)
  end)
end)

describe("a field selector", function()
  local pod = {
    metadata = { name = "web-1", namespace = "default" },
    spec = { nodeName = "n1", hostNetwork = true, priority = 5 },
    status = { phase = "Running" },
  }

  it("matches any field, as text", function()
    for text, wanted in pairs {
      [""] = true,
      ["status.phase=Running"] = true,
      ["status.phase==Running,spec.nodeName!="] = true,
      ["status.phase!=Running"] = false,
      ["spec.nodeName="] = false,
      ["spec.hostNetwork=true,spec.priority=5"] = true,
      ["spec.hostPID=false"] = true,
      ["status.podIP="] = true,
      ["status.podIP!="] = false,
    } do
      local made = assert(selector.fields(text))
      assert.equal(wanted, made:matches(pod), text)
      assert.equal(wanted, made:matches(value.of(pod)), text)
    end
  end)

  it("prints canonically", function()
    assert.equal("a=1,b!=2", tostring(selector.fields "b!=2,a==1,"))
    assert.equal([[a=x\,y\=z\\]], tostring(selector.fields [[a=x\,y\=z\\]]))
    assert.is_true(selector.fields(""):empty())
    assert.same({ { field = "a.b", operator = "!=", value = "x,y" } },
      selector.fields([[a.b!=x\,y]]):requirements())
  end)

  it("is refused when it cannot be understood", function()
    for _, text in ipairs {
      "a", "=a", "a=b=c", "a=b,c", [[a=\b]], [[a=\]], "x in (a)", "a||b=c=d",
    } do
      local made, message, code = selector.fields(text)
      assert.is_nil(made, text)
      assert.is_string(message)
      assert.is_string(code)
    end
  end)
end)
