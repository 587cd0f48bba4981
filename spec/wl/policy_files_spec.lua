-- SPDX-License-Identifier: MIT
--- Where policies come from: scenarios, files, the path; and what their files may do.
local process = require "spec.support.process"

local function succeeds(run)
  assert.equal("", run.err)
  assert.equal(0, run.status)
  return run
end

local WEB = [[
  cluster { nodes = 2 }
  Deployment "web" { replicas = 3, image = "nginx:1.27", strategy = { type = "One" } }
  run "1m"
  print(get "deploy/web".status.updatedReplicas)
]]

local ONE = 'strategy "One" { plan = function(view) return { new = 1 } end }\n'

describe("a policy", function()
  it("is registered by a statement in a scenario", function()
    assert.equal("1\n", succeeds(process.scenario(ONE .. WEB)).out)
  end)

  it("may be declared after the cluster", function()
    local text = WEB:gsub("Deployment", function() return ONE .. "Deployment" end, 1)
    assert.equal("1\n", succeeds(process.scenario(text)).out)
  end)

  it("is loaded by --load", function()
    local run = process.scenario(WEB, { ["one.lua"] = "return " .. ONE }, { "--load", "one.lua" })
    assert.equal("1\n", succeeds(run).out)
  end)

  it("is had by define(require)", function()
    local run = process.scenario('define(require "one")\n' .. WEB,
      { ["one.lua"] = 'local strategy = require "wl.strategy"\nreturn ' .. ONE })
    assert.equal("1\n", succeeds(run).out)
  end)

  it("is found beside the scenario under its sort's name", function()
    local run = process.scenario(WEB, { ["rollout/one.lua"] = "return " .. ONE })
    assert.equal("1\n", succeeds(run).out)
  end)

  it("may take the place of one that ships", function()
    local run = process.scenario([[
      strategy "RollingUpdate" { plan = function() return { new = 2 } end }
      Deployment "web" { replicas = 3, image = "nginx:1.27" }
      run "1m"
      print(get "deploy/web".status.replicas)]])
    assert.equal("2\n", succeeds(run).out)
  end)

  it("is refused where there is none, with the registered ones among the offers", function()
    local run = process.scenario(ONE .. [[
      Deployment "web" { replicas = 1, image = "nginx:1.27", strategy = { type = "Onne" } }]])
    assert.equal(2, run.status)
    assert.truthy(run.err:find('supported values: "Recreate", "RollingUpdate", "One"', 1, true),
      run.err)
  end)

  it("is offered when it ships and was nearly written", function()
    local run = process.scenario([[
      Deployment "web" { replicas = 1, image = "nginx:1.27", strategy = { type = "Canery" } }]])
    assert.truthy(run.err:find('supported values: "Recreate", "RollingUpdate", "Canary"', 1, true),
      run.err)
  end)
end)

describe("a kind", function()
  it("is registered by a statement, with its name before or inside", function()
    local run = process.scenario([[
      cluster { nodes = 1 }
      kind "Backup" { api = "example.org/v1", spec = { keep = kind.int { default = 7 } } }
      kind { name = "Restore", api = "example.org/v1", spec = { from = kind.str } }
      Backup "db" {}
      Restore "db" { from = "x" }
      print(get "backup/db".spec.keep, get "restore/db".spec.from)]])
    assert.equal("7\tx\n", succeeds(run).out)
  end)
end)

