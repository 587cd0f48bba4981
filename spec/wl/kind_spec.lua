-- SPDX-License-Identifier: MIT
local admission = require "wl.admission"
local kind = require "wl.kind"
local registry = require "wl.registry"

local function backup(more)
  local fields = {
    api = "example.org/v1", short = { "bk" },
    spec = {
      schedule = kind.required(kind.str),
      keep = kind.int32 { default = 7, min = 1 },
    },
    status = { runs = kind.int },
  }
  for field, x in pairs(more or {}) do fields[field] = x end
  return kind "Backup" (fields)
end

describe("a declaration", function()
  for _, case in ipairs {
    { "an unknown field", { api = "v1", colums = {} },
      'kind "Backup": unknown field "colums"; did you mean "columns"?' },
    { "a field of the wrong type", { api = "v1", reconcile = "yes" },
      'kind "Backup": field "reconcile": expected a function, got a string' },
    { "a schema that is no type", { api = "v1", schema = {} },
      'kind "Backup": field "schema": expected a type, got a table' },
    { "no api", {}, 'kind "Backup": field "api" is missing' },
    { "two shapes", { api = "v1", schema = kind.object {}, spec = {} },
      'kind "Backup": give either "schema" or "spec" and "status"' },
    { "a column without a source", { api = "v1", columns = { { "NAME" } } },
      'kind "Backup": column "NAME": expected a path or a function' },
    { "a column without a title", { api = "v1", columns = { {} } },
      'kind "Backup": columns[1]: the title is missing' },
    { "a conversion that is none", { api = "v1", legacy = { ["v0"] = true } },
      'kind "Backup": legacy "v0": expected a function' },
  } do
    it("is refused for " .. case[1], function()
      local _, message = pcall(function() kind "Backup" (case[2]) end)
      assert.equal(case[3], (message:gsub("^[^:]*:%d+: ", "")))
    end)
  end

  it("is refused at its author's line", function()
    local chunk = load('return require "wl.kind" "Backup" {\n  apii = "v1",\n}', "=mine")
    local _, message = pcall(chunk)
    assert.matches('^mine:1: kind "Backup": unknown field "apii"', message)
  end)

  it("needs a name like a kind's", function()
    assert.has_error(function() return kind "backup" end,
      "kind: the name must be a word that begins with a capital letter")
  end)

  it("fills in what follows from the name", function()
    local k = backup()
    assert.equal("backups", k.plural)
    assert.equal("backup", k.singular)
    assert.equal("backups.example.org", k.resource)
    assert.equal("Backup.example.org", k.qualified)
    assert.is_true(k.namespaced)
  end)

  it("is held to its type when it brings no rules", function()
    local k = backup()
    local object = {
      apiVersion = "example.org/v1", kind = "Backup", spec = { keep = 0 },
      metadata = { name = "b", namespace = "default" },
    }
    local _, message, code = admission.create(k, object, "u-1")
    assert.equal("Invalid", code)
    assert.equal('Backup.example.org "b" is invalid: [spec.keep: Invalid value: 0: must be greater '
      .. "than or equal to 1, spec.schedule: Required value]", message)
    object.spec = { schedule = "@daily" }
    assert.equal(7, assert(admission.create(k, object, "u-1")).spec.keep)
  end)

  it("has its metadata kept from status updates, as a custom resource", function()
    local k = backup()
    local function object(labels, runs)
      return {
        apiVersion = "example.org/v1", kind = "Backup", spec = { schedule = "@daily" },
        metadata = { name = "b", namespace = "default", labels = labels, resourceVersion = "1" },
        status = { runs = runs },
      }
    end
    local old = assert(admission.read(k, object({ a = "1" }, 1)))
    local new = assert(admission.update_status(k, object({ a = "2" }, 2), old))
    assert.same({ a = "1" }, new.metadata.labels)
    assert.equal(2, new.status.runs)
  end)
end)

