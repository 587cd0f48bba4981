-- SPDX-License-Identifier: MIT
-- Real manifests: read, applied, and run until they are what they are to become.
local Cluster = require "wl.cluster"
local apply = require "wl.apply"
local final_state = require "spec.support.final_state"
local manifest = require "wl.manifest"
local process = require "spec.support.process"
local shared = require "spec.support.shared"

-- What a manifest takes for granted. Without it no cluster makes its pods ready.
local TAKEN_FOR_GRANTED = {
  ["newrelic-daemonset"] = { secret = { "newrelic-config", { config = "eA==" } } },
  ["vllm-deployment"] = { secret = { "hf-secret", { hf_token = "eA==" } },
    node = { extended = { ["nvidia.com/gpu"] = 1 } } },
}

-- Printed with a mistake, which is told: see the specs of bad input.
local NOT_VALID = { ["article/job-as-printed"] = true }

local LONG_ENOUGH = "20m"

-- Each manifest by name, and those that belong together by what their names begin with.
local function manifests()
  local names, families, directory = {}, {}, shared.directory() .. "/manifests"
  local pipe = io.popen(("find '%s' -name '*.yaml' 2>/dev/null | sort"):format(directory))
  for path in pipe:lines() do
    local name = path:sub(#directory + 2, -6)
    if not NOT_VALID[name] then
      local family = name:match "^[^-/]+"
      names[#names + 1] = name
      families[family] = families[family] or {}
      table.insert(families[family], name)
    end
  end
  pipe:close()
  return names, families
end

local NAMES, FAMILIES = manifests()

-- A cluster that has what the manifests take for granted.
local function cluster_for(names)
  local node, secrets = nil, {}
  for _, name in ipairs(names) do
    local needs = TAKEN_FOR_GRANTED[name] or {}
    node = needs.node or node
    secrets[#secrets + 1] = needs.secret
  end
  local cluster = Cluster.new { nodes = 3, node = node }
  for _, secret in ipairs(secrets) do
    assert(cluster:create { apiVersion = "v1", kind = "Secret", metadata = { name = secret[1] },
      data = secret[2] })
  end
  return cluster
end

local function documents_of(name)
  local path = "manifests/" .. name .. ".yaml"
  return assert(manifest.parse(shared.text(path), path))
end

local function apply_all(cluster, names)
  local all = {}
  for _, name in ipairs(names) do
    local documents = documents_of(name)
    local objects, done = apply.documents(cluster.server, documents)
    assert(objects, tostring(done))
    for i, outcome in ipairs(done) do assert.equal("created", outcome, documents[i].line) end
    table.move(objects, 1, #objects, #all + 1, all)
  end
  return all
end

describe("a real manifest", function()
  for _, name in ipairs(NAMES) do
    it("is created once, and unchanged then: " .. name, function()
      local cluster = cluster_for { name }
      apply_all(cluster, { name })
      local _, done = assert(apply.documents(cluster.server, documents_of(name)))
      for _, outcome in ipairs(done) do assert.equal("unchanged", outcome) end
    end)

    it("becomes what Kubernetes makes of it: " .. name, function()
      local cluster = cluster_for { name }
      local objects = apply_all(cluster, { name })
      cluster:run(LONG_ENOUGH)
      for _, object in ipairs(objects) do final_state.check(cluster, object) end
    end)
  end
end)

describe("manifests that belong together", function()
  for family, names in pairs(FAMILIES) do
    if #names > 1 then
      it("become what Kubernetes makes of them: " .. family, function()
        local cluster = cluster_for(names)
        local objects = apply_all(cluster, names)
        cluster:run(LONG_ENOUGH)
        for _, object in ipairs(objects) do final_state.check(cluster, object) end
      end)
    end
  end
end)

describe("a real manifest whose cluster lacks something", function()
  local function output_of(name)
    local run = process.run({ "in.yaml" }, { ["in.yaml"] =
      shared.text("manifests/" .. name .. ".yaml") })
    assert.equal(1, run.status)
    return run.out .. run.err
  end

  if #NAMES > 0 then
    it("does not become available, and says what is missing: a Secret", function()
      assert.matches('secret "newrelic%-config" not found', output_of "newrelic-daemonset")
    end)

    it("does not become available, and says what is missing: a GPU", function()
      assert.matches("3 Insufficient nvidia.com/gpu", output_of "vllm-deployment")
    end)
  end
end)

describe("a real manifest on the command line", function()
  for _, name in ipairs { "guestbook", "online-boutique", "nginx-deployment" } do
    local text = shared.text("manifests/" .. name .. ".yaml")
    if text then
      it("becomes available: " .. name, function()
        local run = process.run({ "in.yaml" }, { ["in.yaml"] = text })
        assert.equal(0, run.status, run.err .. run.out)
        local deployments = 0
        for ready, wanted in run.out:gmatch "\ndeployment.apps/%S+ +(%d+)/(%d+) " do
          assert.equal(wanted, ready)
          deployments = deployments + 1
        end
        assert.is_true(deployments > 0)
        assert.is_nil(run.out:find("did not become", 1, true))
      end)
    end
  end
end)
