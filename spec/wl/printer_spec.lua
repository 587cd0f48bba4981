-- SPDX-License-Identifier: MIT
local fixtures = require "spec.support.fixtures"
local json = require "wl.json"
local printer = require "wl.printer"
local yaml = require "wl.yaml"

local function all(kind)
  return fixtures:list(kind, {})
end

local function get(objects, options)
  options.now = fixtures.now
  return printer.get(objects, options)
end

local function lines(...)
  return table.concat({ ... }, "\n") .. "\n"
end

describe("wl.printer", function()
  it("prints a table", function()
    assert.equal(lines(
      "NAME    READY   STATUS             RESTARTS       AGE",
      "web-1   1/2     CrashLoopBackOff   4 (119m ago)   3h",
      "pend    0/1     Pending            0              60m",
      "term    0/1     Evicted            0              60m"), get(all "Pod", {}))
  end)

  it("prints more in a wide one", function()
    assert.equal(lines(
      "NAME        DESIRED   CURRENT   READY   AGE    CONTAINERS   IMAGES       SELECTOR",
      "web-5d4f    2         2         2       120m   web          nginx:1.16   app=web,"
        .. "pod-template-hash=5d4f",
      "web-old     2         2         2       4h     web          nginx:1.14   app=web,"
        .. "pod-template-hash=old",
      "web-older   0         0         0       5h     web          nginx:1.13   app=web,"
        .. "pod-template-hash=older"), get(all "ReplicaSet", { output = "wide" }))
  end)

  it("adds namespace and labels", function()
    assert.equal(lines(
      "NAMESPACE   NAME   STATUS     COMPLETIONS   DURATION   AGE   A     C        LABELS",
      "default     pi     Complete   5/5           60m        4h    b     <none>   a=b",
      "default     run    Running    0/5           4h         4h    b     <none>   a=b"),
      get(all "Job", { all_namespaces = true, show_labels = true, label_columns = { "a", "b/c" } }))
  end)

  it("leaves the header out", function()
    assert.equal("db    2/3   4h\n", get(all "StatefulSet", { no_headers = true }))
  end)

  it("separates kinds, with the kind before each name", function()
    local objects = { fixtures.get("Deployment", "web"), fixtures.get("Service", "web") }
    assert.equal(lines(
      "NAME                  READY   UP-TO-DATE   AVAILABLE   AGE",
      "deployment.apps/web   3/3     2            3           4h",
      "",
      "NAME          TYPE       CLUSTER-IP   EXTERNAL-IP   PORT(S)                       AGE",
      "service/web   NodePort   10.96.0.10   <none>        80:30080/TCP,9090:30081/TCP   4h"),
      get(objects, {}))
  end)

  it("says that there is nothing", function()
    assert.equal("No resources found in default namespace.\n", get({}, { namespace = "default" }))
    assert.equal("No resources found\n", get({}, {}))
  end)

  it("uses the columns that a kind declares", function()
    local text = get(all "Widget", { columns_of = function(object)
      return object.kind == "Widget"
        and { { "NAME", ".metadata.name" }, { "FOO", ".spec.fooBar" }, { "NO", ".spec.no" } }
    end })
    assert.equal("NAME   FOO   NO\nw      1     <none>\n", text)
  end)

  it("prints names", function()
    assert.equal("deployment.apps/web\n", get(all "Deployment", { output = "name" }))
    assert.equal("pod/web-1\npod/pend\npod/term\n", get(all "Pod", { output = "name" }))
  end)

  for _, format in ipairs { "yaml", "json" } do
    local parse = format == "yaml" and yaml.parse or json.parse

    it("prints one object in " .. format, function()
      local object = fixtures.get("Pod", "web-1")
      local text = get({ object }, { output = format, single = true })
      assert.is_true(parse(text) == object)
      assert.equal("\n", text:sub(-1))
    end)

    it("prints a List in " .. format, function()
      local list = parse(get(all "Pod", { output = format }))
      assert.equal("List", list.kind)
      assert.equal("", list.metadata.resourceVersion)
      assert.equal(3, #list.items)
      assert.is_true(list.items[1] == fixtures.get("Pod", "web-1"))
    end)
  end

  it("fills a jsonpath template", function()
    assert.equal("web-1 pend term",
      get(all "Pod", { output = "jsonpath={.items[*].metadata.name}" }))
    assert.equal("Running", get({ fixtures.get("Pod", "web-1") },
      { output = "jsonpath={.status.phase}", single = true }))
  end)

  it("prints columns of one's own", function()
    assert.equal(lines("POD     NODE     IMAGES", "web-1   node-1   nginx:1.16,busybox",
      "pend    <none>   busybox", "term    <none>   busybox"),
      get(all "Pod", { output = "custom-columns=POD:.metadata.name,NODE:{.spec.nodeName},"
        .. "IMAGES:spec.containers[*].image" }))
  end)

  for _, case in ipairs {
    { "jsn", '^output "jsn" is not among .*did you mean "json"%?$' },
    { "jsonpath", "^%-o jsonpath wants an argument" },
    { "jsonpath=", "wants a template" },
    { "jsonpath={.a", "jsonpath: } expected" },
    { "custom-columns=NAME", 'custom%-columns: "NAME" is not TITLE:path' },
  } do
    it("refuses -o " .. case[1], function()
      local text, message, code = get(all "Pod", { output = case[1] })
      assert.is_nil(text)
      assert.match(case[2], message)
      assert.equal("BadRequest", code)
    end)
  end
end)