describe("the registry", function()
  local kinds = registry.new()

  for _, case in ipairs {
    { "deploy", "Deployment" }, { "deployments", "Deployment" }, { "Deployment", "Deployment" },
    { "deployment.apps", "Deployment" }, { "deployments.v1.apps", "Deployment" },
    { "po", "Pod" }, { "PODS", "Pod" }, { "svc", "Service" }, { "cj", "CronJob" },
    { "ing", "Ingress" }, { "ep", "Endpoints" }, { "pvc", "PersistentVolumeClaim" },
    { "sts", "StatefulSet" }, { "netpol", "NetworkPolicy" }, { "hpa", "HorizontalPodAutoscaler" },
  } do
    it("knows what " .. case[1] .. " means", function()
      assert.equal(case[2], assert(kinds:resolve(case[1])).name)
      assert.equal(case[2], assert(registry.new():resolve(case[1])).name)
    end)
  end

  for _, case in ipairs {
    { "batch/v1", "Jobs", 'kind "Jobs" in batch/v1: did you mean "Job"?' },
    { "batch/v1", "Deployment", 'kind "Deployment" in batch/v1: did you mean "Deployment" in '
      .. "apps/v1?" },
    { "apps/v2", "Deployment", 'kind "Deployment" in apps/v2: write apiVersion: apps/v1' },
    { "extensions/v1beta1", "Deploymnt", 'kind "Deploymnt" in extensions/v1beta1: did you mean '
      .. '"Deployment"?' },
    { "app/v1", "Thing", 'kind "Thing" in app/v1: did you mean apiVersion: apps/v1?' },
    { "nowhere.org/v7", "Thing", 'kind "Thing" in nowhere.org/v7: there is no such kind' },
  } do
    it(("says what is wrong with %s in %s"):format(case[2], case[1]), function()
      local found, message, code = kinds:find(case[1], case[2])
      assert.is_nil(found)
      assert.equal(case[3], message)
      assert.equal("NotFound", code)
    end)
  end

  for _, case in ipairs {
    { "no kind", "v1", nil,
      "kind is not set: every object says what it is, such as kind: Deployment" },
    { "a kind that is no text", "v1", 3,
      "kind is not set: every object says what it is, such as kind: Deployment" },
    { "no apiVersion", nil, "Deployment",
      "apiVersion is not set: a Deployment has apiVersion: apps/v1" },
    { "nothing known", "", "Thing", 'apiVersion is not set (kind "Thing")' },
  } do
    it("says what a manifest lacks that has " .. case[1], function()
      local found, message, code = kinds:find(case[2], case[3])
      assert.is_nil(found)
      assert.equal(case[4], message)
      assert.equal("BadRequest", code)
    end)
  end

  it("says which word was meant", function()
    local _, message = kinds:resolve("deployent")
    assert.equal('there is no kind "deployent"; did you mean "deployment"?', message)
  end)

  it("finds old versions by the same kind", function()
    assert.equal("Deployment", kinds:find("extensions/v1beta1", "Deployment").name)
  end)

  it("lists each kind once, in the order given", function()
    local names = {}
    for i, k in ipairs(assert(kinds:resolve_list("deploy,rs,deployments,pod"))) do
      names[i] = k.plural
    end
    assert.same({ "deployments", "replicasets", "pods" }, names)
  end)

  it("lists `all` as kubectl does, whatever was loaded first", function()
    local others = registry.new()
    others:find("batch/v1", "Job")
    local names = {}
    for i, k in ipairs(assert(others:resolve_list("all"))) do names[i] = k.plural end
    assert.same({ "pods", "replicationcontrollers", "services", "daemonsets", "deployments",
      "replicasets", "statefulsets", "horizontalpodautoscalers", "cronjobs", "jobs" }, names)
  end)

  it("is the owner's own", function()
    local mine = registry.new()
    mine:add(backup())
    assert.equal("Backup", mine:resolve("bk").name)
    assert.is_nil((kinds:resolve("bk")))
  end)

  it("can be empty", function()
    assert.same({}, registry.new({}):all())
  end)

  it("puts a kind in the place of one of the same name", function()
    local mine = registry.new()
    local own = kind "Deployment" { api = "apps/v1", schema = kind.object {}, short = { "dp" } }
    mine:find("apps/v1", "Deployment")
    mine:add(own)
    assert.equal(own, mine:find("apps/v1", "Deployment"))
    assert.equal(own, mine:resolve("deployments"))
    local count = 0
    for _, k in ipairs(mine:all()) do count = count + (k.name == "Deployment" and 1 or 0) end
    assert.equal(1, count)
  end)

  it("keeps a kind that came before the shipped one was loaded", function()
    local mine = registry.new()
    local own = kind "Deployment" { api = "apps/v1", schema = kind.object {} }
    mine:add(own)
    mine:all()
    assert.equal(own, mine:find("apps/v1", "Deployment"))
    assert.equal(own, mine:resolve("deployment"))
  end)
end)

describe("each kind that ships", function()
  for _, k in ipairs(registry.new():all()) do
    it(k.name .. " has a type with apiVersion, kind and metadata", function()
      assert.is_truthy(k.schema.fields.apiVersion and k.schema.fields.kind)
      assert.equal("ObjectMeta", k.schema.fields.metadata.shape.name)
    end)
  end
end)
