-- SPDX-License-Identifier: MIT
-- The scenario language: what is printed.
local manifests = require "spec.support.manifests"
local scenario = require "wl.scenario"
local support = require "spec.support.words"

local printed, refusal, settled = support.printed, support.refusal, support.settled

describe("show, describe, events and watch", function()
  it("show as kubectl get", function()
    local words = settled()
    assert.matches("^NAME   READY   UP%-TO%-DATE   AVAILABLE   AGE\n"
      .. "web    2/2     2            2  ", printed(words.show, "deploy"))
    assert.matches("\nreplicaset.apps/web%-%w+   2         2         2 ",
      printed(words.show, "deploy,rs"))
    assert.matches("\npod/web%-", printed(words.show))
    assert.equal("deployment.apps/web\n", printed(words.show, "deploy/web", { output = "name" }))
    assert.equal("No resources found in default namespace.\n", printed(words.show, "jobs"))
    assert.equal("No resources found\n", printed(words.show, "jobs", { all_namespaces = true }))
    assert.equal("No resources found\n", printed(words.show, "pv"))
    assert.matches("\ndeployment.apps/web ", printed(words.show, "jobs,deploy"))
    assert.matches('did you mean "json"?',
      refusal(words.show, "deploy", { output = "jsno" }).message)
  end)

  it("sort by a field, as kubectl does", function()
    local words = settled()
    for _, name in ipairs { "web-10", "web-9", "a" } do
      words.ConfigMap(name) { data = { size = name == "a" and "1Gi" or name:match "%d+" .. "Mi" } }
    end
    local function order(path)
      local text = printed(words.show, "cm", { sort_by = path, output = "name",
        field = "metadata.name!=kube-root-ca.crt" })
      return (text:gsub("configmap/", ""):gsub("\n", " "))
    end
    assert.equal("a web-9 web-10 ", order ".metadata.name")
    assert.equal("web-9 web-10 a ", order "{.data.size}")
    assert.matches("no object has a field .spec.x", refusal(order, ".spec.x").message)
  end)

  it("show events, oldest first", function()
    local words = settled()
    assert.matches("^LAST SEEN +TYPE +REASON +OBJECT +MESSAGE\n", printed(words.show, "events"))
    assert.matches("deployment%-controller", printed(words.show, "events", { output = "wide" }))
  end)

  it("have no column of namespaces for what has none", function()
    local words = settled()
    assert.matches("^NAME ", printed(words.show, "nodes", { all_namespaces = true }))
    assert.matches("^NAMESPACE ", printed(words.show, "pods", { all_namespaces = true }))
  end)

  it("print keys in one order", function()
    local words = settled()
    local text = printed(words.show, "deploy/web", { output = "yaml" })
    local last = ""
    for key in ("\n" .. text):gmatch "\n(%a+):" do
      assert.is_true(key > last, last .. " before " .. key)
      last = key
    end
    assert.matches("^apiVersion: apps/v1\nkind: Deployment\nmetadata:\n", text)
  end)

  it("tell namespaces apart where there are several", function()
    local words = settled()
    words.Namespace "shop" {}
    words.apply(manifests.web(), { namespace = "shop" })
    assert.matches("^NAMESPACE   NAME   READY", printed(words.show, "deploy"))
    assert.matches("^NAME   READY", printed(words.show, "deploy", { namespace = "shop" }))
    words.wait("deploy/web", "ready", { namespace = "shop" })
    assert.equal("shop", words.get("deploy/web", { namespace = "shop" }).metadata.namespace)
  end)

  it("describe one or all", function()
    local words = settled()
    assert.matches("^Name: +web\n", printed(words.describe, "deploy/web"))
    assert.equal("No resources found in default namespace.\n", printed(words.describe, "jobs"))
    local _, nodes = printed(words.describe, "nodes"):gsub("Name: +node%-", "")
    assert.equal(3, nodes)
  end)

  it("tell events", function()
    local words = settled()
    assert.matches("^LAST SEEN +TYPE +REASON +OBJECT +MESSAGE\n1s +Normal +ScalingReplicaSet +"
      .. "deployment/web +Scaled up replica set web%-%w+ from 0 to 2\n$",
      printed(words.events, "deploy/web"))
    assert.equal("No events found.\n", printed(words.events, "deploy/x"))
  end)

  it("watch with a header a kind, and no row twice", function()
    local words = scenario.new():environment()
    local text = printed(function()
      local watch = words.watch "deploy,rs"
      words.apply(manifests.web())
      words.wait "deploy/web"
      watch.stop()
      words.scale("deploy/web", 9)
    end)
    local _, headers = text:gsub("TIME   NAME", "")
    assert.equal(2, headers)
    local seen = {}
    for line in text:gmatch "[^\n]+" do
      local row = line:match "^ +%d+s +(.-)%S+$"
      assert.is_nil(row and seen[row], line)
      if row then seen[row] = true end
    end
    assert.is_nil(text:find("/9", 1, true))
  end)

  it("watch what is wanted", function()
    local words = scenario.new():environment()
    local text = printed(function()
      words.watch("cm", "a=1")
      words.watch "cm/named"
      words.ConfigMap "x" { labels = { a = "1" } }
      words.ConfigMap "y" { labels = { a = "2" } }
      words.ConfigMap "named" {}
      words.delete "cm/named"
    end)
    assert.equal("  TIME   NAME   DATA   AGE\n    0s   x      0      0s\n"
      .. "  TIME   NAME   DATA   AGE\n    0s   named   0      0s\n"
      .. "    0s   named   0      0s   (deleted)\n", text)
  end)
end)
