-- SPDX-License-Identifier: MIT
--- Pictures: what timelines and reports show is what happened.
local Rollouts = require "wl.report.rollouts"
local Series = require "wl.report.series"
local browser = require "spec.support.browser"
local html = require "wl.report.html"
local pictures = require "wl.verbs.pictures"
local process = require "spec.support.process"
local scenario = require "wl.scenario"
local story = require "wl.report.story"
local text = require "wl.report.text"

-- A cluster that a scenario was played on, with its story.
local function play(source)
  local played = scenario.new()
  local environment = played:environment()
  assert(load(source, "=story", "t", environment))()
  local cluster = played:default()
  return story.of(cluster), cluster
end

local ROLLOUT = [[
  cluster { nodes = 4, seed = 3 }
  behave("app=web", { start = "2s", ready = "3s" })
  Deployment "web" { replicas = 4, image = "nginx:1" }
  run "30s"
  set_image("deploy/web", "web=nginx:2")
  run "20s"
  node "node-2":fail()
  run "10m"
]]

local JOBS = [[
  cluster { nodes = 2, seed = 7 }
  behave("job-name=pi", { work = "20s" })
  Job "pi" { image = "pi", completions = 3, parallelism = 2 }
  run "2m"
]]

local CRON = [[
  apply [=[
apiVersion: batch/v1
kind: CronJob
metadata: { name: tick }
spec:
  schedule: "* * * * *"
  concurrencyPolicy: %s
  jobTemplate:
    spec:
      template:
        metadata: { labels: { app: tick } }
        spec: { restartPolicy: Never, containers: [ { name: x, image: busybox } ] }
]=]
  behave("app=tick", { work = "90s" })
  run "10m1s"
]]

describe("a series", function()
  it("has the last value of each moment, and its range over a stretch", function()
    local s = Series.new()
    for _, point in ipairs { { 1, 5 }, { 1, 3 }, { 4, 3 }, { 6, 0 }, { 8, 9 } } do
      s:add(table.unpack(point))
    end
    assert.same({ 0, 3, 3, 0, 9 }, { s:at(0), s:at(1), s:at(5.9), s:at(6), s:at(100) })
    assert.same({ 0, 3 }, { s:range(2, 8) })
    assert.same({ 0, 9 }, { s:range(7, 9) })
    assert.equal(9, s:last())
  end)
end)

