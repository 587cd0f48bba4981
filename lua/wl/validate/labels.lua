-- SPDX-License-Identifier: MIT
--- Labels, annotations and label selectors.
-- (k8s.io/apimachinery/pkg/apis/meta/v1/validation, pkg/api/validation)
local check = require "wl.validate.check"
local selector = require "wl.selector"

local labels = {}

-- All keys and values of an object's annotations together, in bytes.
local MAX_ANNOTATIONS = 256 * 1024

--- Keys and values of labels. Errors stand at the map, not at the key.
function labels.map(errors, path, map)
  for key, text in check.pairs(map) do
    check.name(errors, path, "label_key", key)
    check.name(errors, path, "label_value", text)
  end
end

--- Keys of annotations, in any case, and the size of all.
function labels.annotations(errors, path, map)
  local size = 0
  for key, text in check.pairs(map) do
    errors:each_invalid(path, key, check.faults("label_key", key:lower()))
    size = size + #key + #text
  end
  if size > MAX_ANNOTATIONS then errors:too_long(path, nil, MAX_ANNOTATIONS) end
end

local TAKES_VALUES = { In = true, NotIn = true, Exists = false, DoesNotExist = false }

local function requirement(errors, path, r, lenient)
  local takes = TAKES_VALUES[r.operator]
  if takes == nil then
    errors:invalid(path .. ".operator", r.operator or "", "not a valid selector operator")
  elseif takes and check.count(r.values) == 0 then
    errors:required(path .. ".values", "must be specified when `operator` is 'In' or 'NotIn'")
  elseif not takes and check.count(r.values) > 0 then
    errors:forbidden(path .. ".values",
      "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
  end
  check.name(errors, path .. ".key", "label_key", r.key or "")
  if lenient then return end
  for _, text, at in check.each(r.values, path .. ".values") do
    check.name(errors, at, "label_value", text)
  end
end

--- A label selector: { matchLabels, matchExpressions }; absent is fine.
-- @tparam ?boolean lenient  values that are no label's are let pass, as upstream
--   does for objects that were stored with one
function labels.selector(errors, path, s, lenient)
  if s == nil then return end
  labels.map(errors, path .. ".matchLabels", s.matchLabels)
  for _, r, at in check.each(s.matchExpressions, path .. ".matchExpressions") do
    requirement(errors, at, r, lenient)
  end
end

--- Whether a selector has no requirement.
function labels.is_empty_selector(s)
  local count = check.count(s.matchExpressions)
  for _ in check.pairs(s.matchLabels) do count = count + 1 end
  return count == 0
end

--- The selector compiled, or nil when it is not valid. An absent one matches
-- nothing.
function labels.compile(s) return (selector.from(s)) end

--- Whether a map of labels has these of another one.
function labels.has_all(map, wanted)
  for key, text in check.pairs(wanted) do
    if not map or map[key] ~= text then return false end
  end
  return true
end

--- A selector that is required, and not empty.
-- @param kind  as Kubernetes words it: "deployment"
function labels.required_selector(errors, path, s, kind)
  if s == nil then return errors:required(path) end
  labels.selector(errors, path, s)
  if labels.is_empty_selector(s) then
    errors:invalid(path, s, "empty selector is invalid for " .. kind)
  end
end

--- The labels of a template match the selector of its owner.
-- @param compiled  what labels.compile gave
function labels.template_matches(errors, path, compiled, map)
  if not compiled:matches(map) then
    errors:invalid(path, map, "`selector` does not match template `labels`")
  end
end

--- The label is there and has this value.
-- @param map  the labels
function labels.expect(errors, path, map, key, text)
  local at = check.key(path, key)
  local found = map and map[key]
  if found == nil then
    errors:required(at, ("must be '%s'"):format(text))
  elseif found ~= text then
    errors:invalid(at, map, ("must be '%s'"):format(text))
  end
end

return labels
