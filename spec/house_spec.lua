-- SPDX-License-Identifier: MIT
--- The house's own papers agree with the program.

describe(".luacheckrc", function()
  it("knows every verb of the scenario language", function()
    local config = setmetatable({ files = {} }, { __index = _G })
    assert(loadfile(".luacheckrc", "t", config))()
    local known = {}
    for _, word in ipairs(config.files.examples.read_globals) do
      known[word] = true
    end
    for _, verb in ipairs(require("wl.scenario").verbs()) do
      assert.is_true(known[verb], verb)
    end
  end)
end)
