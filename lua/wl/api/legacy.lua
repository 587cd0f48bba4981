-- SPDX-License-Identifier: MIT
--- Versions of the API that manifests still name and Kubernetes no longer serves.
--
-- `legacy.Deployment` maps each old apiVersion to a function(draft, warn) that
-- rewrites an object of it, in place, into the current form: with the defaults
-- of the old version, where they differ from today's. Fields of the wrong type
-- are left as they are, for the check that follows to find.
--
-- Source: the deprecation guide; pkg/apis/*/v*beta*/defaults.go and
-- conversion.go of the releases that served them.
local autoscaling = require "wl.api.legacy.autoscaling"
local networking = require "wl.api.legacy.networking"
local other = require "wl.api.legacy.other"
local workload = require "wl.api.legacy.workload"

local NETWORKING, RBAC, STORAGE = "networking.k8s.io/v1", "rbac.authorization.k8s.io/v1",
  "storage.k8s.io/v1"

-- The old version, the release that stopped serving it, and what rewrites it.
local OLD = {
  Deployment = { now = "apps/v1",
    { "extensions/v1beta1", "1.16", workload.deployment_extensions },
    { "apps/v1beta1", "1.16", workload.deployment_apps_beta1 },
    { "apps/v1beta2", "1.16" },
  },
  ReplicaSet = { now = "apps/v1",
    { "extensions/v1beta1", "1.16", workload.replica_set_extensions },
    { "apps/v1beta2", "1.16" },
  },
  StatefulSet = { now = "apps/v1",
    { "apps/v1beta1", "1.16", workload.stateful_set_apps_beta1 },
    { "apps/v1beta2", "1.16" },
  },
  DaemonSet = { now = "apps/v1",
    { "extensions/v1beta1", "1.16", workload.daemon_set_extensions },
    { "apps/v1beta2", "1.16" },
  },
  ControllerRevision = { now = "apps/v1",
    { "apps/v1beta1", "1.16" },
    { "apps/v1beta2", "1.16" },
  },
  CronJob = { now = "batch/v1",
    { "batch/v2alpha1", "1.21" },
    { "batch/v1beta1", "1.25" },
  },
  HorizontalPodAutoscaler = { now = "autoscaling/v2",
    { "autoscaling/v1", nil, autoscaling.from_v1 },
    { "autoscaling/v2beta1", "1.25", autoscaling.from_v2beta1 },
    { "autoscaling/v2beta2", "1.26" },
  },
  PodDisruptionBudget = { now = "policy/v1",
    { "policy/v1beta1", "1.25", other.disruption_budget_beta1 },
  },
  Ingress = { now = NETWORKING,
    { "extensions/v1beta1", "1.22", networking.ingress_beta1 },
    { "networking.k8s.io/v1beta1", "1.22", networking.ingress_beta1 },
  },
  IngressClass = { now = NETWORKING, { "networking.k8s.io/v1beta1", "1.22" } },
  NetworkPolicy = { now = NETWORKING, { "extensions/v1beta1", "1.16" } },
  EndpointSlice = { now = "discovery.k8s.io/v1",
    { "discovery.k8s.io/v1beta1", "1.25", other.endpoint_slice_beta1 },
  },
  Event = { now = "v1",
    { "events.k8s.io/v1beta1", "1.25", other.event_of_events_group },
    { "events.k8s.io/v1", nil, other.event_of_events_group },
  },
  Lease = { now = "coordination.k8s.io/v1", { "coordination.k8s.io/v1beta1", "1.22" } },
  PriorityClass = { now = "scheduling.k8s.io/v1",
    { "scheduling.k8s.io/v1alpha1", "1.17" },
    { "scheduling.k8s.io/v1beta1", "1.22" },
  },
  StorageClass = { now = STORAGE, { "storage.k8s.io/v1beta1", "1.22" } },
}

for _, name in ipairs { "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding" } do
  OLD[name] = { now = RBAC,
    { "rbac.authorization.k8s.io/v1alpha1", "1.22" },
    { "rbac.authorization.k8s.io/v1beta1", "1.22" },
  }
end

local WARNING = "%s %s is no longer served since Kubernetes %s; write apiVersion: %s"

-- A version that is still served is read without a word.
local function converter(name, now, old)
  local api, since, rewrite = old[1], old[2], old[3]
  return function(draft, warn)
    if since then warn(WARNING:format(api, name, since, now)) end
    if rewrite then rewrite(draft, warn) end
  end
end

local legacy = {}
for name, versions in pairs(OLD) do
  legacy[name] = {}
  for _, old in ipairs(versions) do legacy[name][old[1]] = converter(name, versions.now, old) end
end

return legacy
