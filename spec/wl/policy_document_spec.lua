-- SPDX-License-Identifier: MIT
--- Contracts in words, as `explain "strategy"` prints them.
local document = require "wl.policy.document"
local policy = require "wl.policy"
local process = require "spec.support.process"

describe("the document of a contract", function()
  for _, sort in ipairs(require "wl.policy.sorts") do
    local contract = policy.contract(sort)
    local text = document.text(contract.word)

    it("says what it is about: " .. contract.word, function()
      for _, words in ipairs { sort, contract.named, contract.doc } do
        assert.truthy(text:find(words, 1, true), words)
      end
    end)

    for name, rule in pairs(contract.functions) do
      it(("lists what %s.%s receives and returns"):format(contract.word, name), function()
        assert.truthy(text:find(("\n  %s: %s\n"):format(name, rule.doc), 1, true))
        assert.truthy(text:find("\n    returns " .. rule.returns.words .. "\n", 1, true))
        for _, row in ipairs(rule.receives) do
          assert.truthy(text:find("\n      " .. row[1] .. " .*" .. row[3]:gsub("%p", "%%%0")),
            row[1])
        end
      end)
    end
  end

  it("is there for declarators only", function() assert.is_nil(document.text "deployment") end)

  it("is what explain prints, as a command and as a verb", function()
    local wanted = document.text "concurrency"
    assert.equal(wanted, process.run({ "explain", "concurrency" }).out)
    assert.equal(wanted, process.scenario('explain "concurrency"').out)
    assert.matches('there is no kind "strategyy"', process.run({ "explain", "strategyy" }).err)
  end)
end)
