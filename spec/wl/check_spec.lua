-- SPDX-License-Identifier: MIT
-- `wlrun check`, and the verb `test`, as a user has them.
local process = require "spec.support.process"
local shell = require "wl.process"

local GOOD = [[
  Deployment "web" { replicas = 2, image = "nginx" }
  wait "deploy/web"
  print "all is well"
]]
local BAD = 'Deployment "web" { image = "nginx" }\nprint "so far"\nexpect(1, "one").is(2)\n'
local BLOCKS = [[
local function web() Deployment "web" { replicas = 2, image = "nginx" } wait "deploy/web" end
test("first", function() web() expect(#list "pods").is(2) end)
test("second", function() expect(exists "deploy/web").is(true) end)
test("third", function()
  web()
  always("two", function() return get "deploy/web".status.readyReplicas >= 2 end)
  scale("deploy/web", 1)
  run "1m"
end)
]]

local function check(arguments, files, options) -- luacheck: ignore 431
  table.insert(arguments, 1, "check")
  local run = process.run(arguments, files, options)
  run.out = run.out:gsub("%d+%.%d%ds", "TIME")
  return run
end

local function lines(text)
  local list = {}
  for line in text:gmatch "[^\n]+" do list[#list + 1] = (line:gsub("(%S)  +TIME$", "%1")) end
  return list
end

describe("check", function()
  it("passes what passes", function()
    local run = check({ "." }, { ["b.lua"] = GOOD, ["a/a.lua"] = GOOD, ["a/x.txt"] = "" })
    assert.same({ 0, "" }, { run.status, run.err })
    assert.same({ "ok    a/a.lua", "ok    b.lua", "2 passed in TIME" }, lines(run.out))
  end)

  it("fails with the message, how to run it again, and what was left", function()
    local run = check({ "--seed", "3", "a.lua", "bad.lua" },
      { ["a.lua"] = GOOD, ["bad.lua"] = BAD },
      { keep = { "wlrun-failures/bad/output.txt", "wlrun-failures/bad/trace.jsonl",
        "wlrun-failures/bad/again.sh", "wlrun-failures/bad/report.html" } })
    assert.equal(1, run.status)
    assert.same({ "ok    a.lua", "FAIL  bad.lua",
      "      bad.lua:3: one: expected to be 2, got 1",
      "      again: wlrun --seed 3 bad.lua",
      "      left in wlrun-failures/bad/: again.sh, output.txt, report.html, trace.jsonl",
      "1 passed, 1 failed in TIME" }, lines(run.out))
    assert.matches("^so far\nbad.lua:3: one", run.files["wlrun-failures/bad/output.txt"])
    assert.matches('"kind":"Deployment"', run.files["wlrun-failures/bad/trace.jsonl"])
    assert.equal("wlrun --seed 3 bad.lua\n", run.files["wlrun-failures/bad/again.sh"])
    assert.matches("^<!DOCTYPE html>", run.files["wlrun-failures/bad/report.html"])
  end)

  it("takes blocks as tests of their own", function()
    local run = check({ "--artifacts", "left", "b.lua" }, { ["b.lua"] = BLOCKS },
      { keep = { "left/b-third/trace.jsonl" } })
    assert.equal(1, run.status)
    local told = lines(run.out)
    assert.equal("ok    b.lua: first", told[1])
    assert.equal("FAIL  b.lua: second", told[2])
    assert.equal("      b.lua:3: expected to be true, got false", told[3])
    assert.equal("      again: wlrun --only second b.lua", told[4])
    assert.equal("FAIL  b.lua: third", told[6])
    assert.matches("b.lua:8: two: not always so", told[7])
    assert.equal("1 passed, 2 failed in TIME", told[#told])
    local _, made = run.files["left/b-third/trace.jsonl"]:gsub(
      '"name":"web","namespace":"default","revision":%d+,"time":"[^"]+","type":"ADDED"', "")
    assert.equal(1, made, "the trace is that of one test")
  end)

  it("leaves out what is no scenario, unless it is named", function()
    local files = { ["t/kinds.lua"] = "return { 1 }", ["t/a.lua"] = GOOD }
    assert.same({ "ok    t/a.lua", "1 passed in TIME" }, lines(check({ "t" }, files).out))
    assert.same({ "ok    t/kinds.lua", "1 passed in TIME" },
      lines(check({ "t/kinds.lua" }, files).out))
  end)

  it("takes manifests", function()
    local web = require("spec.support.manifests").web
    local run = check({ "good.yaml", "bad.yaml" }, { ["good.yaml"] = web(),
      ["bad.yaml"] = web { ["image: nginx:1.14"] = "image: nginx\n        resources: "
        .. "{requests: {cpu: 100}}" } })
    assert.equal(1, run.status)
    assert.matches("ok    good.yaml .*FAIL  bad.yaml +TIME\n"
      .. "      deployment.apps/web did not become available\n", run.out)
  end)

  it("tells what is broken from what fails", function()
    local run = check({ "x.lua" }, { ["x.lua"] = "local x = = 1" })
    assert.equal(2, run.status)
    assert.matches("\n      x.lua:1: unexpected symbol near '='\n", run.out)
    run = check({ "x.lua" }, { ["x.lua"] = "os.exit(1)" })
    assert.equal(1, run.status)
    assert.matches("\n      it ended with status 1\n", run.out)
  end)

  it("ends what takes too long", function()
    local run = check({ "--timeout", "300ms", "x.lua" }, { ["x.lua"] = "while true do end" })
    assert.equal(1, run.status)
    assert.matches("\n      it took longer than 0s\n", run.out)
  end)

  it("filters by file and by test", function()
    local files = { ["b.lua"] = BLOCKS, ["first.lua"] = GOOD, ["other.lua"] = GOOD }
    assert.same({ "ok    b.lua: first", "ok    first.lua", "2 passed in TIME" },
      lines(check({ "--filter", "first", "." }, files).out))
    local run = check({ "--filter", "nothing", "." }, files)
    assert.same({ 2, 'wlrun: no test has "nothing" in its name\n' }, { run.status, run.err })
  end)

  it("stops at the first failure when told so", function()
    local files = { ["a.lua"] = BAD, ["b.lua"] = GOOD, ["c.lua"] = GOOD }
    local run = check({ "--fail-fast", "-j", "1", "." }, files)
    assert.equal(1, run.status)
    assert.matches("\n0 passed, 1 failed, 2 files not run in TIME\n$", run.out)
  end)

  it("keeps quiet about what passes", function()
    local run = check({ "-q", "a.lua", "bad.lua" }, { ["a.lua"] = GOOD, ["bad.lua"] = BAD })
    assert.matches("^FAIL  bad.lua", run.out)
    assert.equal("1 passed in TIME\n", check({ "-q", "a.lua" }, { ["a.lua"] = GOOD }).out)
  end)

  it("writes JUnit XML", function()
    local run = check({ "--junit", "out.xml", "a.lua", "b.lua", "x.lua" }, { ["a.lua"] = GOOD,
      ["b.lua"] = BLOCKS, ["x.lua"] = "print '<&\27[31m\1' error '<a>'" }, { keep = { "out.xml" } })
    local xml = run.files["out.xml"]
    assert.matches('^<%?xml version="1.0" encoding="UTF%-8"%?>\n'
      .. '<testsuites name="wlrun" tests="5" failures="2" errors="1" time="', xml)
    assert.matches('<testsuite name="b.lua" tests="3" failures="2" errors="0" ', xml)
    assert.matches('<testcase classname="b.lua" name="first" time="[%d.]+"/>', xml)
    assert.matches('<failure message="b.lua:3: expected to be true, got false">', xml)
    assert.matches('<error message="x.lua:1: &lt;a&gt;">', xml)
    assert.matches("<system%-out>&lt;&amp;%?\n", xml)
    local opened, closed = 0, 0
    for slash, rest in xml:gmatch "<(/?)%l[^>]-(/?)>" do
      if slash == "/" then closed = closed + 1 elseif rest == "" then opened = opened + 1 end
    end
    assert.equal(opened, closed)
  end)

  it("prints TAP", function()
    local run = check({ "--tap", "a.lua", "b.lua" }, { ["a.lua"] = GOOD, ["b.lua"] = BLOCKS })
    assert.equal(1, run.status)
    assert.matches("^TAP version 14\nok 1 %- a.lua\nok 2 %- b.lua: first\n"
      .. "not ok 3 %- b.lua: second\n  %-%-%-\n  again: ", run.out)
    assert.matches("\n  message: 'b.lua:3: expected to be true, got false'\n", run.out)
    assert.matches("\n1..4\n$", run.out)
  end)

  it("says when there is nothing to run", function()
    assert.same({ 2, "wlrun: nowhere: there is no such file or directory\n" },
      { check({ "nowhere" }).status, check({ "nowhere" }).err })
    assert.equal("wlrun: d: there are no scenarios (*.lua) below it\n",
      check({ "d" }, { ["d/"] = "" }).err)
  end)
end)

describe("test", function()
  it("tells each in a run of its own, and fails the run", function()
    local run = process.scenario(BLOCKS)
    assert.same({ 1, "ok    first\n" }, { run.status, run.out })
    assert.matches("^FAIL  second\n      run.lua:3: expected to be true, got false\n", run.err)
  end)

  it("can be run alone", function()
    local run = process.scenario(BLOCKS, nil, { "--only", "first" })
    assert.same({ 0, "ok    first\n" }, { run.status, run.out })
    run = process.scenario(BLOCKS, nil, { "--only", "fourth" })
    assert.same({ 2, 'wlrun: run.lua has no test "fourth"\n' }, { run.status, run.err })
  end)

  it("leaves the cluster of the scenario alone", function()
    local run = process.scenario([[
      ConfigMap "outer" {}
      test("inner", function()
        expect(exists "cm/outer").is(false)
        ConfigMap "inner" {}
      end)
      expect(exists "cm/inner").is(false)
      expect(exists "cm/outer").is(true)]])
    assert.same({ 0, "" }, { run.status, run.err })
  end)

  it("gets the manifests of -f each time", function()
    local config = require("spec.support.manifests").config "given"
    local run = process.scenario([[
      for i = 1, 2 do
        test("no. " .. i, function() expect(exists "cm/given").is(true) delete "cm/given" end)
      end]], { ["c.yaml"] = config }, { "-f", "c.yaml" })
    assert.same({ 0, "ok    no. 1\nok    no. 2\n" }, { run.status, run.out })
  end)

  it("is refused where it makes no sense", function()
    local run = process.scenario 'test("a", function() test("b", function() end) end)'
    assert.equal(1, select(2, run.err:gsub('test "b": it stands inside test "a"', "")))
    assert.equal(2, run.status)
    run = process.scenario 'test("a", print) test("a", print)'
    assert.matches('test "a": there is one of this name', run.err)
    assert.matches("a function expected", process.scenario('test "a"').err)
  end)
end)

describe("an expectation that is not met", function()
  local function message(text) return process.scenario(text).err end

  it("shows values", function()
    assert.equal('run.lua:1: expected to be {"a":2}, got {"a":1}:\n    - a: 2\n    + a: 1\n',
      message "expect({ a = 1 }).is { a = 2 }")
    assert.equal('run.lua:1: expected to be "b", got "a"\n', message "expect('a').is 'b'")
  end)

  it("shows long ones line by line", function()
    assert.equal([[
run.lua:3: expected (-) is not what there is (+):
      - a
      - b
    - - this is what was wanted here, and it is longer than most are
    + - c
      - d
]], message [[
local seen = { "a", "b", "c", "d" }
local wanted = { "a", "b", "this is what was wanted here, and it is longer than most are", "d" }
expect(seen).is(wanted)]])
  end)
end)

describe("processes", function()
  it("are run several at a time, and their output is kept in order", function()
    local pool <close> = shell.pool()
    local slow = pool:start { "/bin/sh", "-c", "sleep 0.2; echo slow" }
    local fast = pool:start { "/bin/sh", "-c", "echo a; echo b >&2; echo c; exit 3" }
    local number, ended = pool:wait()
    assert.same({ fast, 3, "a\nb\nc\n" }, { number, ended.status, ended.output })
    number, ended = pool:wait()
    assert.same({ slow, 0, "slow\n" }, { number, ended.status, ended.output })
    assert.is_nil(pool:wait())
  end)

  it("may end by a signal, or by their limit", function()
    local pool <close> = shell.pool()
    pool:start { "/bin/sh", "-c", "kill -TERM $$" }
    local _, ended = pool:wait()
    assert.same({ 15, false }, { ended.signal, ended.timed_out })
    pool:start({ "/bin/sleep", "10" }, 0.1)
    _, ended = pool:wait()
    assert.same({ 9, true }, { ended.signal, ended.timed_out })
  end)

  it("do not hold up who waits by what they leave running", function()
    local pool <close> = shell.pool()
    pool:start { "/bin/sh", "-c", "sleep 3 & echo x" }
    local _, ended = pool:wait()
    assert.equal("x\n", ended.output)
    assert.is_true(ended.seconds < 2)
  end)

  it("that cannot be started are refused", function()
    local pool = shell.pool()
    local number, message = pool:start { "/nowhere/x" }
    assert.same({ nil, "/nowhere/x: no such file or directory" }, { number, message })
    assert.has_error(function() pool:start {} end)
    assert.has_error(function() pool:start { "/bin/sh", 3 } end)
    pool:close()
    pool:close()
    assert.has_error(function() pool:wait() end)
  end)

  it("die with their pool", function()
    local pool = shell.pool()
    pool:start { "/bin/sleep", "60" }
    pool:close()
  end)
end)
