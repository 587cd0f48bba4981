-- SPDX-License-Identifier: MIT
local rng = require "wl.rng"
local text_diff = require "wl.text_diff"

local function applied(steps, without)
  local lines = {}
  for _, step in ipairs(steps) do
    if step[1] ~= without then lines[#lines + 1] = step[2] end
  end
  return table.concat(lines, "\n")
end

describe("the difference of texts", function()
  it("is unified, with the lines around", function()
    assert.equal("@@ -1,2 +1,2 @@\n a\n-b\n+c\n", text_diff.unified("a\nb\n", "a\nc\n"))
    assert.equal("@@ -2,3 +2,2 @@\n 2\n-3\n 4\n@@ -8 +7,2 @@\n 8\n+9\n",
      text_diff.unified("1\n2\n3\n4\n5\n6\n7\n8\n", "1\n2\n4\n5\n6\n7\n8\n9\n", 1))
  end)

  it("is nothing for equal texts, and all of one for an empty other", function()
    assert.equal("", text_diff.unified("a\nb\n", "a\nb\n"))
    assert.equal("", text_diff.unified("", ""))
    assert.equal("@@ -0,0 +1,2 @@\n+a\n+b\n", text_diff.unified("", "a\nb"))
    assert.equal("@@ -1 +0,0 @@\n-a\n", text_diff.unified("a\n", ""))
  end)

  it("makes the one of the other, for any two", function()
    local chance = rng.new(1, "text_diff")
    for _ = 1, 300 do
      local texts = {}
      for i = 1, 2 do
        local lines = {}
        for j = 1, chance:integer(0, 12) do lines[j] = chance:string(1, "abc") end
        texts[i] = table.concat(lines, "\n")
      end
      local steps = text_diff.lines(texts[1], texts[2])
      assert.equal(texts[1], applied(steps, "+"))
      assert.equal(texts[2], applied(steps, "-"))
    end
  end)
end)
