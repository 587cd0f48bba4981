-- SPDX-License-Identifier: MIT
local intstr = require "wl.intstr"
local json = require "wl.json"
local shared = require "spec.support.shared"

describe("a number or a percentage", function()
  shared.each("intstr", "resolve", function(_, input, expected)
    local n, message, code = intstr.resolve(input.value, input.total, input.roundUp)
    if expected.error then
      assert.is_nil(n)
      assert.matches("^invalid value for IntOrString: ", message)
      assert.equal("Invalid", code)
    else
      assert.equal(expected.value, n)
    end
  end)

  shared.each("intstr", "split", function(_, input, expected)
    local n, percent = intstr.split(input.value)
    if expected.error then
      assert.is_nil(n)
    else
      assert.equal(expected.value, n)
      assert.equal(expected.isPercent, percent)
    end
  end)

  shared.each("intstr", "parse", function(_, input, expected)
    assert.equal(expected.value, intstr.parse(input.text))
  end)

  shared.each("intstr", "json", function(_, input, expected)
    if not input.json then
      local text = json.format { val = assert(intstr.check(input.val or input.value)) }
      assert.equal(expected.json:gsub("%s", ""), (text:gsub("%s", "")))
      return
    end
    local document = assert(json.parse(input.json))
    local checked = intstr.check(document.val)
    if expected.error then
      assert.is_nil(checked)
    else
      assert.equal(expected.val, checked)
    end
  end)

  it("is read as Go reads it", function()
    assert.equal(7, intstr.parse "+007")
    assert.equal("2147483648", intstr.parse "2147483648")
    assert.equal(-2147483648, intstr.parse "-2147483648")
    assert.equal("99999999999999999999", intstr.parse "99999999999999999999")
    assert.equal("0x5", intstr.parse "0x5")
    assert.equal("", intstr.parse "")
  end)

  it("rounds by the sign it has", function()
    assert.equal(-2, intstr.resolve("-50%", 3, false))
    assert.equal(-1, intstr.resolve("-50%", 3, true))
    assert.equal(1, intstr.resolve("1%", 1, true))
  end)

  it("is nothing else", function()
    for _, wrong in ipairs { true, 1.5, {} } do
      assert.is_nil((intstr.resolve(wrong, 10)))
      assert.is_nil((intstr.check(wrong)))
    end
    assert.is_nil((intstr.check(1 << 31)))
  end)
end)