describe("parameters of a policy", function()
  local CAREFUL = [[
    strategy "Careful" {
      params = {
        step = strategy.int { default = 2, min = 1 }, words = strategy.list(strategy.str),
      },
      plan = function(view) return { new = view.params.step } end,
    }
    cluster { nodes = 1 }
    local function deploy(more)
      local s = { type = "Careful" }
      for name, x in pairs(more) do s[name] = x end
      return pcall(Deployment, "web", { replicas = 5, image = "nginx:1.27", strategy = s })
    end
  ]]

  local function refusal(more)
    local run = succeeds(process.scenario(CAREFUL .. "print(select(2, deploy " .. more .. "))"))
    return run.out
  end

  it("are filled in", function()
    local run = process.scenario(CAREFUL .. [[
      deploy {} run "10s"
      print(get "deploy/web".spec.strategy.careful.step, get "deploy/web".status.replicas)]])
    assert.equal("2\t2\n", succeeds(run).out)
  end)

  for _, case in ipairs {
    { "{ careful = { step = 'x' } }", "spec.strategy.careful.step: expected integer, got string" },
    { "{ careful = { stepp = 3 } }", 'unknown field "spec.strategy.careful.stepp"; did you mean '
      .. '"step"?' },
    { "{ carefull = { step = 3 } }", 'unknown field "spec.strategy.carefull"; did you mean '
      .. '"careful"?' },
    { "{ careful = { step = 0 } }", "spec.strategy.careful.step: Invalid value: 0: must be greater "
      .. "than or equal to 1" },
    { "{ careful = 5 }", "spec.strategy.careful: expected object, got integer 5" },
    { "{ canary = {} }", 'unknown field "spec.strategy.canary"' },
  } do
    it("are checked: " .. case[1], function()
      local message = refusal(case[1])
      assert.truthy(message:find(case[2], 1, true), message)
    end)
  end

  it("stand beside concurrencyPolicy, and in spec.retry", function()
    local run = process.scenario([[
      concurrency "Few" {
        params = { most = concurrency.int { default = 2 } },
        decide = function(view) return view.active < view.params.most and "start" or "skip" end,
      }
      retry "Fixed" {
        params = { delay = retry.int { default = 9 } },
        decide = function(view) return view.params.delay end,
      }
      cluster { nodes = 1 }
      behave("app=c", { after = "1h" })
      CronJob "c" { schedule = "* * * * *", concurrencyPolicy = "Few", few = { most = 3 },
        image = "x", labels = { app = "c" } }
      Job "j" { image = "x", retry = { type = "Fixed" } }
      run "10m"
      print(#get "cronjob/c".status.active, get "job/j".spec.retry.fixed.delay)
      print(pcall(Job, "k", { image = "x", retry = { type = "Fixt" } }))]])
    assert.matches("^3\t9\nfalse\t.*spec%.retry%.type: Unsupported value: \"Fixt\": "
      .. "supported values: \"Fixed\"\n$", succeeds(run).out)
  end)
end)

describe("reload", function()
  it("reads a changed file again, and goes on with those whom it had failed", function()
    local run = process.scenario([[
      cluster { nodes = 2 }
      Deployment "web" { replicas = 3, image = "nginx:1.27", strategy = { type = "One" } }
      Deployment "other" { replicas = 1, image = "nginx:1.27" }
      run "10m"
      local failed = get "deploy/web".status.conditions[1]
      print(failed.type, failed.status, failed.reason, failed.message)
      print(#list "rs", get "deploy/other".status.availableReplicas)
      local file = io.open("one.lua", "w")
      file:write 'strategy "One" { plan = function(view) return { new = 3 } end }'
      file:close()
      print(reload()[1], reload()[1])
      run "5s"
      print(get "deploy/web".status.replicas)
      for _, one in ipairs(get "deploy/web".status.conditions) do print(one.type) end
      events "deploy/web"]],
      { ["one.lua"] = 'strategy "One" {\n plan = function(view) return view.none.x end }' },
      { "--load", "one.lua" })
    local out = succeeds(run).out
    assert.matches("^PolicyFailed\tTrue\tPolicyError\trollout One: one%.lua:2: attempt to index a "
      .. "nil value %(field 'none'%)\n1\t1\none.lua\tnil\n3\nAvailable\nProgressing\n", out)
    local _, count = out:gsub("PolicyError", "")
    assert.equal(2, count) -- the condition, and one event for all the tries
  end)

  for _, case in ipairs {
    { "a module", 'define(require "one")\n', "one.lua" },
    { "a file on the path", "", "rollout/one.lua" },
  } do
    it("reads " .. case[1] .. " again", function()
      local run = process.scenario(case[2] .. WEB .. ([[
        local file = io.open(%q, "w")
        file:write 'return strategy "One" { plan = function(view) return { new = 2 } end }'
        file:close()
        print(#reload())
        run "1m"
        print(get "deploy/web".status.updatedReplicas)]]):format(case[3]),
        { [case[3]] = "return " .. ONE })
      assert.equal("1\n1\n2\n", succeeds(run).out)
    end)
  end

  it("keeps what there was when the file is wrong now", function()
    local run = process.scenario([[
      local file = io.open("one.lua", "w")
      file:write 'strategy "One" {'
      file:close()
      print(select(2, pcall(reload)))]] .. "\n" .. WEB, { ["one.lua"] = ONE },
      { "--load", "one.lua" })
    assert.matches("^one%.lua:1: unexpected symbol near <eof>\n1\n$", succeeds(run).out)
  end)
end)

describe("a file of policies", function()
  local function load(text)
    return process.scenario("", { ["p.lua"] = text .. "\n" .. ONE }, { "--load", "p.lua" })
  end

  for _, name in ipairs { "io", "os", "debug", "load", "dofile", "loadfile", "package",
    "collectgarbage" } do
    it("has no " .. name, function()
      local run = load("local x = " .. name)
      assert.same({ 2, ('p.lua:1: there is no "%s" for policies\n'):format(name) },
        { run.status, run.err })
    end)
  end

  for _, text in ipairs {
    "string.upper = nil", "math.floor = nil", 'require("wl.intstr").resolve = nil',
    "_G.type = nil", "rawset(string, 'len', nil)", "strategy.int.min = 5",
    "local g = getmetatable('') if g then g.__index = nil end",
    "local i = strategy.int.__index if i then i.__call = nil end",
    "strategy.list(strategy.str).kind = 'x'",
    "local q = require('wl.quantity').parse '99999999999999999999999' local i = q.number.__index "
      .. "if i then i.__add = nil end",
    "local p = strategy 'Two' { plan = function() end } pcall(function() p.policy = 'retry' end) "
      .. "pcall(rawset, p, 'plan', 5)",
    "table.insert = nil local g = _G for k in pairs(g) do g[k] = nil end",
  } do
    it("changes nothing for others: " .. text, function()
      local run = process.scenario([[
        assert(("x"):upper() == "X" and math.floor(1.5) == 1 and type(table.insert) == "function")
        assert(require("wl.intstr").resolve(1, 2) == 1 and require("wl.schema").int.min == nil)
        local large = require("wl.quantity").parse "99999999999999999999999"
        assert(tostring(large + large) and require("wl.schema").int { default = 1 }.default == 1)
        print(type(os))]], { ["p.lua"] = ONE .. text .. "\n" }, { "--load", "p.lua" })
      assert.equal("table\n", succeeds(run).out)
    end)
  end

  for _, case in ipairs {
    { "while true do end", "p.lua:1: stopped after 1000000 instructions" },
    { "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end",
      "p.lua:1: took more than 16384 KB" },
    { 'require "wl.store"', 'p.lua:1: a policy may not require "wl.store"; it may require wl.' },
    { "setmetatable({}, { __gc = print })", "p.lua:1: a script's metatables have no __gc" },
    { "setmetatable(require 'wl.strategy', {})", "p.lua:1: cannot change a protected metatable" },
    { "error {}", "p.lua:1: raised a table" },
    { "local x = nil + 1", "p.lua:1: attempt to perform arithmetic on a nil value" },
  } do
    it("is told where it went wrong: " .. case[1], function()
      local run = load(case[1])
      assert.equal(2, run.status)
      assert.truthy(run.err:find(case[2], 1, true), run.err)
    end)
  end

  it("draws from a stream of the seed that is the policy's own", function()
    local files = { ["p.lua"] = [[strategy "One" {
      plan = function() return { new = math.random(2, 9), message = tostring(math.random()) } end,
    }]] }
    local function outcome(seed, more)
      local run = process.scenario(([[
        cluster { nodes = 1, seed = %d }
        %s
        Deployment "web" { replicas = 9, image = "x", strategy = { type = "One" } }
        run "1m"
        print(get "deploy/web".status)]]):format(seed, more), files, { "--load", "p.lua" })
      return succeeds(run).out
    end
    local first = outcome(1, "")
    assert.equal(first, outcome(1, "math.random()"))
    assert.are_not.equal(first, outcome(2, ""))
  end)

  it("is asked for a policy", function()
    local run = process.scenario("", { ["p.lua"] = ONE .. "return 5" }, { "--load", "p.lua" })
    assert.same({ 2, "p.lua: a policy file returns a policy, a list of them, or nothing; not 5\n" },
      { run.status, run.err })
  end)
end)
