-- SPDX-License-Identifier: MIT
local deployment_kind = require "stdlib.kinds.deployment"
local fake_ctx = require "spec.support.fake_ctx"
local rollout = require "wl.rollout"

local function deployment(image)
  return {
    apiVersion = "apps/v1", kind = "Deployment", metadata = { name = "web", generation = 1 },
    spec = {
      replicas = 2, selector = { matchLabels = { app = "web" } }, progressDeadlineSeconds = 600,
      strategy = { type = "Recreate" },
      template = { metadata = { labels = { app = "web" } },
        spec = { containers = { { name = "c", image = image } } } },
    },
  }
end

local function sync(ctx)
  for _ = 1, 6 do
    for _, object in ipairs { table.unpack(ctx.objects) } do
      if object.kind == "ReplicaSet" then
        ctx:edit(object, function(draft)
          local size = draft.spec.replicas
          draft.status = { replicas = size, readyReplicas = size, availableReplicas = size }
        end)
      end
    end
    deployment_kind.reconcile(ctx, ctx:get("Deployment", "default", "web"))
  end
  return ctx:get("Deployment", "default", "web")
end

-- A deployment that has had the images in turn.
local function with_history(...)
  local ctx = fake_ctx.new()
  ctx:add(deployment((...)))
  local object = sync(ctx)
  for _, image in ipairs { select(2, ...) } do
    ctx:edit(object, function(draft)
      draft.spec.template.spec.containers[1].image = image
      draft.metadata.annotations["kubernetes.io/change-cause"] = "image " .. image
      draft.metadata.generation = draft.metadata.generation + 1
    end)
    object = sync(ctx)
  end
  return ctx, object
end

local function image(object) return object.spec.template.spec.containers[1].image end

describe("rollout.status", function()
  local function status(fields, wanted)
    local object = deployment "app:1"
    object.status = fields
    object.spec.replicas = wanted or 3
    return rollout.status(object)
  end

  for _, case in ipairs {
    { "waits until the spec is seen", {}, "Waiting for deployment spec update to be observed..." },
    { "counts new pods", { observedGeneration = 1, updatedReplicas = 1 },
      'Waiting for deployment "web" rollout to finish: 1 out of 3 new replicas '
        .. "have been updated..." },
    { "counts old pods", { observedGeneration = 1, updatedReplicas = 3, replicas = 4 },
      'Waiting for deployment "web" rollout to finish: 1 old replicas are pending termination...' },
    { "counts available pods",
      { observedGeneration = 1, updatedReplicas = 3, replicas = 3, availableReplicas = 2 },
      'Waiting for deployment "web" rollout to finish: 2 of 3 updated replicas are available...' },
  } do
    it(case[1], function()
      local text, finished = status(case[2])
      assert.equal(case[3], text)
      assert.is_false(finished)
    end)
  end

  it("is done when all are available", function()
    local text, finished =
      status { observedGeneration = 1, updatedReplicas = 3, replicas = 3, availableReplicas = 3 }
    assert.equal('deployment "web" successfully rolled out', text)
    assert.is_true(finished)
  end)

  it("fails after the deadline", function()
    local text, message = status { observedGeneration = 1, conditions = {
      { type = "Progressing", status = "False", reason = "ProgressDeadlineExceeded" } } }
    assert.is_nil(text)
    assert.equal('deployment "web" exceeded its progress deadline', message)
  end)

  it("refuses another revision than the running one", function()
    local _, object = with_history("app:1", "app:2")
    local _, message = rollout.status(object, 1)
    assert.equal("desired revision (1) is different from the running revision (2)", message)
    assert.equal('deployment "web" successfully rolled out', (rollout.status(object, 2)))
  end)
end)

describe("rollout.history", function()
  it("lists revisions with their cause", function()
    local ctx, object = with_history("app:1", "app:2")
    assert.equal("deployment.apps/web \nREVISION  CHANGE-CAUSE\n1         <none>\n"
      .. "2         image app:2", rollout.history(ctx, object))
  end)

  it("gives the template of a revision", function()
    local ctx, object = with_history("app:1", "app:2")
    local first = assert(rollout.revision(ctx, object, 1))
    assert.equal("app:1", first.template.spec.containers[1].image)
    local _, message, code = rollout.revision(ctx, object, 7)
    assert.equal("unable to find specified revision 7 in history", message)
    assert.equal("NotFound", code)
  end)
end)

