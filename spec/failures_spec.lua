-- SPDX-License-Identifier: MIT
-- Each known failure of examples/failures/ is found from a cold start, by the promise that its
-- scenario states; mended as it says, it is not.
local explore = require "wl.explore"

local RUNS = 4

-- Scenario -> what is broken.
local BROKEN = {
  ["autoscaler-and-apply"] = "^nobody%-fights: .* Deployment default/web to and fro$",
  ["cronjob-pile-up"] = "^more than two runs at once: was so at ",
  ["descheduler-circle"] = "^a pod is evicted: so for the 6%. time",
  ["drain-deadlock"] = "^node%-1 is drained: not so within 15m",
  ["flapping-readiness"] = "^the rollout ends: not so within 10m",
  ["job-at-least-once"] = "^the customer is charged once: not always so",
  ["overlapping-selectors"] = "^the idle web server is scaled out: was so at ",
  ["statefulset-stuck"] = "^three are ready again: not so within 10m",
}

local function names()
  local pipe, list = io.popen "ls examples/failures/*.lua", {}
  for path in pipe:lines() do list[#list + 1] = path:match "([^/]*)%.lua$" end
  pipe:close()
  return list
end

local function runs(name, arguments, count)
  local found = explore.run { path = ("examples/failures/%s.lua"):format(name),
    runs = count or RUNS, arguments = arguments }
  assert.is_nil(found.wrong and found.wrong.message)
  return found
end

describe("examples/failures/", function()
  for _, name in ipairs(names()) do
    it(name .. " is found", function()
      local found = runs(name, {}, 20)
      assert.is_not_nil(found.first)
      assert.matches(BROKEN[name], found.first.outcome.message)
    end)

    it(name .. " is mended", function()
      local found = runs(name, { "fixed" })
      assert.is_nil(found.first and found.first.outcome.message)
    end)
  end
end)
