-- SPDX-License-Identifier: MIT
--- What editors are told is what there is.
local annotations = require "spec.support.annotations"
local file = require "wl.file"

local text = assert(file.read(annotations.PATH))

describe(annotations.PATH, function()
  -- What is declared, without the words about it.
  local function names_in(all)
    local names = {}
    for line in all:gmatch "[^\n]+" do
      names[#names + 1] = line:match "^function .*" or line:match "^[%w_]+ = {}"
        or line:match "^%-%-%-@class .*" or line:match "^%-%-%-@field [%w_]+%??"
    end
    return names
  end

  it("declares what there is: `make annotations` brings it up to date", function()
    assert.same(names_in(annotations.text()), names_in(text))
  end)

  it("is Lua", function() assert.is_function(load(text, "@" .. annotations.PATH, "t", {})) end)

  it("has every verb, of the scenario and of a cluster", function()
    for _, verb in ipairs(require("wl.scenario").verbs()) do
      assert.truthy(text:find("\nfunction " .. verb .. "(", 1, true)
        or text:find("\n" .. verb .. " = {}", 1, true), verb)
    end
  end)

  it("has every method of a ctx, and every field of a kind", function()
    for name, x in pairs(require "wl.ctx") do
      if type(x) == "function" and name ~= "new" then
        assert.truthy(text:find("\nfunction Ctx:" .. name .. "(", 1, true), name)
      end
    end
    for name in pairs(require("wl.kind").FIELDS) do
      assert.truthy(text:find("\n%-%-%-@field " .. name .. "%?? "), name)
    end
  end)

  it("has every contract", function()
    for _, sort in ipairs(require "wl.policy.sorts") do
      local contract = require("wl.policy").contract(sort)
      assert.truthy(text:find("\n" .. contract.word .. " = {}", 1, true), sort)
      for name in pairs(contract.functions) do
        assert.truthy(text:find("\n%-%-%-@field " .. name .. "%? fun%("), name)
      end
    end
  end)

  it("has what modules have for scripts", function()
    for _, name in ipairs { "wl.facet", "wl.test", "wl.policy_test" } do
      for word, x in pairs(require(name)) do
        if type(x) == "function" then
          assert.truthy(text:find("%f[%w]" .. word .. "%("), name .. "." .. word)
        end
      end
    end
  end)
end)
