-- SPDX-License-Identifier: MIT
local condition = require "wl.rollout.condition"

describe("conditions on a value", function()
  for _, case in ipairs {
    { "< 0.05", 0.01, true }, { "< 0.05", 0.05, false }, { "result <= 5%", 0.05, true },
    { "> 300m", 0.31, true }, { ">=95%", 0.94, false }, { "== 3", 3.0, true },
    { "!= 3", 3, false }, { "> 1 and < 3", 2, true }, { "> 1 && result < 3", 3, false },
    { "< 1 or > 3", 4, true }, { "< 1 || > 3 and < 5", 6, false },
  } do
    it(("%s of %s"):format(case[1], case[2]), function()
      assert.equal(case[3], assert(condition.read(case[1]))(case[2]))
    end)
  end

  it("may be functions", function()
    assert.is_true(condition.read(function(x) return x > 1 end)(2))
  end)

  it("are refused where they cannot be read", function()
    for _, text in ipairs { "", "0.05", "< ", "x < 3", "< 1 and", "=> 3", "< os.exit()" } do
      local test, message = condition.read(text)
      assert.is_nil(test, text)
      assert.matches("is no comparison", message)
    end
    assert.matches("not a number", select(2, condition.read(5)))
  end)

  it("know numbers", function()
    assert.equal(0.05, condition.number "5%")
    assert.equal(0.3, condition.number "300m")
    assert.equal(1024, condition.number "1Ki")
    assert.is_nil(condition.number "many")
    assert.is_nil(condition.number(nil))
  end)
end)
