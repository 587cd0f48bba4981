-- SPDX-License-Identifier: MIT
-- One seed, one run: processes write the same trace, byte for byte.
local manifests = require "spec.support.manifests"
local process = require "spec.support.process"

local SCENARIO = [[
cluster { nodes = 4 }
apply "web.yaml"
behave("app=web", { start = { "1s", "4s" }, ready = { "1s", "9s" }, crash = 0.7 })
at("20s", function() node "node-2":fail() end)
at("40s", function() set_image("deploy/web", "web=nginx:1.15") end)
at("3m", function() node "node-2":recover() end)
every("45s", function() scale("deploy/web", 3 + math.tointeger(now() // 45) % 4) end)
local seen = {}
for name, x in pairs { b = 1, a = 2, [3] = 4, [true] = 5, c = print } do
  seen[#seen + 1] = tostring(name)
end
run "10m"
print(table.concat(seen, " "), tostring(print), {})
show "pods"
events "deploy/web"
]]

local function traced(seed, env)
  local run = process.run({ "--seed", tostring(seed), "--trace", "trace", "run.lua" },
    { ["run.lua"] = SCENARIO, ["web.yaml"] = manifests.web() }, { keep = { "trace" }, env = env })
  assert.equal(0, run.status, run.err)
  return run
end

describe("two processes", function()
  local first = traced(7)

  it("do enough for this to mean something", function()
    local _, writes = first.files.trace:gsub("\n", "")
    assert.is_true(writes > 200)
    for _, word in ipairs { "ADDED", "MODIFIED", "DELETED", "node.kubernetes.io/unreachable",
      "CrashLoopBackOff" } do
      assert.is_truthy(first.files.trace:find(word, 1, true), word)
    end
  end)

  it("with one seed write the same bytes", function()
    local second = traced(7)
    assert.is_true(first.files.trace == second.files.trace)
    assert.equal(first.out, second.out)
  end)

  it("do so whatever the environment is", function()
    local second = traced(7, { LC_ALL = "C.UTF-8", TZ = "Asia/Tokyo", HOME = "/nowhere",
      MALLOC_PERTURB_ = "170" })
    assert.is_true(first.files.trace == second.files.trace)
    assert.equal(first.out, second.out)
  end)

  it("with another seed do not", function()
    assert.is_false(first.files.trace == traced(8).files.trace)
  end)
end)
