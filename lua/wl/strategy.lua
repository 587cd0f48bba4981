-- SPDX-License-Identifier: MIT
--- Rollout strategies: how the pods of an old template give way to a new one.
--
--     return strategy "OneByOne" {
--       plan = function(view)
--         return { new = math.min(view.replicas, view.new.available + 1) }
--       end,
--     }
--
-- `plan` is asked at each sync and decides on numbers alone; it keeps nothing
-- and changes nothing. What it gets:
--
--     replicas     pods wanted
--     surge        how many more than that may exist        (maxSurge, in pods)
--     unavailable  how many fewer may be available          (maxUnavailable, in pods)
--     new          the set of the current template; all zero while `exists` is false
--     old          the other sets that still want pods, oldest first
--     total        pods wanted by all sets together
--     available    available pods of all sets together
--     old_pods     pods of old sets that exist, those being deleted included
--     params       the strategy's own block of the manifest (`canary` for
--                  "Canary"), or nil
--     now          seconds since the epoch
--
-- and of each set: name, revision, replicas (wanted), current, ready, available,
-- terminating. What it returns:
--
--     new          size of the new set; nil: leave it, and do not make it yet
--     old          sizes of the old sets in the order of view.old, or one number:
--                  how many old pods to keep in all; nil: leave them
--     requeue      seconds until it wants to be asked again; nil: at a change
--     message      what it waits for, shown in the Progressing condition
--
-- The runtime holds the plan to the budget (`wl.rollout.budget`) and tells the
-- Deployment what it did not get. A strategy with `exclusive = true` may make
-- all pods unavailable, but gets no new pod while an old one exists.

local policy = require "wl.policy"
local types = require "wl.policy.types"

local pods = types.pods

local SET = types.record {
  { "exists", types.boolean, "false: no set of this template has been made yet" },
  { "name", types.text, "of the ReplicaSet", optional = true },
  { "revision", types.count, "of the template", optional = true },
  { "replicas", pods, "pods wanted" },
  { "current", pods, "pods that exist" },
  { "ready", pods, "of these, ready" },
  { "available", pods, "of these, ready for minReadySeconds" },
  { "terminating", pods, "pods that are being deleted" },
}

return policy.declare("rollout", {
  word = "strategy",
  doc = "how the pods of an old template give way to a new one",
  named = "spec.strategy.type",
  example = "OneByOne",
  fields = { exclusive = "boolean", params = "table" },
  required = { "plan" },
  functions = {
    plan = {
      doc = "asked at each sync: how many pods each set should have",
      receives = {
        { "replicas", pods, "pods wanted" },
        { "surge", pods, "how many more than that may exist (maxSurge)" },
        { "unavailable", pods, "how many fewer may be available (maxUnavailable)" },
        { "new", SET, "the set of the current template; all zero while `exists` is false" },
        { "old", types.list(SET), "the other sets that still want pods, oldest first" },
        { "total", pods, "pods wanted by all sets together" },
        { "available", pods, "available pods of all sets together" },
        { "old_pods", pods, "pods of old sets that exist, those being deleted included" },
        { "exclusive", types.boolean, "the strategy's own `exclusive`" },
        { "params", types.any, "the strategy's own block of the manifest", optional = true },
        { "now", types.time, "the virtual time" },
      },
      returns = types.record({
        { "new", pods, "size of the new set; nil: leave it, and do not make it yet",
          optional = true },
        { "old", types.either(pods, types.list(pods, "a list of numbers of pods")),
          "sizes of the old sets in the order of view.old, or how many old pods to keep in all; "
          .. "nil: leave them", optional = true },
        { "requeue", types.seconds, "seconds until it wants to be asked again; nil: at a change",
          optional = true },
        { "message", types.text, "what it waits for, shown in the Progressing condition",
          optional = true },
      }, "a plan: a table with new, old, requeue, message"),
    },
  },
  complete = function(p) p.exclusive = p.exclusive or false end,
})
