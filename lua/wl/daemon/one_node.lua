-- SPDX-License-Identifier: MIT
--- What a DaemonSet has to do on one node.
--
-- Decides, never does. A node here has the pods that are on it or pinned to it,
-- in the order in which they count, and two answers: `run`, a pod should be
-- started here, and `stay`, one that is here may go on.
-- Source: pkg/controller/daemon `podsShouldBeOnNode`, `findUpdatedPodsOnNode`,
-- `rollingUpdate`.
local pods = require "wl.daemon.pods"

local one_node = {}

-- ---- one pod a node ----

local function sort_out(node, view)
  local running, delete = {}, {}
  for _, one in ipairs(node.pods) do
    if one.terminating then
      goto continue
    elseif one.phase == "Failed" then
      if view.may_replace(node, one) then
        delete[#delete + 1] = one
      end
    elseif one.phase == "Succeeded" then
      delete[#delete + 1] = one
    else
      running[#running + 1] = one
    end
    ::continue::
  end
  return running, delete
end

local function is_updated(one, view) return pods.is_updated(one, view.sum, view.generation) end

local function is_available(one, view)
  return pods.is_available(one, view.min_ready, view.now)
end

-- Two may be there while the new one is not available and the old one is ready.
-- All others go; a pod of no use does too.
local function prune_surge(running, delete, view)
  local new, old
  for _, one in ipairs(running) do
    local is_new = one.sum == view.sum
    if is_new and not new then
      new = one
    elseif not is_new and not old then
      old = one
    else
      delete[#delete + 1] = one
    end
  end
  if new and old and (not old.since or is_available(new, view)) then
    delete[#delete + 1] = old
  end
end

--- Does a node need a pod, and which of its pods must go?
-- @tparam table node run, stay, pods
-- @tparam table view sum, generation, min_ready, now, surges (may there be two pods a node for a
--   while?), may_replace(node, pod) of a failed pod
-- @treturn boolean
-- @treturn table array of pods
function one_node.keep(node, view)
  if node.run and #node.pods == 0 then
    return true, {}
  elseif not node.stay then
    local delete = {}
    for _, one in ipairs(node.pods) do
      delete[#delete + 1] = not one.terminating and one or nil
    end
    return false, delete
  end
  local running, delete = sort_out(node, view)
  if not view.surges then
    table.move(running, 2, #running, #delete + 1, delete)
    return false, delete
  elseif #running == 0 then
    return node.run, delete
  end
  if #running > 1 then
    prune_surge(running, delete, view)
  end
  return false, delete
end

-- ---- the rollout ----

local function one_if(holds) return holds and 1 or 0 end

--- The new and the old pod of a node.
-- @tparam table list of pods
-- @tparam table view sum, generation
-- @treturn ?table the new one
-- @treturn ?table the old one
-- @treturn boolean false: there are several of a sort, which must be sorted out first
function one_node.pair(list, view)
  local new, old
  for _, one in ipairs(list) do
    if one.terminating then
      goto continue
    elseif is_updated(one, view) then
      if new then return nil, nil, false end
      new = one
    else
      if old then return nil, nil, false end
      old = one
    end
    ::continue::
  end
  return new, old, true
end

-- Without surge an old pod is deleted, and a new one is made when it is gone.
local function role_in_turn(new, old, view, tally)
  local available = is_available(old or new or {}, view)
  if (new == nil) == (old == nil) or not available then
    tally.unavailable = 1
  end
  if new or not old then
    return nil
  end
  return available and "candidate" or "broken", old
end

-- With surge the new pod comes first, where it may; the old one goes when the new
-- one is available.
local function role_in_surge(node, new, old, view, tally)
  local available = is_available(old or new or {}, view)
  tally.available = available and 1 or 0
  if not old then
    return nil
  elseif not new then
    return node.run and (available and "candidate" or "broken")
      or available and "sunset" or "useless", old
  elseif is_available(new, view) then
    return "useless", old
  end
  tally.surging = 1
end

--- What a node is to the rollout.
-- @tparam table node
-- @tparam table view
-- @tparam table tally filled with what the node counts as: unavailable, surging, available,
--   outdated, fresh
-- @treturn ?string "candidate": its available pod is old; "broken": its old pod is not available;
--   "useless": its old pod may go; "sunset": its old pod may go when others are available
-- @treturn ?table the old pod
function one_node.role(node, view, tally)
  if #node.pods == 0 and not node.run then
    return nil
  end
  local new, old, clear = one_node.pair(node.pods, view)
  if not clear then
    tally[view.surges and "surging" or "unavailable"] = 1
    return nil
  end
  tally.fresh = one_if(new and is_available(new, view))
  tally.outdated = one_if(node.run and old and not new)
  if view.surges then
    return role_in_surge(node, new, old, view, tally)
  end
  return role_in_turn(new, old, view, tally)
end

-- ---- the status ----

--- What a node counts as in the status. Of several pods the first one counts.
-- @tparam table node
-- @tparam table view
-- @treturn table desired, current, misscheduled, ready, serving (available), updated
function one_node.count(node, view)
  local first = node.pods[1]
  local scheduled = node.run and first ~= nil
  return {
    desired = one_if(node.run), current = one_if(scheduled),
    misscheduled = one_if(first and node.exists and not node.run),
    ready = one_if(scheduled and first.since),
    serving = one_if(scheduled and is_available(first, view)),
    updated = one_if(scheduled and is_updated(first, view)),
  }
end

return one_node
