-- SPDX-License-Identifier: MIT
--- What fields are for, in a sentence each: type -> field -> sentence; "" is the kind itself.
-- Of the fields that decide how workloads behave; what a type says already is not repeated.
local docs = {}

local SENTENCES = {
  Deployment = { [""] = "Keeps a number of like pods running, and replaces them step by step when "
    .. "their template changes." },
  DeploymentSpec = {
    replicas = "How many pods there are to be.",
    selector = "Which pods are its own; the template must have these labels.",
    template = "What its pods are like; a change here starts a rollout.",
    strategy = "How old pods are replaced by new ones.",
    minReadySeconds = "How long a pod must be ready before it counts as available.",
    progressDeadlineSeconds = "How long a rollout may make no progress before it counts as failed "
      .. "(condition Progressing=False); it goes on trying.",
    revisionHistoryLimit = "How many old ReplicaSets are kept to go back to.",
    history = "A policy that says so instead; Kubernetes does not have it.",
    paused = "While true, a change of the template starts no rollout.",
  },
  DeploymentStrategy = {
    type = "RollingUpdate replaces bit by bit within a budget; Recreate ends all old pods first.",
    rollingUpdate = "The budget: maxUnavailable 25%, maxSurge 25% unless said otherwise.",
  },
  RollingUpdateDeployment = {
    maxUnavailable = "How many pods may be missing; a number or a percentage, rounded down.",
    maxSurge = "How many pods there may be too many; a number or a percentage, rounded up.",
  },
  ReplicaSet = { [""] = "Keeps a number of pods of one template; Deployments make and scale it." },
  StatefulSet = { [""] = "Keeps pods with an identity: a number, a name and volumes that stay." },
  StatefulSetSpec = {
    replicas = "How many pods there are to be, numbered from ordinals.start on.",
    serviceName = "The headless Service that gives the pods their names.",
    podManagementPolicy = "OrderedReady: one after the other, each when the one before is ready; "
      .. "Parallel: all at once.",
    updateStrategy = "How pods get a new template.",
    volumeClaimTemplates = "Claims that each pod gets, and keeps when it is replaced.",
    persistentVolumeClaimRetentionPolicy = "Whether claims go when the set shrinks or is deleted.",
  },
  DaemonSet = { [""] = "Keeps one pod on every node that it fits." },
  DaemonSetSpec = {
    updateStrategy = "RollingUpdate replaces node by node within a budget; OnDelete waits until "
      .. "someone deletes the old pod.",
  },
  Job = { [""] = "Runs pods until enough of them have succeeded." },
  JobSpec = {
    parallelism = "How many pods may run at a time; 0 suspends.",
    completions = "How many pods must succeed; without it, one success ends the Job.",
    completionMode = "Indexed: each completion has a number, and is run until it succeeds.",
    backoffLimit = "How many failures there may be before the Job fails.",
    backoffLimitPerIndex = "How many failures an index may have before it fails.",
    maxFailedIndexes = "How many indexes may fail before the Job does.",
    activeDeadlineSeconds = "How long the Job may be active; then its pods are ended.",
    ttlSecondsAfterFinished = "How long the Job stays after its end; then it is deleted.",
    podFailurePolicy = "What failures mean: fail the Job or the index, count, or ignore.",
    successPolicy = "When a part of the indexes is enough.",
    podReplacementPolicy = "When a failed pod is replaced: at once, or when it is really gone.",
    suspend = "While true, no pods run; those that did are deleted.",
    manualSelector = "The selector is yours, and not made from the Job's uid.",
  },
  PodFailurePolicyRule = {
    action = "FailJob, FailIndex, Ignore (does not count) or Count (as without a rule).",
    onExitCodes = "Matches by what the containers' exit codes were.",
    onPodConditions = "Matches by conditions of the pod, such as DisruptionTarget.",
  },
  CronJob = { [""] = "Starts Jobs by a schedule." },
  CronJobSpec = {
    schedule = "Five fields (minute hour day month weekday), a macro (@daily) or @every 1h.",
    timeZone = "Where the schedule is read, such as Europe/Berlin; UTC here when left out.",
    concurrencyPolicy = "What happens when a run is due and one is active: Allow both, Forbid the "
      .. "new one, or Replace the old one.",
    startingDeadlineSeconds = "How late a run may start; later ones are missed.",
    suspend = "While true, no runs start; those that are active go on.",
    successfulJobsHistoryLimit = "How many Jobs that succeeded are kept.",
    failedJobsHistoryLimit = "How many Jobs that failed are kept.",
    history = "A policy that says which Jobs are kept, instead of these limits; Kubernetes does "
      .. "not have it.",
    jobTemplate = "What its Jobs are like.",
  },
  Pod = { [""] = "Containers that run together on one node; usually made by a controller." },
  PodSpec = {
    containers = "What runs, all at once.",
    initContainers = "What runs before, one after the other; with restartPolicy: Always, beside.",
    restartPolicy = "What follows the end of a container.",
    nodeName = "Where it runs; set by the scheduler.",
    nodeSelector = "Labels that its node must have.",
    affinity = "Which nodes, and which other pods, it wants to be near or far from.",
    tolerations = "Taints of nodes that do not keep it away.",
    topologySpreadConstraints = "How evenly like pods are spread over zones or nodes.",
    priorityClassName = "How important it is: more important pods displace others.",
    terminationGracePeriodSeconds = "How long it has to end before it is killed.",
    activeDeadlineSeconds = "How long it may run before it is failed.",
    readinessGates = "Conditions that somebody else sets, and that readiness waits for.",
    schedulingGates = "While there are any, the scheduler leaves the pod alone.",
  },
  Container = {
    image = "What it runs. Here only the name counts: nothing is pulled.",
    resources = "What it asks for (requests), and what it may use at most (limits).",
    readinessProbe = "Whether it takes part in Services; failing does not restart it.",
    livenessProbe = "Whether it still works; failing restarts it.",
    startupProbe = "Whether it has started; the other probes wait for it.",
    restartPolicy = "Of an init container: Always makes it a sidecar.",
  },
  Probe = {
    initialDelaySeconds = "How long to wait after the start before the first try.",
    periodSeconds = "How often to try.",
    failureThreshold = "How many failures in a row count as one.",
    successThreshold = "How many successes in a row count as one.",
    timeoutSeconds = "How long a try may take.",
  },
  PodDisruptionBudget = { [""] = "Limits how many pods may be evicted at a time." },
  PodDisruptionBudgetSpec = {
    minAvailable = "How many pods must stay healthy; a number or a percentage.",
    maxUnavailable = "How many pods may be unhealthy; a number or a percentage.",
    selector = "Which pods are meant.",
    unhealthyPodEvictionPolicy = "Whether pods that are not ready may go at any time.",
  },
  HorizontalPodAutoscaler = { [""] = "Scales a workload by what is measured." },
  HorizontalPodAutoscalerSpec = {
    scaleTargetRef = "The workload that is scaled.",
    minReplicas = "Not fewer than these.",
    maxReplicas = "Not more than these.",
    metrics = "What is measured; the metric that asks for most replicas decides.",
    behavior = "How fast it goes up and down.",
  },
  Service = { [""] = "A name and an address for the pods that a selector matches." },
  Node = { [""] = "A machine that pods run on." },
  Namespace = { [""] = "A room for names; when it is deleted, so is all in it." },
  ResourceQuota = { [""] = "Limits what the objects of a namespace use together." },
  LimitRange = { [""] = "Limits and defaults for each container, pod or claim of a namespace." },
  PriorityClass = { [""] = "A name for how important pods are." },
  LabelSelector = {
    matchLabels = "Labels that must be there with these values.",
    matchExpressions = "More tests of labels; all must hold.",
  },
  ObjectMeta = {
    name = "Its name, unique among its kind in its namespace.",
    generateName = "The beginning of a name; the server adds the rest.",
    labels = "What selectors look at.",
    annotations = "Notes that nothing selects by.",
    ownerReferences = "Objects that it goes with when they are deleted.",
    finalizers = "Who has work left before a deleted object may go.",
    generation = "Counts the changes of spec.",
    resourceVersion = "Which write made it so; a write on a stale one is a conflict.",
  },
}

--- The sentence about a field.
-- @tparam ?string type "DeploymentSpec"
-- @tparam string field "" is the type itself
-- @treturn ?string
function docs.of(type, field)
  local of = type and SENTENCES[type]
  return of and of[field]
end

--- All sentences, for whoever checks them.
-- @treturn table type -> field -> sentence
function docs.all() return SENTENCES end

return docs
