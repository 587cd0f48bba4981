-- SPDX-License-Identifier: MIT
--- Service: a name and an address for the pods that its selector matches.
local kind = require "wl.kind"
local prepare = require "wl.api.prepare.service"
local service = require "wl.api.service"

return kind "Service" {
  api = "v1",
  short = { "svc" },
  categories = { "all" },
  schema = service.Service,
  validation = require "wl.validate.service",
  preparation = prepare.service,
}
