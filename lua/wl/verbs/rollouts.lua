-- SPDX-License-Identifier: MIT
--- The verbs of `rollout`: what `kubectl rollout` does.
local reference = require "wl.verbs.reference"
local rollout = require "wl.rollout"

local rollouts = {}

local function tell(text)
  if text:sub(-1) ~= "\n" then text = text .. "\n" end
  io.write(text)
end

--- Print how far a rollout is.
-- @treturn boolean whether it is finished
function rollouts.status(cluster, given, options)
  local text, done = rollout.status(reference.find(cluster, given, options))
  if not text then reference.raise(done) end
  tell(text)
  return done
end

--- Print the revisions.
function rollouts.history(cluster, given, options)
  tell(reference.check(rollout.history(cluster, reference.find(cluster, given, options))))
end

--- Go back to the revision before, or to one.
-- @param cluster
-- @param given "deploy/web"
-- @tparam ?integer revision
function rollouts.undo(cluster, given, revision, options)
  if type(revision) == "table" then revision, options = revision.to_revision, revision end
  options = reference.options("rollout.undo", options, { to_revision = true, dry_run = true })
  if revision ~= nil and math.type(revision) ~= "integer" then
    reference.misuse('rollout.undo: the number of a revision expected, as in '
      .. 'rollout.undo("deploy/web", 2); got %s', reference.seen(revision))
  end
  local object = reference.find(cluster, given, options)
  return (reference.check(rollout.undo(cluster, object, revision, options)))
end

local OPTIONS = { promote = { dry_run = true, full = true } }
local DRY_RUN = { dry_run = true }

for _, word in ipairs { "pause", "resume", "restart", "promote", "abort", "retry" } do
  --- Hold a rollout; go on with it; replace all pods; end what a strategy waits in; go back to
  -- the stable revision; begin again.
  rollouts[word] = function(cluster, given, options)
    options = reference.options("rollout." .. word, options, OPTIONS[word] or DRY_RUN)
    local object = reference.find(cluster, given, options)
    return (reference.check(rollout[word](cluster, object, options)))
  end
end

return rollouts
