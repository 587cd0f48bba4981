-- SPDX-License-Identifier: MIT
--- Who belongs to a controller: adopt orphans that match its selector, release
-- what it owns and what matches no more.
--
-- Costs what changed: the sets are standing queries, and their sizes tell
-- whether there is anything to look for.
-- Source: pkg/controller `BaseControllerRefManager.ClaimObject`.
local selector = require "wl.selector"

local claim = {}

local function adopt(ctx, controller, orphans, facet, accepts)
  local found = {}
  for object in orphans:each(facet) do
    if object.metadata.deletionTimestamp == nil and (not accepts or accepts(object)) then
      found[#found + 1] = object
    end
  end
  for _, object in ipairs(found) do
    local adopted, message, code = ctx:adopt(controller, object)
    if not adopted and code ~= "NotFound" then
      return nil, message, code
    end
  end
  return true
end

local function release(ctx, controller, owned, label_selector, facet)
  local matches, found = selector.from(label_selector), {}
  for object in owned:each(facet) do
    if not matches:matches(object.metadata.labels or {}) then
      found[#found + 1] = object
    end
  end
  for _, object in ipairs(found) do
    local released, message, code = ctx:release(controller, object)
    if not released and code ~= "NotFound" then
      return nil, message, code
    end
  end
  return true
end

--- Bring what a controller owns in line with its selector. A controller that is
-- being deleted takes and gives nothing.
-- @param ctx
-- @param controller the object that owns
-- @tparam string kind of what it owns
-- @param label_selector matchLabels and matchExpressions
-- @tparam ?string facet only objects that pass it are adopted and released
-- @tparam ?function accepts of an orphan: may it be adopted?
-- @treturn ?boolean true; or nil, message, code
function claim.sync(ctx, controller, kind, label_selector, facet, accepts)
  if controller.metadata.deletionTimestamp ~= nil then
    return true
  end
  local namespace = controller.metadata.namespace
  local owned = ctx:owned(controller, kind)
  local orphans = ctx:orphans(kind, namespace, label_selector)
  -- What matches is owned by us, by nobody or by somebody else.
  if #owned + #orphans ~= #ctx:matching(kind, namespace, label_selector) then
    local done, message, code = release(ctx, controller, owned, label_selector, facet)
    if not done then
      return nil, message, code
    end
  end
  return #orphans == 0 or adopt(ctx, controller, orphans, facet, accepts)
end

return claim
