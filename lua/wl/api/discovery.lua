-- SPDX-License-Identifier: MIT
--- EndpointSlice: which addresses stand behind a service. (discovery/v1)
local schema = require "wl.schema"
local meta = require "wl.api.meta"
local reference = require "wl.api.reference"

local object, list, map, set, required = schema.object, schema.list, schema.map, schema.set,
  schema.required
local str, bool, int32 = schema.str, schema.bool, schema.int32

local discovery = {}

discovery.EndpointConditions = object { ready = bool, serving = bool, terminating = bool }

discovery.ForZone = object { name = required(str) }

discovery.ForNode = object { name = required(str) }

discovery.EndpointHints = object {
  forZones = list(discovery.ForZone), forNodes = list(discovery.ForNode),
}

discovery.Endpoint = object {
  addresses = required(set(str)),
  conditions = discovery.EndpointConditions { default = {} },
  hostname = str, nodeName = str, zone = str, targetRef = reference.ObjectReference,
  hints = discovery.EndpointHints, deprecatedTopology = map(str),
}

discovery.EndpointPort = object {
  name = str { default = "" }, protocol = str { default = "TCP" }, port = int32, appProtocol = str,
}

discovery.EndpointSlice = meta.resource {
  addressType = required(str) { enum = { "FQDN", "IPv4", "IPv6" } },
  endpoints = list(discovery.Endpoint), ports = list(discovery.EndpointPort),
}

return schema.named(discovery)
