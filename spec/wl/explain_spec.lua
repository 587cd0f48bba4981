-- SPDX-License-Identifier: MIT
local explain = require "wl.explain"
local registry = require "wl.registry"

local known = registry.new()

describe("explain", function()
  it("tells a kind", function()
    local text = assert(explain.text(known, "deploy"))
    assert.matches("^GROUP:      apps\nKIND:       Deployment\nVERSION:    v1\n", text)
    assert.matches("\n  spec\t<DeploymentSpec>\n", text)
    assert.matches("^KIND:       Pod\n", (explain.text(known, "pods")))
  end)

  it("tells types, what is required, defaults, bounds and allowed values", function()
    local text = assert(explain.text(known, "deploy.spec"))
    assert.matches("\n  selector\t<LabelSelector> %-required%-\n", text)
    assert.matches("\n  progressDeadlineSeconds\t<integer>\n    default: 600\n", text)
    text = assert(explain.text(known, "deploy.spec.strategy.type"))
    assert.matches("\nFIELD: type <string>\n", text)
    assert.matches("\n  enum: Recreate, RollingUpdate; default: RollingUpdate\n", text)
    assert.matches("\n  containerPort\t<integer> %-required%-\n",
      (explain.text(known, "pod.spec.containers[0].ports")))
  end)

  it("tells what is below", function()
    local text = assert(explain.text(known, "cronjob.spec", { recursive = true }))
    assert.matches("\n  jobTemplate\t<JobTemplateSpec>[^\n]*\n    metadata\t<ObjectMeta>\n", text)
    assert.matches("\n          containers\t<%[%]Container> %-required%-\n", text)
  end)

  it("has sentences about fields that there are", function()
    local schema, shapes = require "wl.schema", {}
    local function visit(t)
      t = schema.resolve(t)
      while t.kind == "list" or t.kind == "map" do t = schema.resolve(t.item) end
      if not t.fields or shapes[t.shape] then return end
      shapes[t.shape] = true
      if t.shape.name then shapes[t.shape.name] = t end
      for _, name in ipairs(t.names) do visit(t.fields[name]) end
    end
    local kinds = {}
    for _, kind in ipairs(known:all()) do
      kinds[kind.name] = true
      visit(kind.schema)
    end
    for type, sentences in pairs(require("wl.explain.docs").all()) do
      for field in pairs(sentences) do
        local is_there = field == "" and kinds[type]
          or shapes[type] and shapes[type].fields[field] ~= nil
        assert.is_true(is_there, type .. "." .. field)
      end
    end
    assert.matches("\n  strategy\t<DeploymentStrategy>\n    How old pods are replaced",
      (explain.text(known, "deploy.spec")))
  end)

  it("ends where a type contains itself", function()
    for _, kind in ipairs(known:all()) do
      assert.is_string(explain.text(known, kind.plural, { recursive = true }))
    end
  end)

  it("refuses what is not there", function()
    local text, message, code = explain.text(known, "deploy.spec.strateg")
    assert.same({ nil, 'Deployment: field "spec.strateg" does not exist; did you mean "strategy"?',
      "NotFound" }, { text, message, code })
    assert.is_nil(explain.text(known, ""))
  end)

  it("completes", function()
    assert.same({ "deployments" }, explain.completions(known, "dep"))
    assert.same({ "deploy.spec.selector", "deploy.spec.strategy" },
      explain.completions(known, "deploy.spec.s"))
    assert.same({}, explain.completions(known, "nothing.spec."))
  end)
end)
