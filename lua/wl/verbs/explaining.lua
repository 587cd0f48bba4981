-- SPDX-License-Identifier: MIT
--- The verb `explain`: what fields mean.
local explain = require "wl.explain"
local reference = require "wl.verbs.reference"

local explaining = {}

--- Print what a kind or a field is, as `kubectl explain` does.
-- @param cluster
-- @tparam string path "deploy.spec.strategy"
-- @tparam ?table options recursive
function explaining.explain(cluster, path, options)
  if type(path) ~= "string" then
    reference.misuse('explain: a kind or a field expected, as in explain "deploy.spec.strategy"; '
      .. "got %s", reference.seen(path))
  end
  options = reference.options("explain", options, { recursive = true })
  io.write((reference.check(explain.text(cluster.server.registry, path, options))))
end

return explaining
