-- SPDX-License-Identifier: MIT
--- The guide in the README does what it says.
local file = require "wl.file"
local process = require "spec.support.process"

-- Blocks of Lua that begin with the name of a file.
local function files_of(text)
  local files = {}
  for block in text:gmatch "```lua\n(.-)```" do
    local name = block:match "^%-%- (%S+%.lua)\n"
    if name then files[name] = block end
  end
  return files
end

local function without(files, name)
  local others = {}
  for one, text in pairs(files) do
    if one ~= name then others[one] = text end
  end
  return others
end

describe("the guide to policies", function()
  local files = files_of(assert(file.read "README.md"))

  it("has a strategy whose test passes", function()
    local run = process.run({ "check", "halves_test.lua" }, files)
    assert.same({ 0, "" }, { run.status, run.err })
    assert.matches("2 passed", run.out)
  end)

  it("has a scenario that passes with it", function()
    local run = process.run({ "--load", "halves.lua", "web.lua" }, files)
    assert.same({ 0, "" }, { run.status, run.err })
    assert.matches("^AFTER +TIMES +POLICY", run.out)
    assert.matches("rollout Halves +halves%.lua:4 ", run.out)
  end)

  it("needs the strategy", function()
    local run = process.run({ "web.lua" }, without(files, "halves.lua"))
    assert.equal(2, run.status)
    assert.matches('there is no policy "Halves" for rollout: was its file loaded%?', run.err)
  end)
end)
