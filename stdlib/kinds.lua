-- SPDX-License-Identifier: MIT
--- The kinds that ship: each file below stdlib/kinds, and what is in it.
-- The order is that in which `get all` shows them.
return {
  { "pod", "Pod" },
  { "replicationcontroller", "ReplicationController" },
  { "service", "Service" },
  { "daemonset", "DaemonSet" },
  { "deployment", "Deployment" },
  { "replicaset", "ReplicaSet" },
  { "statefulset", "StatefulSet" },
  { "autoscaling", "HorizontalPodAutoscaler" },
  { "cronjob", "CronJob" },
  { "job", "Job" },
  { "node", "Node" },
  { "namespace", "Namespace" },
  { "event", "Event" },
  { "config", "ConfigMap", "Secret", "ServiceAccount" },
  { "storage", "PersistentVolume", "PersistentVolumeClaim", "StorageClass" },
  { "quota", "ResourceQuota", "LimitRange" },
  { "workflow", "Workflow" },
  { "release", "Release" },
  { "policy", "PodDisruptionBudget" },
  { "scheduling", "PriorityClass", "Lease" },
  { "revision", "ControllerRevision" },
  { "networking", "Ingress", "IngressClass", "NetworkPolicy", "Endpoints", "EndpointSlice" },
  { "rbac", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding" },
}
