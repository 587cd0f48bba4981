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
--
-- A strategy of several steps is a script instead (`wl.rollout.step` lists them):
--
--     return strategy "Careful" {
--       script = function(step, params)
--         step.set_weight(20)
--         step.pause "10m"
--         step.analyse { metric = "error-rate", successCondition = "< 0.05" }
--       end,
--     }
--
-- It is a plan that keeps a record (`wl.rollout.record`), sees more, and decides
-- the rest by itself:
--
--     revision     hash of the new template; `stable` of the last that was healthy
--     record       status.rollout, as it was kept
--     in_place     true: pods are replaced one for one (StatefulSet, DaemonSet); the plan's
--                  `new` is then how many pods shall be new, whatever there is now
--     domains      of a DaemonSet: failure domains, a list of { name, replicas }
--     measure      function(name): what a metric is of the new pods, a number or nil
--     selects      function(name): the hash that a Service selects; false; nil: there is none

local policy = require "wl.policy"
local script = require "wl.rollout.script"
local types = require "wl.policy.types"

local pods = types.pods

local SET = types.record {
  { "exists", types.boolean, "false: no set of this template has been made yet" },
  { "name", types.text, "of the ReplicaSet", optional = true },
  { "hash", types.text, "of the template", optional = true },
  { "revision", types.count, "of the template", optional = true },
  { "replicas", pods, "pods wanted" },
  { "current", pods, "pods that exist" },
  { "ready", pods, "of these, ready" },
  { "available", pods, "of these, ready for minReadySeconds" },
  { "terminating", pods, "pods that are being deleted" },
}

-- Of a script; a plan that makes one up would be taken at its word.
local OUTCOME = { words = "nothing: this is for scripts", lua = "any" }

function OUTCOME.read(x)
  if getmetatable(x) == script.OUTCOME then return x end
  return nil, ("expected %s, got %s"):format(OUTCOME.words, types.printed(x))
end

local function check(plan, view)
  local sizes, sets = plan.old, view.old
  if type(sizes) == "table" and sets and #sizes > #sets then
    return ("old: expected at most %d sizes, one for each old set, got %d"):format(#sets,
      #sizes)
  end
end

local function verify(fields)
  if not fields.plan and not fields.script then
    return "plan is missing, or script"
  elseif fields.plan and fields.script then
    return "give either plan or script"
  end
end

return policy.declare("rollout", {
  word = "strategy",
  doc = "how the pods of an old template give way to a new one",
  named = "spec.strategy.type",
  example = "OneByOne",
  fields = { exclusive = "boolean", params = "table", budget = "table", domains = "string",
    kinds = "table" },
  verify = verify,
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
        { "revision", types.text, "hash of the new template", optional = true },
        { "stable", types.text, "hash of the last that was healthy", optional = true },
        { "record", types.any, "of a script: status.rollout, as it was kept", optional = true },
        { "deadline", types.seconds, "with autoRollback: seconds without progress",
          optional = true },
        { "in_place", types.boolean, "pods are replaced one for one", optional = true },
        { "domains", types.any, "of a DaemonSet: a list of { name, replicas }", optional = true },
        { "measure", types.any, "function(name): a metric of the new pods", optional = true },
        { "selects", types.any, "function(name): the hash that a Service selects",
          optional = true },
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
        { "rollout", OUTCOME, "of a script: what it keeps, tells and waits for",
          optional = true },
      }, "a plan: a table with new, old, requeue, message"),
      check = check,
    },
    script = {
      doc = "run from its start at each sync; its steps are those of wl.rollout.step",
      receives = {
        { "step", types.any, "the steps" },
        { "params", types.any, "the strategy's own block of the manifest", optional = true },
      },
      returns = types.any,
    },
  },
  complete = function(p)
    p.exclusive = p.exclusive or false
    p.plan = p.plan or script.planner(p.name, p.script)
  end,
})
