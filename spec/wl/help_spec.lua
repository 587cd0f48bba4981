-- SPDX-License-Identifier: MIT
-- Help on verbs: there is some for each, and its examples run.
local help = require "wl.help"
local process = require "spec.support.process"
local prompt = require "spec.support.prompt"
local prompt_verbs = require "wl.repl.verbs"
local scenario = require "wl.scenario"

local function all_verbs()
  local verbs = {}
  for _, names in ipairs { scenario.verbs(), prompt_verbs.names } do
    for _, name in ipairs(names) do verbs[name] = true end
  end
  return verbs
end

describe("help", function()
  it("covers every verb: lua/wl/help/verbs.lua has an entry for it", function()
    for name in pairs(all_verbs()) do
      assert(help.verbs[name], "no help for the verb " .. name)
    end
  end)

  it("is of verbs that there are", function()
    local verbs = all_verbs()
    for name in pairs(help.verbs) do assert(verbs[name], "help for no verb: " .. name) end
  end)

  for name, entry in pairs(help.verbs) do
    it("on " .. name .. " says how it is written and what it does, with an example", function()
      assert.matches("%f[%w_]" .. name .. "%f[^%w_]", entry.usage)
      assert.matches("%.$", entry.text:match "%?$" and "." or entry.text)
      assert.is_string(entry.example)
      for line in help.of(name):gmatch "[^\n]+" do
        assert(#line <= 100, line)
      end
    end)
  end

  it("has examples that run", function()
    local lines = { 'Deployment "web" { replicas = 3, image = "nginx:1.27" }',
      'CronJob "backup" { schedule = "0 0 1 1 *", image = "x" }', 'run "10s"' }
    local left = { cluster = true, back = true, forward = true }
    for name, entry in pairs(help.verbs) do
      if not left[name] then lines[#lines + 1] = entry.example end
    end
    lines[#lines + 1] = "back()"
    lines[#lines + 1] = "forward()"
    local said = prompt.lines(lines)
    assert.equal("", said.err)
    assert.equal("", prompt.lines({ help.verbs.cluster.example }).err)
  end)

  it("fits 80 columns", function()
    local said = prompt.lines { "help" }
    assert.equal("", said.err)
    for line in said.out:gmatch "[^\n]+" do assert(#line <= 80, line) end
    for name in pairs(all_verbs()) do
      assert(said.out:find("\n  " .. name, 1, true), name)
    end
  end)

  it("is found by name, also of words and kinds", function()
    assert.matches('wait%("deploy/web"', prompt.lines({ "help wait" }).out)
    assert.matches('wait%("deploy/web"', prompt.lines({ 'help "wait"' }).out)
    assert.matches("drain node%-1", prompt.lines({ "help drain" }).out)
    assert.matches("explain", prompt.lines({ "help deploy" }).out)
    assert.matches("rollout.undo", prompt.lines({ "help rollout.undo" }).out)
    assert.equal('error: help: there is no verb "wiat"; did you mean "wait"?\n',
      prompt.lines({ "help wiat" }).err)
  end)
end)

-- Lines of code, what is read, and versions of objects come and go.
local function numberless(text)
  return (text:gsub("version %d+", "version N"):gsub("          [^\n]*\n", ""))
end

describe("README.md", function()
  it("names every verb", function()
    local file = assert(io.open "README.md")
    local text = file:read "a"
    file:close()
    for name in pairs(all_verbs()) do
      assert(text:find("%f[%w_]" .. name .. "%f[^%w_]"), "README.md does not name " .. name)
    end
  end)

  it("has a transcript that is true", function()
    local file = assert(io.open "README.md")
    local text = file:read "a"
    file:close()
    local transcript = assert(text:match "\n```\n(0s> .-)\n```\n")
    local lines, expected = {}, {}
    for line in transcript:gmatch "[^\n]+" do
      local typed = line:match "^%w+> (.*)$"
      if typed then lines[#lines + 1] = typed else expected[#expected + 1] = line end
    end
    local run = process.run({ "repl" }, {}, { input = table.concat(lines, "\n") .. "\n" })
    assert.equal("", run.err)
    assert.equal(numberless(table.concat(expected, "\n") .. "\n"), numberless(run.out))
  end)
end)
