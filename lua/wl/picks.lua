-- SPDX-License-Identifier: MIT
--- Rankings that are used up bit by bit.
--
-- A controller that deletes many objects takes so many at a time, and each time
-- those that go first then. The order is found once for all of them, in rounds
-- of that size, and used for the rest of the moment as long as nothing happens to
-- the set but that what it names goes. What happens to related sets in the same
-- moment is not seen, as a controller's cache lags behind what others write.
local Picks = {}
Picks.__index = Picks

--- @tparam function rank(batch, order, context, limit, round) ranks the batch
-- @treturn Picks
function Picks.new(rank) return setmetatable({ rank = rank, known = {} }, Picks) end

local function context(set, options)
  if not options.related then
    return set:batch(options.facet, 0)
  end
  local batch = set:batch(options.facet)
  for _, one in ipairs(options.related) do
    batch:add(one:batch(options.facet))
  end
  return batch
end

local function find(self, set, order, options)
  return {
    set = set, order = order, version = set:version(), left = set:count(options.facet),
    used = 0,
    ranking = self.rank(set:batch(options.facet), order, context(set, options), options.total,
      options.round),
  }
end

local function holds(memo, set, order, options)
  return memo ~= nil and memo.order == order and memo.version == set:version()
    and memo.left == set:count(options.facet)
    and #memo.ranking - memo.used >= math.min(options.take or options.round, options.total)
end

--- Those that go first.
-- @tparam number now rankings of another moment are forgotten
-- @param key under which the ranking is kept
-- @param set live set
-- @tparam order order
-- @tparam table options
--   facet    only members that pass this test are ranked, and counted
--   total    how many are to go in all
--   round    how many are found at a time: those found no longer count
--   take     how many are returned; as many as `round` when left out
--   related  array of other live sets whose members "count:" keys count too; nil:
--            they count nobody
-- @treturn batch of at most `take`
function Picks:pick(now, key, set, order, options)
  if self.now ~= now then
    self.now, self.known = now, {}
  end
  local memo = self.known[key]
  if not holds(memo, set, order, options) then
    memo = find(self, set, order, options)
    self.known[key] = memo
  end
  local first = memo.used + 1
  local take = math.min(options.take or options.round, options.total)
  memo.used = math.min(memo.used + take, #memo.ranking)
  memo.picked = memo.ranking:slice(first, memo.used)
  return memo.picked
end

--- Note that a batch was deleted: where it was picked, that changes nothing.
-- @param batch
function Picks:deleted(batch)
  for _, memo in pairs(self.known) do
    if memo.picked == batch then
      memo.version, memo.left = memo.set:version(), memo.left - #batch
    end
  end
end

return Picks
