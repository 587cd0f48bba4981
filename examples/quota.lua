-- What a namespace may use: a LimitRange for each container, a ResourceQuota for all.
cluster { nodes = 3, seed = 5 }

Namespace "team" {}
LimitRange "defaults" { namespace = "team", limits = {
  { type = "Container", default = { cpu = "500m" }, defaultRequest = { cpu = "250m" },
    max = { cpu = "2" } } } }
ResourceQuota "team" { namespace = "team", hard = { pods = 5, ["requests.cpu"] = "1" } }

-- The containers ask for nothing, so each gets 250m: four of them are one cpu.
Deployment "web" { namespace = "team", replicas = 6, image = "nginx:1.27" }
run "1m"
show("deploy,quota", { namespace = "team" })
expect(get("deploy/web", { namespace = "team" }).status.readyReplicas).is(4)
expect(get("quota/team", { namespace = "team" }).status.used["requests.cpu"]).is "1"

-- The Deployment says why it has not got the others.
describe("deploy/web", { namespace = "team" })

-- A container that asks for more than the LimitRange allows is refused at once.
local ok, refusal = pcall(Pod, "greedy", { namespace = "team", containers = {
  { name = "greedy", image = "busybox", resources = { limits = { cpu = "3" } } } } })
expect(ok).is(false)
print(refusal)

-- With more room the rest comes by itself, when the controller tries again.
patch("quota/team", function(quota) quota.spec.hard["requests.cpu"] = "2" end,
  { namespace = "team" })
run "10m"
expect(get("deploy/web", { namespace = "team" }).status.readyReplicas).is(5)
