-- SPDX-License-Identifier: MIT
local Cluster = require "wl.cluster"
local apply = require "wl.apply"
local json = require "wl.json"
local manifest = require "wl.manifest"
local manifests = require "spec.support.manifests"

local server

local function documents(text) return assert(manifest.parse(text, "in.yaml")) end

-- The objects, and what was done; or raises.
local function applied(text, options)
  local objects, done = apply.documents(server, documents(text), options)
  if not objects then error(done, 0) end
  return objects[1], table.concat(done, " ")
end

local function refused(text, options)
  local objects, wrong = apply.documents(server, documents(text), options)
  assert.is_nil(objects)
  return wrong
end

local web = manifests.web

before_each(function() server = Cluster.new({}).server end)

describe("apply", function()
  it("creates, configures, or leaves unchanged", function()
    local made, done = applied(web())
    assert.equal("created", done)
    local again
    again, done = applied(web())
    assert.same({ "unchanged", made.metadata.resourceVersion },
      { done, again.metadata.resourceVersion })
    again, done = applied(web { ["replicas: 2"] = "replicas: 4" })
    assert.same({ "configured", 4, 2 }, { done, again.spec.replicas, again.metadata.generation })
  end)

  it("keeps the manifest in an annotation", function()
    local made = applied(web())
    local text = made.metadata.annotations[apply.LAST_APPLIED]
    assert.equal("\n", text:sub(-1))
    local last = json.parse(text)
    assert.same({ "Deployment", 2, nil }, { last.kind, last.spec.replicas, last.spec.strategy })
    assert.is_nil(last.metadata.annotations)
    assert.matches('^{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"}', text)
  end)

  it("leaves alone what others have set", function()
    local made = applied(web())
    assert(server:change(made, function(draft)
      draft.metadata.labels = { theirs = "1" }
      draft.spec.revisionHistoryLimit = 3
    end))
    local again, done = applied(web {
      ["name: web\nspec"] = "name: web\n  labels: {ours: '2'}\nspec" })
    assert.equal("configured", done)
    assert.same({ "1", "2", 3 }, { again.metadata.labels.theirs, again.metadata.labels.ours,
      again.spec.revisionHistoryLimit })
  end)

  it("takes away what an earlier manifest said and this one does not", function()
    applied(web { ["name: web\nspec"] = "name: web\n  labels: {a: '1', b: '2'}\nspec" })
    local again = applied(web { ["name: web\nspec"] = "name: web\n  labels: {b: '2'}\nspec" })
    assert.same({ nil, "2" }, { again.metadata.labels.a, again.metadata.labels.b })
    again = applied(web())
    assert.is_nil(again.metadata.labels)
  end)

  it("merges lists by their keys", function()
    local made = applied(web())
    assert(server:change(made, function(draft)
      local list = draft.spec.template.spec.containers
      list[#list + 1] = { name = "sidecar", image = "proxy" }
    end))
    local again = applied(web { ["nginx:1.14"] = "nginx:1.16" })
    local list = again.spec.template.spec.containers
    assert.same({ 2, "nginx:1.16", "proxy" }, { #list, list[1].image, list[2].image })
  end)

  it("goes back to what it says when somebody has changed it", function()
    local made = applied(web())
    assert(server:change(made, function(draft) draft.spec.replicas = 9 end))
    local again, done = applied(web())
    assert.same({ 2, "configured" }, { again.spec.replicas, done })
  end)

  it("changes objects that were not applied before", function()
    assert(server:create { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "a" },
      data = { theirs = "1" } })
    local made, done = applied(manifests.config "a" .. "data: {ours: '2'}\n")
    assert.same({ "configured", "1", "2" }, { done, made.data.theirs, made.data.ours })
  end)
end)

describe("a manifest of several documents", function()
  it("is applied whole or not at all", function()
    local before = server.store:revision()
    local wrong = refused(manifests.config "a" .. "---\n"
      .. web { ["replicas: 2"] = "replicas: -2" } .. "---\n" .. manifests.config "B")
    assert.equal("Invalid", wrong.code)
    assert.same({ 2, "spec.replicas", "metadata.name" },
      { #wrong.causes, wrong.causes[1].field, wrong.causes[2].field })
    assert.matches("^in.yaml:6: Deployment.apps \"web\" is invalid:\n  in.yaml:11:13: ",
      tostring(wrong))
    assert.matches("\nin.yaml:24: ConfigMap \"B\" is invalid:\n  in.yaml:27:9: ", tostring(wrong))
    assert.equal(before, server.store:revision())
  end)

  it("is taken back when a document is refused only once others are there", function()
    assert(server:create { apiVersion = "v1", kind = "ResourceQuota", metadata = { name = "few" },
      spec = { hard = { pods = "1" } } })
    applied(manifests.config "a")
    server.store:set_writer "kubectl"
    local function pod(name)
      return ("---\napiVersion: v1\nkind: Pod\nmetadata: {name: %s}\n"
        .. "spec: {containers: [{name: c, image: i}]}\n"):format(name)
    end
    local wrong = refused(manifests.config "a" .. "data: {more: '1'}\n" .. pod "one" .. pod "two")
    assert.equal("Forbidden", wrong.code)
    assert.matches('^in.yaml:12: pods "two" is forbidden: exceeded quota', tostring(wrong))
    assert.same({ 0, nil }, { #server:list "pods", server:get("ConfigMap", nil, "a").data })
  end)

  it("may bring the namespace that it needs", function()
    local space = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"
    local config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n"
    assert.equal('in.yaml:1: namespaces "shop" not found', tostring(refused(config)))
    local _, done = applied(space .. "---\n" .. config)
    assert.equal("created created", done)
  end)

  it("may name an object twice", function()
    local _, done = applied(manifests.config "a" .. "data: {one: '1'}\n---\n"
      .. manifests.config "a" .. "data: {two: '2'}\n---\n"
      .. manifests.config "a" .. "data: {two: '2'}\n")
    assert.equal("created configured unchanged", done)
    local now = server:get("ConfigMap", "default", "a")
    assert.same({ nil, "2" }, { now.data.one, now.data.two })
    local before = server.store:revision()
    refused(manifests.config "b" .. "---\n" .. manifests.config "b" .. "data: {y: 2}\n")
    assert.equal(before, server.store:revision())
  end)

  it("may be a List, whose items have their places", function()
    local wrong = refused("apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n"
      .. "  kind: ConfigMap\n  metadata: {name: a}\n- apiVersion: v1\n  kind: ConfigMap\n"
      .. "  metadata: {name: B}\n")
    assert.matches("\n  in.yaml:9:20: metadata.name: ", tostring(wrong))
  end)
end)

describe("what apply is told", function()
  it("keeps unknown fields where they are allowed", function()
    local text = manifests.config "a" .. "extra: 1\n"
    assert.matches('unknown field "extra"', tostring(refused(text)))
    assert.equal(1, applied(text, { allow_unknown = true }).extra)
  end)

  it("puts objects that name no namespace into one", function()
    assert(server:create { apiVersion = "v1", kind = "Namespace", metadata = { name = "shop" } })
    assert.equal("shop", applied(manifests.config "a", { namespace = "shop" }).metadata.namespace)
    assert.equal("default", applied(manifests.config "a").metadata.namespace)
  end)

  it("warns of old versions, with the place", function()
    local warned = {}
    applied(web { ["apps/v1"] = "extensions/v1beta1" },
      { warn = function(text) warned[#warned + 1] = text end })
    assert.same({ "in.yaml:1: warning: extensions/v1beta1 Deployment is no longer served since "
      .. "Kubernetes 1.16; write apiVersion: apps/v1" }, warned)
  end)
end)
