-- SPDX-License-Identifier: MIT
--- A Service, budget or autoscaler that is meant for pods, and finds none.
--
-- A selector that contradicts itself matches nothing anywhere. One that no pod in
-- these manifests has labels for is most often a slip of the pen.
local contradiction = require "wl.lint.contradiction"
local rule = require "wl.lint.rule"
local suggest = require "wl.suggest"

-- The labels that Jobs get by themselves: nobody selects by them.
local OF_JOBS = { ["batch.kubernetes.io/controller-uid"] = true, ["controller-uid"] = true,
  ["batch.kubernetes.io/job-name"] = true, ["job-name"] = true }

local function labels_near(model, entry)
  local texts, seen = {}, {}
  for _, other in ipairs(model:with_pods()) do
    for _, key in ipairs(other.namespace == entry.namespace
        and suggest.keys(other.pods.labels) or {}) do
      local label = key .. "=" .. other.pods.labels[key]
      if not seen[label] and not OF_JOBS[key] then
        seen[label], texts[#texts + 1] = true, label
      end
    end
  end
  return texts
end

local function first_pair(labels)
  local key = suggest.keys(labels or {})[1]
  return key and key .. "=" .. labels[key] or ""
end

-- Without any pods in the namespace, the workload is most likely in a file not given.
local function advice(model, entry, labels)
  local candidates = labels_near(model, entry)
  if #candidates == 0 then
    return "no pods are made in namespace " .. tostring(entry.namespace)
      .. " by these manifests: give lint the manifest of the workload, too", "note"
  end
  local near = suggest.hint(first_pair(labels), candidates)
  return near ~= "" and "write the labels of the pods" .. near
    or "labels of pods here: " .. table.concat(candidates, ", ", 1, math.min(#candidates, 6))
end

local function check_service(model, entry, report)
  local labels = entry.object.spec.selector
  if labels and #suggest.keys(labels) > 0
      and #model:labelled(entry.namespace, labels) == 0 then
    report(entry, "spec.selector", "no pod in these manifests has all of these labels: the "
      .. "Service gets no endpoints", advice(model, entry, labels))
  end
end

local function check_selector(model, entry, report)
  local wanted = entry.object.spec.selector
  if not wanted then return end
  local problem = contradiction.of_selector(wanted)
  if problem then
    report(entry, "spec.selector", "can match nothing: " .. problem,
      "take one of the requirements out")
  elseif #model:matching(entry.namespace, wanted) == 0 then
    report(entry, "spec.selector", "no pod in these manifests matches: it protects nothing",
      advice(model, entry, wanted.matchLabels))
  end
end

return rule "selects-nothing" {
  about = "a Service or PodDisruptionBudget whose selector matches no pod",
  severity = "warning",
  check = function(model, report)
    for entry in model:each "Service" do check_service(model, entry, report) end
    for entry in model:each "PodDisruptionBudget" do check_selector(model, entry, report) end
  end,
}
