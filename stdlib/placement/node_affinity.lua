-- SPDX-License-Identifier: MIT
--- nodeSelector and node affinity: required terms must hold, preferred ones
-- make a node better by their weight.
-- Source: kube-scheduler plugin NodeAffinity.
local node_match = require "wl.node_match"

local function prepare(pod)
  local required = node_match.required(pod.spec)
  local preferred = node_match.preference(pod.spec)
  if required:is_empty() and #preferred == 0 then
    return nil
  end
  return {
    only = required:node_names(),
    check = function(node)
      if not required:matches(node) then
        return "node(s) didn't match Pod's node affinity/selector", true
      end
    end,
    score = function(node)
      return preferred:score(node) or 0
    end,
  }
end

return { name = "NodeAffinity", changes = "node", weight = 2, normalise = "most",
         reads = {}, prepare = prepare }
