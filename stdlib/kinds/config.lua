-- SPDX-License-Identifier: MIT
--- ConfigMap, Secret, ServiceAccount: kept as data.
local config = require "wl.api.config"
local kind = require "wl.kind"
local prepare = require "wl.api.prepare"
local validate = require "wl.validate.config"

local function as_data(t)
  return prepare.standard(t, { generation = false })
end

return {
  kind "ConfigMap" {
    api = "v1",
    short = { "cm" },
    schema = config.ConfigMap,
    validation = validate.ConfigMap,
    preparation = as_data(config.ConfigMap),
  },
  kind "Secret" {
    api = "v1",
    schema = config.Secret,
    validation = validate.Secret,
    preparation = as_data(config.Secret),
  },
  kind "ServiceAccount" {
    api = "v1",
    short = { "sa" },
    schema = config.ServiceAccount,
    preparation = as_data(config.ServiceAccount),
  },
}
