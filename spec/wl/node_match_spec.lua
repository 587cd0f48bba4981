-- SPDX-License-Identifier: MIT
local node_match = require "wl.node_match"
local shared = require "spec.support.shared"
local taint = require "wl.taint"

describe("node matching", function()
  shared.each("node_matching", "toleratesTaint", function(_, input, expected)
    assert.equal(expected.tolerated, taint.tolerates(input.toleration, input.taint))
  end)

  local function considered(list)
    if list == "all" or list == nil then
      return nil
    elseif list == "none" then
      return function() return false end
    end
    return function(effect)
      for _, one in ipairs(list) do
        if one == effect then
          return true
        end
      end
      return false
    end
  end

  shared.each("node_matching", "untoleratedTaint", function(_, input, expected)
    local left = taint.untolerated(input.tolerations, input.taints, considered(input.consider))
    assert.equal(expected.tolerated, left == nil)
  end)

  shared.each("node_matching", "sameTaint", function(_, input, expected)
    assert.equal(expected.same, taint.same(input.a, input.b))
  end)

  shared.each("node_matching", "taintText", function(_, input, expected)
    assert.equal(expected.text, taint.text(input.taint))
  end)

  shared.each("node_matching", "checkTaint", function(_, input, expected)
    assert.equal(expected.valid, taint.check(input.taint) == true)
  end)

  local function same_taints(expected, got)
    assert.equal(#expected, #got)
    for i, one in ipairs(expected) do
      assert.equal(taint.text(one), taint.text(got[i]))
    end
  end

  shared.each("node_matching", "parseTaints", function(_, input, expected)
    local got, message, code = taint.parse(input.texts)
    if expected.error then
      assert.is_nil(got)
      assert.is_string(message)
      assert.equal("Invalid", code)
    else
      same_taints(expected.add or {}, got.add)
      same_taints(expected.remove or {}, got.remove)
    end
  end)

  shared.each("node_matching", "setTaint", function(_, input, expected)
    local got, changed = taint.set(input.taints, input.taint)
    same_taints(expected.taints, got)
    assert.equal(expected.changed, changed)
  end)

  shared.each("node_matching", "deleteTaint", function(_, input, expected)
    local got, deleted = taint.delete(input.taints, input.taint)
    same_taints(expected.taints, got)
    assert.equal(expected.deleted, deleted)
  end)

  local function check_match(expected, match, message, code)
    if expected.error then
      assert.is_nil(match)
      assert.is_string(message)
      assert.equal("Invalid", code)
    else
      assert.equal(expected.match, match)
    end
  end

  shared.each("node_matching", "podMatchesNode", function(_, input, expected)
    check_match(expected, node_match.required(input.podSpec):matches(input.node))
  end)

  shared.each("node_matching", "nodeSelectorMatch", function(_, input, expected)
    check_match(expected, node_match.terms(input.nodeSelectorTerms):matches(input.node))
  end)

  shared.each("node_matching", "nodeSelectorRequirement", function(_, input, expected)
    local text, message = node_match.text(input.requirements)
    if expected.error then
      assert.is_nil(text)
      assert.is_string(message)
    else
      assert.equal(expected.selector, text)
    end
  end)

  shared.each("node_matching", "preferredScore", function(_, input, expected)
    local score = node_match.preferred(input.terms):score(input.node)
    assert.equal(expected.score, score)
  end)

  it("prints a taint as kubectl does", function()
    assert.equal("k=v:NoSchedule", taint.text { key = "k", value = "v", effect = "NoSchedule" })
    assert.equal("k:NoExecute", taint.text { key = "k", effect = "NoExecute" })
    assert.equal("k=v:", taint.text { key = "k", value = "v" })
    assert.equal("k", taint.text { key = "k" })
  end)

  it("prints requirements sorted by key", function()
    assert.equal("!a,b,c notin (x,y)", node_match.text {
      { key = "c", operator = "NotIn", values = { "y", "x" } },
      { key = "a", operator = "DoesNotExist" },
      { key = "b", operator = "Exists" },
    })
  end)

  it("lets a readable term hold beside one that cannot be read", function()
    local terms = node_match.terms {
      { matchExpressions = { { key = "a", operator = "Gt", values = { "x" } } } },
      { matchExpressions = { { key = "a", operator = "Exists" } } },
    }
    assert.is_true(terms:matches { labels = { a = "1" } })
    assert.is_nil((terms:matches { labels = {} }))
  end)

  it("knows the only nodes that terms can name", function()
    local function pinned(names)
      local terms = {}
      for i, name in ipairs(names) do
        local field = { key = "metadata.name", operator = "In", values = { name } }
        terms[i] = { matchFields = { field } }
      end
      return { affinity = { nodeAffinity = {
        requiredDuringSchedulingIgnoredDuringExecution = { nodeSelectorTerms = terms } } } }
    end
    assert.same({ n1 = true, n2 = true }, node_match.required(pinned { "n1", "n2" }):node_names())
    assert.is_nil(node_match.required({}):node_names())
    assert.is_nil(node_match.required(pinned {}):node_names())
  end)
end)
