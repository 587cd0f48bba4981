-- SPDX-License-Identifier: MIT
-- Every example runs as it stands.
local process = require "spec.support.process"

local function lines_of(command)
  local pipe, list = io.popen(command), {}
  for line in pipe:lines() do list[#list + 1] = line end
  pipe:close()
  return list
end

local HERE = lines_of "pwd"[1]

describe("examples/", function()
  for _, path in ipairs(lines_of "ls examples/*.lua examples/*.yaml") do
    it(path:match "[^/]*$" .. " runs as it stands", function()
      local run = process.run { HERE .. "/" .. path }
      assert.equal(0, run.status, run.err)
      assert.equal("", run.err)
      assert.is_true(#run.out > 0)
    end)
  end
end)

describe("the rolling update", function()
  it("shows the rollout as it goes", function()
    local out = process.run { HERE .. "/examples/rolling-update.lua" }.out
    assert.matches("\n +0s   deployment.apps/web +0/3 ", out)
    assert.matches("\n +%d+s   deployment.apps/web +4/3     1            4 ", out)
    assert.matches("\n +%d+s   deployment.apps/web +3/3     3            3 ", out)
    local _, headers = out:gsub("TIME   NAME", "")
    assert.equal(2, headers)
  end)
end)
