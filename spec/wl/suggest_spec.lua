-- SPDX-License-Identifier: MIT
local suggest = require "wl.suggest"

describe("suggest", function()
  for _, case in ipairs {
    { "counts a substitution", "kitten", "mitten", 1 },
    { "counts an insertion and a deletion", "label", "labels", 1 },
    { "counts a swap of neighbours once", "sepc", "spec", 1 },
    { "counts to nothing", "abc", "", 3 },
    { "counts from nothing", "", "abc", 3 },
    { "finds equal words at no distance", "spec", "spec", 0 },
  } do
    it(case[1], function()
      assert.equal(case[4], suggest.distance(case[2], case[3]))
    end)
  end

  for _, case in ipairs {
    { "finds a plural's singular", "Jobs", { "CronJob", "Job" }, "Job" },
    { "overlooks case and underscores", "image_pull_policy", { "imagePullPolicy" },
      "imagePullPolicy" },
    { "finds nothing for a word unlike any", "foo", { "replicas", "selector" }, nil },
    { "prefers the first of equally near ones", "bat", { "cat", "hat" }, "cat" },
    { "does not stretch short words", "ab", { "xy" }, nil },
    { "does not search for a whole page", ("a"):rep(100), { ("a"):rep(100) }, nil },
  } do
    it(case[1], function()
      assert.equal(case[4], suggest.nearest(case[2], case[3]))
    end)
  end

  it("words a hint, or nothing", function()
    assert.equal('; did you mean "spec"?', suggest.hint("sepc", { "spec" }))
    assert.equal("", suggest.hint("zzz", { "spec" }))
  end)
end)
