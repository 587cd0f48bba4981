-- SPDX-License-Identifier: MIT
--- How roles and bindings are described.
-- Source: k8s.io/kubectl/pkg/describe describeRole, describeRoleBinding.
local cells = require "wl.columns.cells"
local parts = require "wl.describe.parts"

local rbac = {}

-- A rule for several resources is several lines, one a resource.
local function split(rule)
  local lines = {}
  for _, group in ipairs(rule.apiGroups or {}) do
    for _, resource in ipairs(rule.resources or {}) do
      lines[#lines + 1] = {
        resource = resource .. (group ~= "" and "." .. group or ""), rule = rule, urls = {},
      }
    end
  end
  if #(rule.nonResourceURLs or {}) > 0 then
    lines[#lines + 1] = { resource = "", rule = rule, urls = rule.nonResourceURLs }
  end
  return lines
end

local function all_lines(rules)
  local lines = {}
  for _, rule in ipairs(rules or {}) do
    for _, line in ipairs(split(rule)) do
      line.place = #lines
      lines[#lines + 1] = line
    end
  end
  table.sort(lines, function(a, b)
    local dots_a, dots_b = a.resource:find("%.") ~= nil, b.resource:find("%.") ~= nil
    if dots_a ~= dots_b then
      return dots_b
    elseif a.resource ~= b.resource then
      return a.resource < b.resource
    end
    return a.place < b.place
  end)
  return lines
end

local function write_role(w, object)
  w:line(0, "Name:\t" .. object.metadata.name)
  parts.labels_and_annotations(w, object)
  w:line(0, "PolicyRule:")
  w:line(1, "Resources\tNon-Resource URLs\tResource Names\tVerbs")
  w:line(1, "---------\t-----------------\t--------------\t-----")
  for _, line in ipairs(all_lines(object.rules)) do
    w:line(1, table.concat({ line.resource, parts.bracketed(line.urls),
      parts.bracketed(line.rule.resourceNames), parts.bracketed(line.rule.verbs) }, "\t"))
  end
end

local function write_binding(w, object)
  w:line(0, "Name:\t" .. object.metadata.name)
  parts.labels_and_annotations(w, object)
  w:line(0, "Role:")
  w:line(1, "Kind:\t" .. object.roleRef.kind)
  w:line(1, "Name:\t" .. object.roleRef.name)
  w:line(0, "Subjects:")
  w:line(1, "Kind\tName\tNamespace")
  w:line(1, "----\t----\t---------")
  for _, subject in ipairs(object.subjects or {}) do
    w:line(1, ("%s\t%s\t%s"):format(subject.kind, subject.name,
      cells.text(subject.namespace, "")))
  end
end

rbac.Role = write_role
rbac.ClusterRole = write_role
rbac.RoleBinding = write_binding
rbac.ClusterRoleBinding = write_binding

return rbac
