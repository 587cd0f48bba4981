-- SPDX-License-Identifier: MIT
--- History policies: which Jobs of a CronJob, and which old ReplicaSets, stay.
local Cluster = require "wl.cluster"
local conditions = require "wl.conditions"
local history = require "wl.history"
local scenario = require "wl.scenario"

local function template(labels)
  return { metadata = { labels = labels }, spec = { restartPolicy = labels.app and "Always"
    or "Never", containers = { { name = "x", image = "x:1" } } } }
end

local function cron_job(given)
  return { apiVersion = "batch/v1", kind = "CronJob", metadata = { name = "c",
    namespace = "default" }, spec = { schedule = "* * * * *", history = given,
    jobTemplate = { spec = { backoffLimit = 0, template = template { run = "c" } } } } }
end

local function deployment(given)
  return { apiVersion = "apps/v1", kind = "Deployment", metadata = { name = "web",
    namespace = "default" }, spec = { replicas = 1, history = given,
    selector = { matchLabels = { app = "web" } }, template = template { app = "web" } } }
end

-- A cluster with an object, and history policies by name.
local function cluster_with(object, policies)
  local cluster = Cluster.new { nodes = 1 }
  for name, p in pairs(policies or {}) do cluster:add_policy("history", name, p) end
  assert(cluster:create(object))
  cluster:run "1s"
  return cluster
end

-- A run each minute, the second and fifth of which fail; what is left of eight, the oldest first.
local function left(given, policies, minutes)
  local cluster = cluster_with(cron_job(given), policies)
  for minute = 1, minutes or 8 do
    scenario.handle(cluster):behave("run=c", { after = "5s", exit = minute % 3 == 0 and 1 or 0 })
    cluster:run "60s"
  end
  cluster:run "30s"
  local words = {}
  for _, job in ipairs(cluster:list "Job") do
    words[#words + 1] = conditions.find(job.status.conditions, "Failed") and "f" or "s"
  end
  return table.concat(words, " "), cluster
end

local function condition_of(cluster, kind, name)
  local status = cluster:get(kind, nil, name).status
  return conditions.find(status.conditions, "PolicyFailed")
end

local function told(cluster, reason)
  return cluster.events:list(function(event) return event.reason == reason end)
end

-- Rolls out the images x:2 .. x:<last>; the revisions of the old ReplicaSets.
local function roll(cluster, last)
  for n = 2, last do
    assert(cluster:update(cluster:get("Deployment", nil, "web"), function(draft)
      draft.spec.template.spec.containers[1].image = "x:" .. n
    end))
    cluster:run "2m"
  end
  local found = {}
  for _, set in ipairs(cluster:list "ReplicaSet") do
    if set.spec.replicas == 0 then
      found[#found + 1] = set.metadata.annotations["deployment.kubernetes.io/revision"]
    end
  end
  table.sort(found)
  return table.concat(found, " ")
end

describe("a history policy of a CronJob", function()
  it("is asked instead of the limits", function()
    assert.equal("f s s s", (left(nil))) -- the limits: 1 and 3
    assert.equal("f f s s", (left { type = "KeepFailed", keepFailed = { newest = 2 } }))
    assert.equal("f s", (left { type = "KeepFailed", keepFailed = { newest = 1, failed = 1 } }))
  end)

  it("may be a user's own: a number of the newest, or places", function()
    local function keeping(keep) return { Mine = history "Mine" { keep = keep } } end
    assert.equal("s s s", (left({ type = "Mine" }, keeping(function() return 3 end))))
    assert.equal("s", (left({ type = "Mine" }, keeping(function(view)
      return { #view.items }
    end))))
    assert.equal("", (left({ type = "Mine" }, keeping(function() return {} end))))
  end)

  it("that fails deletes nothing, is told once, and stops no run", function()
    local broken = { Mine = history "Mine" { keep = function() error "no idea" end } }
    local words, cluster = left({ type = "Mine" }, broken)
    assert.equal("s f s s f s s s", words)
    assert.equal("PolicyError", condition_of(cluster, "CronJob", "c").reason)
    assert.matches("history_spec.lua:%d+: no idea", condition_of(cluster, "CronJob", "c").message)
    assert.equal(1, #told(cluster, "PolicyError"))
    assert.equal(1, told(cluster, "PolicyError")[1].count or 1)
    cluster:add_policy("history", "Mine", history "Mine" { keep = function() return 2 end })
    cluster:run "20s"
    assert.is_nil(condition_of(cluster, "CronJob", "c"))
    assert.equal(2, #cluster:list "Job")
  end)

  it("that is not named any more does not fail any more", function()
    local broken = { Mine = history "Mine" { keep = function() return { 99 } end } }
    local _, cluster = left({ type = "Mine" }, broken, 2)
    assert.matches("expected places in view.items, which has 1, got 99",
      told(cluster, "PolicyInvalid")[1].message)
    assert(cluster:update(cluster:get("CronJob", nil, "c"), function(draft)
      draft.spec.history = nil
    end))
    cluster:run "1s"
    assert.is_nil(condition_of(cluster, "CronJob", "c"))
  end)

  it("is checked at admission", function()
    local server = Cluster.new({ nodes = 1 }).server
    local function refused(given)
      local made, message = server:create(cron_job(given))
      assert.is_nil(made)
      return message
    end
    assert.matches('spec.history.type: Unsupported value: "KeepFaild".*"KeepFailed"',
      refused { type = "KeepFaild" })
    assert.matches("spec.history.keepFailed.newest", refused { type = "KeepFailed",
      keepFailed = { newest = -1 } })
  end)
end)

describe("a history policy of a Deployment", function()
  it("says which old ReplicaSets stay", function()
    assert.equal("1 2 3", roll(cluster_with(deployment()), 4))
    assert.equal("2 3", roll(cluster_with(deployment { type = "KeepFailed",
      keepFailed = { newest = 2 } }), 4))
    local odd = history "Odd" { keep = function(view)
      local stay = {}
      for place, item in ipairs(view.items) do
        if item.revision % 2 == 1 then stay[#stay + 1] = place end
      end
      return stay
    end }
    assert.equal("1 3", roll(cluster_with(deployment { type = "Odd" }, { Odd = odd }), 5))
  end)

  it("that fails deletes nothing, and the rollout goes on", function()
    local broken = history "Broken" { keep = function() return "all" end }
    local cluster = cluster_with(deployment { type = "Broken" }, { Broken = broken })
    assert.equal("1 2 3", roll(cluster, 4))
    assert.equal("PolicyInvalid", condition_of(cluster, "Deployment", "web").reason)
    assert.equal(1, #told(cluster, "PolicyInvalid"))
    assert.equal(1, told(cluster, "PolicyInvalid")[1].count or 1)
    assert.equal(1, cluster:get("Deployment", nil, "web").status.updatedReplicas)
  end)
end)
