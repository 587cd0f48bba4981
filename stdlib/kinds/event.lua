-- SPDX-License-Identifier: MIT
--- Event: what happened to an object, for people to read.
local event = require "wl.api.event"
local kind = require "wl.kind"
local legacy = require "wl.api.legacy"
local prepare = require "wl.api.prepare"

return kind "Event" {
  api = "v1",
  short = { "ev" },
  schema = event.Event,
  legacy = legacy.Event,
  preparation = prepare.standard(event.Event, { generation = false }),
  dependents = "Unsupported",
}
