-- SPDX-License-Identifier: MIT
local describe_objects = require "wl.describe"
local file = require "wl.file"
local fixtures = require "spec.support.fixtures"
local generic = require "wl.describe.generic"
local value = require "wl.value"

local SEEN = { Event = true, Lease = true, EndpointSlice = true }

describe("wl.describe", function()
  for _, object in ipairs(fixtures.objects) do
    local path = ("spec/fixtures/describe/%s_%s.txt"):format(object.kind:lower(),
      object.metadata.name)
    local wanted = file.read(path)
    if not SEEN[object.kind] and wanted then
      it(("prints %s %s as kubectl does"):format(object.kind, object.metadata.name), function()
        assert.equal(wanted, describe_objects.text(object, fixtures))
        assert.equal(wanted, describe_objects.text(value.table(object), fixtures))
      end)
    end
  end

  it("prints quotas, limits and the namespace that has them", function()
    local quota = { apiVersion = "v1", kind = "ResourceQuota",
      metadata = { name = "q", namespace = "shop" }, spec = { scopes = { "Terminating" } },
      status = { hard = { pods = "10", cpu = "2" }, used = { cpu = "500m" } } }
    local range = { apiVersion = "v1", kind = "LimitRange",
      metadata = { name = "l", namespace = "shop" },
      spec = { limits = {
        { type = "Container", max = { cpu = "1" }, default = { cpu = "500m" } } } } }
    local ctx = { now = 0, list = function(_, kind)
      return kind == "ResourceQuota" and { quota } or kind == "LimitRange" and { range } or {}
    end }
    assert.equal([[
Name:       q
Namespace:  shop
Scopes:     Terminating
Resource    Used  Hard
--------    ----  ----
cpu         500m  2
pods        0     10
]], describe_objects.text(quota, ctx))
    assert.equal([[
Name:       l
Namespace:  shop
Type        Resource  Min  Max  Default Request  Default Limit  Max Limit/Request Ratio
----        --------  ---  ---  ---------------  -------------  -----------------------
Container   cpu       -    1    -                500m           -
]], describe_objects.text(range, ctx))
    local namespace = { apiVersion = "v1", kind = "Namespace", metadata = { name = "shop" },
      status = { phase = "Active" } }
    assert.equal([[
Name:         shop
Labels:       <none>
Annotations:  <none>
Status:       Active

Resource Quotas
  Name:     q
  Scopes:   Terminating
  Resource  Used  Hard
  --------  ---   ---
  cpu       500m  2
  pods      0     10

Resource Limits
 Type       Resource  Min  Max  Default Request  Default Limit  Max Limit/Request Ratio
 ----       --------  ---  ---  ---------------  -------------  -----------------------
 Container  cpu       -    1    -                500m           -
]], describe_objects.text(namespace, ctx))
  end)

  it("prints the addresses behind a Service", function()
    local ctx = { now = 0, list = function() return {} end }
    local slice = { apiVersion = "discovery.k8s.io/v1", kind = "EndpointSlice",
      metadata = { name = "web-x", namespace = "default" }, addressType = "IPv4",
      ports = { { port = 80, protocol = "TCP" } },
      endpoints = { { addresses = { "10.0.0.1" }, conditions = { ready = true },
        targetRef = { kind = "Pod", name = "web-1" }, nodeName = "node-1" } } }
    assert.equal([[
Name:         web-x
Namespace:    default
Labels:       <none>
Annotations:  <none>
AddressType:  IPv4
Ports:
  Name     Port  Protocol
  ----     ----  --------
  <unset>  80    TCP
Endpoints:
  - Addresses:  10.0.0.1
    Conditions:
      Ready:    true
    Hostname:   <unset>
    TargetRef:  Pod/web-1
    NodeName:   node-1
    Zone:       <unset>
Events:         <none>
]], describe_objects.text(slice, ctx))
    local endpoints = { apiVersion = "v1", kind = "Endpoints",
      metadata = { name = "web", namespace = "default" }, subsets = { {
        addresses = { { ip = "10.0.0.1" }, { ip = "10.0.0.2" } }, ports = { { port = 80 } } } } }
    assert.matches("\nSubsets:\n  Addresses:          10.0.0.1,10.0.0.2\n"
      .. "  NotReadyAddresses:  <none>\n  Ports:\n    Name     Port  Protocol\n",
      describe_objects.text(endpoints, ctx))
  end)

  it("separates several objects by two empty lines", function()
    local objects = { fixtures.get("Job", "pi"), fixtures.get("Job", "run") }
    local text = describe_objects.all(objects, fixtures)
    assert.match("\n\n\nName: +run\n", text)
  end)

  it("asks the kind first", function()
    local text = describe_objects.text(fixtures.get("Job", "pi"), fixtures, function(object, ctx)
      return object.metadata.name .. " at " .. ctx.now
    end)
    assert.equal("pi at 1795471756", text)
  end)

  it("shows the pods of a Service where there are no slices", function()
    local ctx = { now = 0 }
    local pod = { metadata = { name = "p", labels = { app = "web" } },
      spec = { containers = {
        { name = "c", ports = { { name = "http", containerPort = 8080 } } },
      } },
      status = { podIP = "10.1.0.9", conditions = { { type = "Ready", status = "True" } } } }
    function ctx.list(_, kind)
      return kind == "Pod" and { pod } or {}
    end
    local service = { apiVersion = "v1", kind = "Service", metadata = { name = "s" },
      spec = { selector = { app = "web" }, ports = { { port = 80, targetPort = "http" } } } }
    assert.match("Endpoints: +10%.1%.0%.9:8080\n", describe_objects.text(service, ctx))
  end)

  for field, wanted in pairs { fooBar = "Foo Bar", podIP = "Pod IP", aB = "A B", uid = "UID",
    apiVersion = "API Version", URL = "URL", ["a.b/c"] = "a.b/c", x1 = "x1",
    PDFLoader = "PDF Loader" } do
    it(("calls the field %s %q"):format(field, wanted), function()
      assert.equal(wanted, generic.label(field))
    end)
  end
end)
