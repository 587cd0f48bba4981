-- SPDX-License-Identifier: MIT
--- What is particular to Jobs when they are written: a Job finds its pods by its uid.
-- Source: pkg/registry/batch/job/strategy.go.
local batch_types = require "wl.api.batch"
local prepare = require "wl.api.prepare"

local batch = {}

local UID_LABEL = "batch.kubernetes.io/controller-uid"
local UID_LABELS = { UID_LABEL, "controller-uid" }
local NAME_LABELS = { "batch.kubernetes.io/job-name", "job-name" }

local function add_missing(labels, keys, text)
  for _, key in ipairs(keys) do
    if labels[key] == nil then labels[key] = text end
  end
end

-- What the author set already stays, to be refused if it does not fit.
local function select_by_uid(draft)
  local spec = draft.spec
  if spec.manualSelector then return end
  local metadata = spec.template.metadata
  if metadata.labels == nil then metadata.labels = {} end
  add_missing(metadata.labels, NAME_LABELS, draft.metadata.name)
  add_missing(metadata.labels, UID_LABELS, draft.metadata.uid)
  if spec.selector == nil then spec.selector = {} end
  if spec.selector.matchLabels == nil then spec.selector.matchLabels = {} end
  add_missing(spec.selector.matchLabels, { UID_LABEL }, draft.metadata.uid)
end

--- The rules of a Job. `create` needs metadata.uid.
batch.job = prepare.standard(batch_types.Job, { create = select_by_uid })

return batch
