-- SPDX-License-Identifier: MIT
--- How the kinds that are kept as data are described.
-- Source: k8s.io/kubectl/pkg/describe describeConfigMap and others.
local cells = require "wl.columns.cells"
local parts = require "wl.describe.parts"

local config = {}

-- The number of bytes that a base64 text stands for.
local function decoded_length(text)
  local letters = text:gsub("[%s=]", "")
  return #letters * 3 // 4
end

--- Describe a ConfigMap.
function config.ConfigMap(w, object, ctx)
  parts.name(w, object)
  parts.labels_and_annotations(w, object)
  w:line(0, "\nData\n====")
  for _, key in ipairs(cells.keys(object.data)) do
    w:line(0, key .. ":\n----\n" .. object.data[key] .. "\n")
  end
  w:line(0, "\nBinaryData\n====")
  for _, key in ipairs(cells.keys(object.binaryData)) do
    w:line(0, ("%s: %d bytes"):format(key, decoded_length(object.binaryData[key])))
  end
  w:line(0, "")
  parts.events(w, object, ctx)
end

--- Describe a Secret: sizes only.
function config.Secret(w, object)
  parts.name(w, object)
  parts.labels_and_annotations(w, object)
  w:line(0, "\nType:\t" .. (object.type or "") .. "\n\nData\n====")
  for _, key in ipairs(cells.keys(object.data)) do
    w:line(0, ("%s:\t%d bytes"):format(key, decoded_length(object.data[key])))
  end
end

local function names(list)
  local texts = {}
  for i, item in ipairs(list or {}) do
    texts[i] = item.name
  end
  return texts
end

--- Describe a ServiceAccount.
function config.ServiceAccount(w, object, ctx)
  parts.name(w, object)
  parts.labels_and_annotations(w, object)
  w:lines_of("Image pull secrets", names(object.imagePullSecrets))
  w:lines_of("Mountable secrets", names(object.secrets))
  w:lines_of("Tokens", {})
  parts.events(w, object, ctx)
end

--- Describe a PriorityClass.
function config.PriorityClass(w, object, ctx)
  w:line(0, "Name:\t" .. object.metadata.name)
  w:line(0, ("Value:\t%d"):format(object.value or 0))
  w:line(0, "GlobalDefault:\t" .. tostring(object.globalDefault or false))
  w:line(0, "PreemptionPolicy:\t" .. (object.preemptionPolicy or ""))
  w:line(0, "Description:\t" .. (object.description or ""))
  parts.annotations(w, "Annotations", object.metadata.annotations)
  parts.events(w, object, ctx)
end

--- Describe a PodDisruptionBudget.
function config.PodDisruptionBudget(w, object, ctx)
  local spec, status = object.spec, object.status or {}
  parts.name(w, object)
  if spec.minAvailable then
    w:line(0, "Min available:\t" .. tostring(spec.minAvailable))
  elseif spec.maxUnavailable then
    w:line(0, "Max unavailable:\t" .. tostring(spec.maxUnavailable))
  end
  w:line(0, "Selector:\t" .. (spec.selector and cells.selector(spec.selector) or "<unset>"))
  w:line(0, "Status:")
  w:line(2, ("Allowed disruptions:\t%d"):format(status.disruptionsAllowed or 0))
  w:line(2, ("Current:\t%d"):format(status.currentHealthy or 0))
  w:line(2, ("Desired:\t%d"):format(status.desiredHealthy or 0))
  w:line(2, ("Total:\t%d"):format(status.expectedPods or 0))
  parts.events(w, object, ctx)
end

return config