describe("the story of a rollout", function()
  it("has no breach where more are wanted, and one where pods go", function()
    local source = [[
      cluster { nodes = 4 }
      behave("app=web", { ready = "5s" })
      Deployment "web" { replicas = 3, image = "nginx:1" }
      run "30s"
      scale("deploy/web", 6)
      run "3s"
      scale("deploy/web", 12)
      run "1m"
    ]]
    local before = play(source).rollouts[1]
    assert.same({ 6, 9 }, { before.available:at(37), before.least:at(37) })
    assert.same({}, Rollouts.breaches(before))
    local after = play(source .. [[
      for _, pod in ipairs(list("pods")) do delete("pod/" .. pod.metadata.name) end
      run "10s"
    ]]).rollouts[1]
    assert.equal(1, #Rollouts.breaches(after))
  end)

  it("is what the objects say at each moment", function()
    local samples = {}
    local played = scenario.new { on_cluster = function(cluster)
      cluster:on_each_write(function(change)
        local object = change.now
        if object and object.kind == "Deployment" and object.status then
          samples[cluster:now() - cluster.started] = object.status.replicas or 0
        end
      end)
    end }
    assert(load(ROLLOUT, "=story", "t", played:environment()))()
    local told = story.of(played:default())
    local rollout = told.rollouts[1]
    assert.equal("Deployment/web", rollout.name)
    for t, replicas in pairs(samples) do
      local sum = 0
      for _, layer in ipairs(rollout.layers) do sum = sum + layer.pods:at(t) end
      assert.equal(replicas, sum, "at " .. t)
    end
    assert.same({ 0, 4 }, { rollout.layers[1].pods:last(), rollout.layers[2].pods:last() })
    assert.same({ 4, 3, 5 }, { rollout.wanted:last(), rollout.least:last(), rollout.most:last() })
  end)

  it("tells of nodes that are not ready, and of pods by node", function()
    local told, cluster = play(ROLLOUT)
    local by_name = {}
    for _, node in ipairs(told.nodes) do by_name[node.name] = node end
    assert.same({ 0, 1 }, { by_name["node-2"].ready:last(), by_name["node-1"].ready:last() })
    for _, node in ipairs(told.nodes) do
      local count = 0
      for _, pod in ipairs(cluster:list "Pod") do
        if pod.spec.nodeName == node.name then count = count + 1 end
      end
      assert.equal(count, node.pods:last(), node.name)
    end
  end)

  it("begins where the history begins", function()
    local told = play(ROLLOUT:gsub("seed = 3", "seed = 3, history = 50"))
    assert.is_true(told.from > 0)
    assert.is_true(told.rollouts[1].wanted.times[1] >= told.from)
  end)
end)

describe("the story of Jobs", function()
  it("has each pod from its making to its end", function()
    local job = play(JOBS).jobs[1]
    assert.same({ "Succeeded", 3 }, { job.result, #job.pods })
    for _, pod in ipairs(job.pods) do
      assert.equal("Succeeded", pod.result)
      assert.is_true(pod.stop - pod.start >= 20 and pod.start >= pod.created)
    end
  end)

  it("has runs that were due and not made, and runs beside others", function()
    local forbid = play(CRON:format "Forbid").cron_jobs[1]
    local allow = play(CRON:format "Allow").cron_jobs[1]
    assert.same({ 10, 10, 0 }, { #forbid.runs + #forbid.skipped, #allow.runs, #allow.skipped })
    assert.is_true(#forbid.skipped >= 3)
    local suspended = play(CRON:format "Allow" .. [[
      patch("cj/tick", { spec = { suspend = true } })
      run "10m"
      delete "cj/tick"
      run "10m"
    ]]).cron_jobs[1]
    assert.same({ 10, 0 }, { #suspended.runs, #suspended.skipped })
    local overlaps = 0
    for _, run in ipairs(allow.runs) do overlaps = overlaps + (run.overlaps and 1 or 0) end
    assert.equal(9, overlaps)
    for _, run in ipairs(forbid.runs) do assert.is_false(run.overlaps) end
  end)
end)

describe("a timeline", function()
  it("fits the terminal, and has the numbers", function()
    local told = play(ROLLOUT)
    for _, width in ipairs { 80, 200 } do
      local lines = {}
      for line in text.timeline(told, told.rollouts[1], { width = width }):gmatch "[^\n]+" do
        lines[#lines + 1] = line
      end
      assert.matches("^Deployment/web   0s to %w+, a column is %w+$", lines[1])
      assert.matches("^ revision 1 %(web%-%w+%) +.* 4 to 0$", lines[2])
      assert.matches("^ revision 2 %(web%-%w+%) +.* 0 to 4$", lines[3])
      assert.matches("^ available .* least 3 at 30s$", lines[4])
      assert.matches("^ budget .* at least 3$", lines[5])
      for i = 1, 5 do assert.is_true(utf8.len(lines[i]) <= width, lines[i]) end
    end
  end)

  it("shows a stretch, without block characters when wanted", function()
    local told = play(ROLLOUT)
    local plain = text.timeline(told, told.rollouts[1], { ascii = true, from = 25, to = 50 })
    assert.matches("^Deployment/web   25s to 50s, a column is 2s\n", plain)
    assert.equal(#plain, utf8.len(plain))
  end)

  it("has a row for each pod of a Job, each run of a CronJob, each node", function()
    local told = play(JOBS)
    local _, rows = text.timeline(told, told.jobs[1], {}):gsub("\n pi%-%w+ +%.*=+o +ok 2%ds", "")
    assert.equal(3, rows)
    _, rows = text.timeline(told, nil, {}):gsub("\n node%-%d", "")
    assert.equal(2, rows)
    told = play(CRON:format "Allow")
    assert.matches("tick%-%d+ %(overlaps%)", text.timeline(told, told.cron_jobs[1], {}))
    assert.matches("\n 10 runs, 0 due and not made\n$", text.timeline(told, told.cron_jobs[1], {}))
  end)

  it("says of what there are timelines", function()
    local _, cluster = play(JOBS)
    local function refusal(...)
      return tostring(select(2, pcall(pictures.timeline, cluster, ...)))
    end
    assert.matches("there is no timeline of node/node%-1; there are: Job/pi", refusal "node/node-1")
    assert.matches('a workload expected, as in "deploy/web"', refusal(5))
    assert.matches("from: 1h is not between the beginning and now", refusal("job/pi",
      { from = "1h" }))
  end)
end)

local LOOK = [[
  const all = (selector) => [...document.querySelectorAll(selector)];
  const light = (css) => css.match(/\d+/g).slice(0, 3)
    .map((c) => { c /= 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; })
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const style = getComputedStyle(document.body);
  const marks = all("a.mark");
  if (marks[0]) marks[0].focus();
  return {
    titles: all("h2").map((h) => h.textContent),
    charts: all("section > svg").map((svg) => svg.getBoundingClientRect().width),
    bars: all("rect.bar title").map((t) => t.textContent),
    rows: all("#events + table tbody tr").length,
    dangling: marks.filter((a) => !document.querySelector(a.getAttribute("href"))).length,
    focused: document.activeElement === marks[0],
    named: all("svg[role=img]").every((svg) => svg.getAttribute("aria-label").length > 5),
    overflow: document.documentElement.scrollWidth - innerWidth,
    contrast: contrast(light(style.color), light(style.backgroundColor)),
    background: light(style.backgroundColor),
    remote: all("[src], link").length + performance.getEntriesByType("resource").length,
  };
]]

describe("a report", function()
  it("is one file that refers to nothing outside of it", function()
    local page = html.page(select(2, play(ROLLOUT)), { title = "a < b" })
    assert.matches("<title>a &lt; b</title>", page)
    assert.is_nil(page:find "https?://")
    assert.is_nil(page:find "<script")
  end)

  it("is the same for the same run", function()
    local one, other = play(JOBS), play(JOBS)
    assert.same(#one.events, #other.events)
    assert.equal(html.page(select(2, play(JOBS))), html.page(select(2, play(JOBS))))
  end)

  it("shows in a browser what happened", function()
    if not browser.program then return pending "there is no browser" end
    local told, cluster = play(JOBS)
    local seen = browser.look(html.page(cluster), {}, LOOK)
    assert.same({ "Job/pi", "Nodes", "Events" }, { table.unpack(require("wl.value").table(
      seen.titles)) })
    assert.equal(#told.events, seen.rows)
    assert.equal(#told.jobs[1].pods, #seen.bars)
    for i, pod in ipairs(told.jobs[1].pods) do
      assert.matches("^" .. pod.label:gsub("%-", "%%-") .. ": .*, Succeeded$", seen.bars[i])
    end
    assert.same({ 0, 0, true, true }, { seen.dangling, seen.remote, seen.named, seen.focused })
  end)

  it("is legible in light, dark and on a narrow screen", function()
    if not browser.program then return pending "there is no browser" end
    local page = html.page(select(2, play(ROLLOUT)))
    local light = browser.look(page, {}, LOOK)
    local dark = browser.look(page, { dark = true, width = 500 }, LOOK)
    assert.is_true(light.background > 0.8 and dark.background < 0.1)
    for _, seen in ipairs { light, dark } do
      assert.is_true(seen.contrast > 7, tostring(seen.contrast))
      assert.is_true(seen.overflow <= 0, tostring(seen.overflow))
      for _, width in ipairs(seen.charts) do assert.is_true(width > 300) end
    end
  end)

  it("is written by the command line, also when the run fails", function()
    local run = process.run({ "--report", "out.html", "run.lua" }, { ["run.lua"] =
      JOBS .. 'expect(1, "one").is(2)' }, { keep = { "out.html" } })
    assert.equal(1, run.status)
    local page = run.files["out.html"]
    assert.matches("run%.lua:5: one: expected to be 2, got 1", page)
    assert.matches("Job/pi", page)
    run = process.run({ "--report", "no/such/dir.html", "run.lua" }, { ["run.lua"] = "" })
    assert.same({ 2, "wlrun: --report: no/such/dir.html: No such file or directory\n" },
      { run.status, run.err })
  end)
end)
