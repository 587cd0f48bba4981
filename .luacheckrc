std = "lua54"
cache = false
max_line_length = 100
ignore = {
  "212/_.*", -- an argument that is there for the shape of the call
}

-- The words of the scenario language.
local words = {
  "after", "always", "annotate", "apply", "at", "at_most", "behave", "chaos", "cluster",
  "concurrency", "create_job", "cron", "decisions", "define", "delete", "deletion_order",
  "describe", "diff", "events", "eventually", "every", "exists", "expect", "explain", "fail",
  "get", "history", "holds_until", "kind", "label", "list", "metric", "never", "node", "now",
  "patch", "placement", "plan", "promise", "reload", "report", "retry", "rollout", "run", "scale",
  "set_image", "show", "step", "strategy", "test", "timeline", "top", "tree", "until_settled",
  "wait", "watch", "within",
}
-- Kinds are constructors.
local kinds = {
  "Pod", "Node", "Namespace", "ReplicaSet", "Deployment", "Service",
  "ReplicationController", "StatefulSet", "DaemonSet", "Job", "CronJob",
  "ConfigMap", "Secret", "ServiceAccount", "PersistentVolume",
  "PersistentVolumeClaim", "StorageClass", "PriorityClass", "Ingress",
  "PodDisruptionBudget", "HorizontalPodAutoscaler", "ResourceQuota", "LimitRange",
  "Workflow", "Release",
}

local scenario = {}
for _, list in ipairs { words, kinds } do
  for _, word in ipairs(list) do
    scenario[#scenario + 1] = word
  end
end

files["examples"] = { read_globals = scenario }
files["lua/wl/cli.lua"] = { globals = { "arg" } }
files["spec"] = { std = "+busted" }
files["spec/exploration"] = { read_globals = scenario }
