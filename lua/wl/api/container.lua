-- SPDX-License-Identifier: MIT
--- Containers: what they run, with which environment, resources and probes. (core/v1)
local schema = require "wl.schema"
local security = require "wl.api.security"
local defaults = require "wl.api.defaults.container"

local object, list, merged, set = schema.object, schema.list, schema.merged, schema.set
local required, always = schema.required, schema.always
local word, str, bool, flag, int32, int64, count = schema.word, schema.str, schema.bool,
  schema.flag, schema.int32, schema.int64, schema.count
local int_or_string, quantity, resources = schema.int_or_string, schema.quantity, schema.resources

local container = {}

container.PROTOCOLS = { "TCP", "UDP", "SCTP" }
container.PULL_POLICIES = { "Always", "IfNotPresent", "Never" }

container.ContainerPort = object {
  name = word, containerPort = required(int32), hostPort = count, hostIP = word,
  protocol = word { default = "TCP", enum = container.PROTOCOLS },
}

-- environment

container.ObjectFieldSelector = object {
  apiVersion = word { default = "v1" }, fieldPath = required(str),
}

container.ResourceFieldSelector = object {
  containerName = word, resource = required(str), divisor = quantity { default = "0" },
}

container.ConfigMapKeySelector = object { name = word, key = required(str), optional = bool }

container.SecretKeySelector = object { name = word, key = required(str), optional = bool }

container.FileKeySelector = object {
  volumeName = required(str), path = required(str), key = required(str),
  optional = bool { default = false },
}

container.EnvVarSource = object {
  fieldRef = container.ObjectFieldSelector, resourceFieldRef = container.ResourceFieldSelector,
  configMapKeyRef = container.ConfigMapKeySelector, secretKeyRef = container.SecretKeySelector,
  fileKeyRef = container.FileKeySelector,
}

container.EnvVar = object {
  name = required(str), value = word, valueFrom = container.EnvVarSource,
}

container.ConfigMapEnvSource = object { name = word, optional = bool }

container.SecretEnvSource = object { name = word, optional = bool }

container.EnvFromSource = object {
  prefix = word, configMapRef = container.ConfigMapEnvSource,
  secretRef = container.SecretEnvSource,
}

-- resources

container.ResourceClaim = object { name = required(str), request = word }

container.ResourceRequirements = object {
  limits = resources, requests = resources,
  claims = list(container.ResourceClaim) { keys = { "name" } },
}

container.ContainerResizePolicy = object {
  resourceName = required(str),
  restartPolicy = required(str) { enum = { "NotRequired", "RestartContainer" } },
}

-- handlers and probes

container.ExecAction = object { command = list(str) }

container.HTTPHeader = object { name = required(str), value = required(str) }

container.HTTPGetAction = object {
  path = word { default = "/" }, port = required(int_or_string), host = word,
  scheme = word { default = "HTTP", enum = { "HTTP", "HTTPS" } },
  httpHeaders = list(container.HTTPHeader),
}

container.TCPSocketAction = object { port = required(int_or_string), host = word }

container.GRPCAction = object { port = required(int32), service = str { default = "" } }

container.SleepAction = object { seconds = required(int64) }

container.LifecycleHandler = object {
  exec = container.ExecAction, httpGet = container.HTTPGetAction,
  tcpSocket = container.TCPSocketAction, sleep = container.SleepAction,
}

container.Lifecycle = object {
  postStart = container.LifecycleHandler, preStop = container.LifecycleHandler, stopSignal = str,
}

container.Probe = object {
  exec = container.ExecAction, httpGet = container.HTTPGetAction,
  tcpSocket = container.TCPSocketAction, grpc = container.GRPCAction,
  initialDelaySeconds = count, timeoutSeconds = count { default = 1 },
  periodSeconds = count { default = 10 }, successThreshold = count { default = 1 },
  failureThreshold = count { default = 3 }, terminationGracePeriodSeconds = int64,
}

-- mounts

container.VolumeMount = object {
  name = required(str), mountPath = required(str), subPath = word, subPathExpr = word,
  readOnly = flag, recursiveReadOnly = str { enum = { "Disabled", "Enabled", "IfPossible" } },
  mountPropagation = str { enum = { "Bidirectional", "HostToContainer", "None" } },
}

container.VolumeDevice = object { name = required(str), devicePath = required(str) }

-- restarts decided by exit code

container.ContainerRestartRuleOnExitCodes = object {
  operator = required(str) { enum = { "In", "NotIn" } }, values = set(int32),
}

container.ContainerRestartRule = object {
  action = required(str) { enum = { "Restart", "RestartAllContainers" } },
  exitCodes = container.ContainerRestartRuleOnExitCodes,
}

container.Container = object {
  name = required(str), image = word,
  imagePullPolicy = word { enum = container.PULL_POLICIES },
  command = list(str), args = list(str), workingDir = word,
  ports = merged(container.ContainerPort, "containerPort", "protocol"),
  env = merged(container.EnvVar, "name"), envFrom = list(container.EnvFromSource),
  resources = always(container.ResourceRequirements),
  resizePolicy = list(container.ContainerResizePolicy),
  restartPolicy = str { enum = { "Always", "Never", "OnFailure" } },
  restartPolicyRules = list(container.ContainerRestartRule),
  volumeMounts = merged(container.VolumeMount, "mountPath"),
  volumeDevices = merged(container.VolumeDevice, "devicePath"),
  livenessProbe = container.Probe, readinessProbe = container.Probe,
  startupProbe = container.Probe, lifecycle = container.Lifecycle,
  terminationMessagePath = word { default = "/dev/termination-log" },
  terminationMessagePolicy = word { default = "File", enum = { "FallbackToLogsOnError", "File" } },
  securityContext = security.SecurityContext,
  stdin = flag, stdinOnce = flag, tty = flag,
} { complete = defaults.container }

container.EphemeralContainer = schema.extend(container.Container, { targetContainerName = word })

return schema.named(container)
