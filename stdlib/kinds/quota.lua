-- SPDX-License-Identifier: MIT
--- ResourceQuota and LimitRange: kept as data.
local kind = require "wl.kind"
local namespace = require "wl.api.namespace"
local prepare = require "wl.api.prepare"
local validate = require "wl.validate.quota"

local function as_data(t)
  return prepare.standard(t, { generation = false })
end

return {
  kind "ResourceQuota" {
    api = "v1",
    short = { "quota" },
    schema = namespace.ResourceQuota,
    validation = validate.ResourceQuota,
    preparation = as_data(namespace.ResourceQuota),
  },
  kind "LimitRange" {
    api = "v1",
    short = { "limits" },
    schema = namespace.LimitRange,
    validation = validate.LimitRange,
    preparation = as_data(namespace.LimitRange),
  },
}
