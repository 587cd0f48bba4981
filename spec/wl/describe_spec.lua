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
