-- SPDX-License-Identifier: MIT
--- Two workloads of which one's selector matches the pods of the other.
--
-- Controllers take pods without an owner that match: two of them count each other's
-- orphans, and people who list pods by label see both. Kubernetes does not refuse it;
-- its documentation says that it leads to pods that fight.
local rule = require "wl.lint.rule"
local selector = require "wl.selector"

local WITH_SELECTOR = { Deployment = true, ReplicaSet = true, StatefulSet = true,
  DaemonSet = true, ReplicationController = true }

local function selector_of(entry)
  local given = entry.object.spec.selector
  if not given then return nil end
  if entry.kind == "ReplicationController" then return selector.from_labels(given) end
  return selector.from(given)
end

local function workloads(model)
  local found = {}
  for _, entry in ipairs(model.entries) do
    local selects = WITH_SELECTOR[entry.kind] and selector_of(entry)
    if selects then found[#found + 1] = { entry = entry, selects = selects } end
  end
  return found
end

local function takes(a, b)
  return a.entry.namespace == b.entry.namespace and a.selects:matches(b.entry.pods.labels)
end

return rule "selectors-overlap" {
  about = "two workloads whose selectors match each other's pods",
  severity = "warning",
  check = function(model, report)
    local found = workloads(model)
    for i, one in ipairs(found) do
      for j, other in ipairs(found) do
        if i ~= j and takes(one, other) and not (takes(other, one) and j < i) then
          report(one.entry, "spec.selector", ("also matches the pods of %s/%s"):format(
            other.entry.kind, other.entry.name),
            "give each a label that the other does not have, in selector and template")
        end
      end
    end
  end,
}
