-- SPDX-License-Identifier: MIT
--- Facets: what a kind wants counted of its objects.
--
--     facets = {
--       { "active", facet.all { facet.absent "metadata.deletionTimestamp",
--                               facet.none_of("status.phase", "Succeeded", "Failed") } },
--       { "ready", facet.all { "active",
--                              facet.equals("status.conditions[type=Ready].status", "True") } },
--       { "phase", facet.value "status.phase" },
--       { "readySince", facet.time("status.conditions[type=Ready].lastTransitionTime", "ready") },
--       { "cpu", facet.sum("spec.containers", function(containers) return ... end) },
--     }
--
-- Each object answers them when it is written, so that a live set counts its
-- members in O(1): `pods:count "ready"`. A test may name a test before it.
local facet = {}

local TEST = {}

local function test(fields) return setmetatable(fields, TEST) end

--- All of these tests hold.
-- @tparam {test|string,...} tests
function facet.all(tests) return test { op = "all", of = tests } end

--- At least one of these tests holds.
-- @tparam {test|string,...} tests
function facet.any(tests) return test { op = "any", of = tests } end

--- The test does not hold.
-- @tparam test|string negated
function facet.negate(negated) return test { op = "not", of = { negated } } end

--- There is something at the path: not null, "", or an empty list or map.
-- @tparam string path
function facet.present(path) return test { op = "present", path = path } end

--- There is nothing at the path.
-- @tparam string path
function facet.absent(path) return test { op = "absent", path = path } end

--- What is at the path is one of these.
-- @tparam string path
function facet.one_of(path, ...) return test { op = "in", path = path, values = { ... } } end

--- What is at the path is none of these; also when nothing is.
-- @tparam string path
function facet.none_of(path, ...) return test { op = "notin", path = path, values = { ... } } end

--- What is at the path is this.
-- @tparam string path
function facet.equals(path, expected) return facet.one_of(path, expected) end

--- The list at the path has at least one of these.
-- @tparam string path
function facet.contains(path, ...)
  return test { op = "contains", path = path, values = { ... } }
end

--- Count per text at the path: `set:count("phase", "Running")`.
-- @tparam string path
-- @tparam ?string where a test: other objects are not counted
function facet.value(path, where) return { op = "value", path = path, where = where } end

--- Count per second of the timestamp at the path: `set:count_before("readySince", seconds)`.
-- @tparam string path
-- @tparam ?string where a test: other objects are not counted
function facet.time(path, where) return { op = "time", path = path, where = where } end

--- Add up: the integer at a path; or what a function makes of the parts at
-- some paths, asked once for each distinct combination of parts.
-- @tparam string ... paths
-- @tparam ?function compute(part, ...) returns an integer
-- @tparam ?string where a test: other objects are not counted
function facet.sum(...)
  local sum = { op = "sum", paths = {} }
  for _, argument in ipairs { ... } do
    if type(argument) == "function" then
      sum.compute = argument
    elseif sum.compute then
      sum.where = argument
    else
      sum.paths[#sum.paths + 1] = argument
    end
  end
  return sum
end

--- The declaration as the store takes it.
-- @tparam ?{{string,table},...} facets
-- @tparam integer calls how many functions the store has already
-- @treturn table description
-- @treturn {function,...} the functions of these facets
function facet.compile(facets, calls)
  local description, sums = {}, {}
  for i, declared in ipairs(facets or {}) do
    local name, what = declared[1], declared[2]
    if type(name) ~= "string" or what == nil then
      error(("facets[%d]: { name, facet } expected"):format(i), 2)
    end
    if type(what) == "string" or getmetatable(what) == TEST then
      description[i] = { name = name, op = "test", test = what }
    else
      description[i] = { name = name, op = what.op, path = what.path, paths = what.paths,
        where = what.where }
      if what.compute then
        sums[#sums + 1] = what.compute
        description[i].call = calls + #sums
      end
    end
  end
  return description, sums
end

return facet
