-- SPDX-License-Identifier: MIT
--- ResourceQuota: how much a namespace may use in all. LimitRange: how much one
-- container, pod or claim may ask for, and what it gets when it asks for nothing.
--
-- Both are looked at when something is made: an object that would exceed a quota is
-- refused, and its controller tries again later. The quota's status says what is used.
-- Source: apiserver admission/plugin/resourcequota; plugin/pkg/admission/limitranger.
local kind = require "wl.kind"
local namespace = require "wl.api.namespace"
local prepare = require "wl.api.prepare"
local resources = require "wl.quota.resources"
local validate = require "wl.validate.quota"

return {
  kind "ResourceQuota" {
    api = "v1",
    short = { "quota" },
    schema = namespace.ResourceQuota,
    validation = validate.ResourceQuota,
    preparation = prepare.standard(namespace.ResourceQuota, { generation = false }),
    reconcile = resources.reconcile,
  },
  kind "LimitRange" {
    api = "v1",
    short = { "limits" },
    schema = namespace.LimitRange,
    validation = validate.LimitRange,
    preparation = prepare.standard(namespace.LimitRange, { generation = false }),
  },
}
