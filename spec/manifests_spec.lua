-- SPDX-License-Identifier: MIT
-- Real manifests: read, applied, and run until nothing changes any more.
local Cluster = require "wl.cluster"
local apply = require "wl.apply"
local manifest = require "wl.manifest"
local process = require "spec.support.process"
local shared = require "spec.support.shared"

local NAMES = { "article/cronjob-demo", "article/job", "cassandra-service",
  "cassandra-statefulset", "etcd-pdb", "etcd-service", "etcd-statefulset", "fluentd-daemonset",
  "guestbook", "guestbook-go-controller", "hello-cronjob-v1beta1", "indexed-job",
  "newrelic-daemonset", "nginx-deployment", "online-boutique", "pi-job",
  "pod-failure-policy-job", "redis-replica-controller", "vllm-deployment", "zookeeper-service",
  "zookeeper-statefulset" }

describe("a real manifest is read and applied:", function()
  for _, name in ipairs(NAMES) do
    local path = "manifests/" .. name .. ".yaml"
    local text = shared.text(path)
    if text then
      it(name, function()
        local cluster = Cluster.new { nodes = 3 }
        local documents = assert(manifest.parse(text, path))
        local objects, done = apply.documents(cluster.server, documents)
        assert.is_truthy(objects, tostring(done))
        for i, outcome in ipairs(done) do assert.equal("created", outcome, documents[i].line) end
        _, done = assert(apply.documents(cluster.server, documents))
        for i, outcome in ipairs(done) do assert.equal("unchanged", outcome, documents[i].line) end
      end)
    end
  end
end)

describe("a real manifest becomes available:", function()
  for _, name in ipairs { "guestbook", "online-boutique", "nginx-deployment" } do
    local text = shared.text("manifests/" .. name .. ".yaml")
    if text then
      it(name, function()
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