describe("rollout.undo", function()
  it("goes back to the previous revision, with its annotations", function()
    local ctx, object = with_history("app:1", "app:2", "app:3")
    assert.equal("deployment.apps/web rolled back", rollout.undo(ctx, object))
    object = sync(ctx)
    assert.equal("app:2", image(object))
    assert.equal("image app:2", object.metadata.annotations["kubernetes.io/change-cause"])
    assert.equal("4", object.metadata.annotations["deployment.kubernetes.io/revision"])
    assert.is_nil(object.spec.template.metadata.labels["pod-template-hash"])
    assert.is_nil(rollout.revision(ctx, object, 2))
  end)

  it("goes back to the revision that is named", function()
    local ctx, object = with_history("app:1", "app:2", "app:3")
    assert(rollout.undo(ctx, object, 1))
    assert.equal("app:1", image(ctx:stored(object)))
  end)

  it("says when there is nothing to do", function()
    local ctx, object = with_history("app:1", "app:2")
    assert.equal("deployment.apps/web skipped rollback "
      .. "(current template already matches revision 2)", rollout.undo(ctx, object, 2))
  end)

  it("refuses what kubectl refuses", function()
    local ctx, object = with_history "app:1"
    local function refusal(...) return select(2, rollout.undo(ctx, object, ...)) end
    assert.equal('no rollout history found for deployment "web"', refusal())
    assert.equal("unable to find specified revision -1 in history", refusal(-1))
    object = ctx:edit(object, function(draft) draft.spec.paused = true end)
    assert.equal("cannot rollback a paused deployment; resume it first with "
      .. "'kubectl rollout resume' and try again", refusal(1))
  end)

  it("writes nothing when it is only asked what it would do", function()
    local ctx, object = with_history("app:1", "app:2")
    local writes = #ctx.writes
    local text = rollout.undo(ctx, object, 1, { dry_run = true })
    assert.matches("^deployment.apps/web rolled back %(dry run%): to revision 1, which differs",
      text)
    assert.matches("\n%-[^\n]*image: app:2\n%+[^\n]*image: app:1\n", text)
    assert.matches("^deployment.apps/web paused %(dry run%): its pods would stay",
      rollout.pause(ctx, object, { dry_run = true }))
    assert.matches("^deployment.apps/web restarted %(dry run%): all pods would be replaced",
      rollout.restart(ctx, object, { dry_run = true }))
    assert.equal(writes, #ctx.writes)
  end)
end)

describe("rollout.pause, resume and restart", function()
  it("pause and resume once", function()
    local ctx, object = with_history "app:1"
    assert.equal("deployment.apps/web paused", rollout.pause(ctx, object))
    object = ctx:stored(object)
    assert.equal('deployments.apps "web" is already paused',
      select(2, rollout.pause(ctx, object)))
    assert.equal('deployments.apps "web" can\'t restart paused deployment '
      .. "(run rollout resume first)", select(2, rollout.restart(ctx, object)))
    assert.equal("deployment.apps/web resumed", rollout.resume(ctx, object))
    assert.equal('deployments.apps "web" is not paused',
      select(2, rollout.resume(ctx, ctx:stored(object))))
  end)

  it("restart makes a new revision of the same image", function()
    local ctx, object = with_history "app:1"
    assert.equal("deployment.apps/web restarted", rollout.restart(ctx, object))
    assert.truthy(select(2, rollout.restart(ctx, ctx:stored(object))):find "past second")
    object = sync(ctx)
    assert.equal("2", object.metadata.annotations["deployment.kubernetes.io/revision"])
    ctx.now = ctx.now + 1
    assert.equal("deployment.apps/web restarted", rollout.restart(ctx, object))
  end)

  it("are not for every kind", function()
    local ctx = fake_ctx.new()
    local set = ctx:add { apiVersion = "apps/v1", kind = "ReplicaSet", metadata = { name = "x" },
      spec = {} }
    assert.equal('replicasets.apps "x" pausing is not supported',
      select(2, rollout.pause(ctx, set)))
    assert.equal('replicasets.apps "x" restarting is not supported',
      select(2, rollout.restart(ctx, set)))
  end)
end)
