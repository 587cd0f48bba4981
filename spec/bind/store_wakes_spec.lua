-- SPDX-License-Identifier: MIT
-- Which write put which key in the queue.
local store = require "wl.store"

local function open()
  local s = store.open { seed = 1, history = 100 }
  s:set_now(0)
  s:set_writer "spec"
  return s, s:kind { name = "Pod", resource = "pods", namespaced = true, facets = {}, sums = {} },
    s:kind { name = "Set", resource = "sets", namespaced = true, facets = {}, sums = {} }
end

local function object(name, owner)
  local references = owner and { { uid = owner.metadata.uid, controller = true, kind = "Set",
    name = owner.metadata.name } }
  return { metadata = { name = name, namespace = "default", ownerReferences = references } }
end

describe("wakes", function()
  it("are not noted unless somebody wants them", function()
    local s, pods = open()
    s:reconciles(pods)
    s:create(pods, object "a")
    assert.same({}, s:wakes())
  end)

  it("are the keys of the object, its controller and subscribers, with the revision", function()
    local s, pods, sets = open()
    s:reconciles(pods)
    s:reconciles(sets)
    s:note_wakes(true)
    local set, set_id = s:create(sets, object "set")
    assert.same({ set_id, s:revision() }, s:wakes())
    local all = s:all(pods)
    all:subscribe(s:source(), 12345)
    s:wakes()
    local _, pod_id = s:create(pods, object("pod", set))
    local wakes, by_key = s:wakes(), {}
    for i = 1, #wakes, 2 do by_key[wakes[i]] = wakes[i + 1] end
    local at = s:revision()
    assert.same({ [pod_id] = at, [set_id] = at, [12345] = at }, by_key)
    assert.same({}, s:wakes())
    s:note_wakes(false)
    s:change(pod_id, function(draft) draft.spec = { x = 1 } end)
    assert.same({}, s:wakes())
  end)
end)
