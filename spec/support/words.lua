-- SPDX-License-Identifier: MIT
--- The words of the scenario language, for specs that use them in this process.
local luassert = require "luassert"
local apierror = require "wl.apierror"
local checks = require "wl.verbs.checks"
local manifests = require "spec.support.manifests"
local scenario = require "wl.scenario"

local words = {}

--- What is printed while f runs.
function words.printed(f, ...)
  local write, parts = io.write, {}
  io.write = function(...) -- luacheck: ignore 122
    for _, part in ipairs { ... } do parts[#parts + 1] = tostring(part) end
  end
  local ok, problem = pcall(f, ...)
  io.write = write -- luacheck: ignore 122
  if not ok then error(problem, 0) end
  return table.concat(parts)
end

--- The globals of a new scenario, with a Deployment `web` of two replicas.
function words.new()
  local globals = scenario.new():environment()
  globals.cluster { nodes = 3, seed = 5 }
  globals.apply(manifests.web())
  return globals
end

--- The same once its pods run.
function words.settled()
  local globals = words.new()
  globals.wait("deploy/web", "rolled out")
  return globals
end

--- The API error with which f is refused.
function words.refusal(f, ...)
  local ok, problem = pcall(f, ...)
  luassert.is_false(ok)
  luassert.is_true(apierror.is(problem), tostring(problem))
  return problem
end

--- The text with which an expectation in f fails.
function words.failure(f, ...)
  local ok, problem = pcall(f, ...)
  luassert.is_false(ok)
  luassert.is_true(checks.is_failure(problem), tostring(problem))
  return tostring(problem)
end

return words
