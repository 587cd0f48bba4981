-- SPDX-License-Identifier: MIT
local Cluster = require "wl.cluster"

describe("The store in bulk", function()
  local cluster, ctx

  local function pod()
    return { apiVersion = "v1", kind = "Pod",
      metadata = { generateName = "p-", namespace = "default" },
      spec = { containers = { { name = "c", image = "i" } } } }
  end

  before_each(function()
    cluster = Cluster.new {}
    ctx = require("wl.ctx").new(cluster, "spec")
  end)

  it("creates objects that differ by columns", function()
    local n, message, _, batch = ctx:create_many(pod(), 3, {
      ["spec.nodeName"] = { "a", "b", "c" },
      ["spec.affinity.nodeAffinity"] = { { x = 1 }, { x = 2 }, { x = 3 } },
    })
    assert.same({ 3 }, { n, message })
    assert.same({ "a", "b", "c" }, batch:pluck "spec.nodeName")
    assert.same({ 1, 2, 3 }, batch:pluck "spec.affinity.nodeAffinity.x")
    assert.equal(1, #ctx:on_node("b", "Pod"))
  end)

  it("adds what columns say in the order of their paths", function()
    local columns = {}
    for name in ("hgfedcba"):gmatch "." do columns["status." .. name] = { name } end
    local _, _, _, batch = ctx:create_many(pod(), 1)
    ctx:update_many(batch, nil, columns)
    local names = {}
    for name, text in pairs(batch[1].status) do
      if name == text then names[#names + 1] = name end
    end
    assert.equal("abcdefgh", table.concat(names))
    columns["status.i"] = { "i" }
    assert.error_matches(function() ctx:update_many(batch, nil, columns) end, "too many columns")
  end)

  it("tells which members were written since a revision", function()
    local _, _, _, batch = ctx:create_many(pod(), 4)
    local all, then_ = ctx:all "Pod", cluster.store:revision()
    assert.equal(0, #all:written_since(then_))
    ctx:update_status(batch[2], { phase = "Running" })
    ctx:update_status(batch[2], { phase = "Failed" })
    assert(ctx:delete(batch[3], { grace = 0 }))
    local members, others = all:written_since(then_)
    assert.same({ 1, batch:id(2) }, { #members, members:id(1) })
    assert.same({ 1, batch:id(3) }, { #others, others:id(1) })
  end)

  it("says when it does not know any more", function()
    cluster = Cluster.new { history = 10 }
    ctx = require("wl.ctx").new(cluster, "spec")
    local before = cluster.store:revision()
    ctx:create_many(pod(), 20)
    assert.is_nil((ctx:all("Pod"):written_since(before)))
  end)
end)
