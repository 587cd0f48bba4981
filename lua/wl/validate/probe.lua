-- SPDX-License-Identifier: MIT
--- Probes and lifecycle hooks of a container: what is called, how often.
-- (pkg/apis/core/validation)
local check = require "wl.validate.check"

local probe = {}

-- ---------------------------------------------------------------------------
-- Handlers
-- ---------------------------------------------------------------------------

local function exec(errors, path, handler)
  if check.count(handler.command) == 0 then errors:required(path .. ".command") end
end

local function http_get(errors, path, handler)
  check.port(errors, path .. ".port", handler.port)
  check.choice(errors, path .. ".scheme", handler.scheme, { "HTTP", "HTTPS" })
  for _, header in check.each(handler.httpHeaders, path) do
    check.name(errors, path .. ".httpHeaders", "http_header_name", header.name or "")
  end
end

local function to_port(errors, path, handler) check.port(errors, path .. ".port", handler.port) end

local function sleep(errors, path, handler, grace)
  local seconds = handler.seconds or 0
  if grace and (seconds < 0 or seconds > grace) then
    errors:invalid(path, seconds,
      ("must be non-negative and less than terminationGracePeriodSeconds (%d)"):format(grace))
  end
end

local HANDLERS = {
  { "exec", exec }, { "httpGet", http_get }, { "tcpSocket", to_port }, { "grpc", to_port },
  { "sleep", sleep },
}

-- Exactly one handler is set.
local function handler(errors, path, holder, grace)
  local found = false
  for _, each in ipairs(HANDLERS) do
    local field, rule = each[1], each[2]
    local at = path .. "." .. field
    if holder[field] and found then
      errors:forbidden(at, "may not specify more than 1 handler type")
    elseif holder[field] then
      found = true
      rule(errors, at, holder[field], grace)
    end
  end
  if not found then errors:required(path, "must specify a handler type") end
end

-- ---------------------------------------------------------------------------
-- Probes
-- ---------------------------------------------------------------------------

local TIMES = {
  "initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold",
  "failureThreshold",
}

local function common(errors, path, p, grace)
  handler(errors, path, p, grace)
  check.nonnegative_fields(errors, path, p, TIMES)
  local own = p.terminationGracePeriodSeconds
  if own and own <= 0 then
    errors:invalid(path .. ".terminationGracePeriodSeconds", own, "must be greater than 0")
  end
end

-- A container that fails once after it has started does not need to succeed twice.
local function one_success(errors, path, p, grace)
  common(errors, path, p, grace)
  if (p.successThreshold or 1) ~= 1 then
    errors:invalid(path .. ".successThreshold", p.successThreshold, "must be 1")
  end
end

local function readiness(errors, path, p, grace)
  common(errors, path, p, grace)
  if p.terminationGracePeriodSeconds then
    errors:invalid(path .. ".terminationGracePeriodSeconds", p.terminationGracePeriodSeconds,
      "must not be set for readinessProbes")
  end
end

local function lifecycle(errors, path, hooks, grace)
  if hooks.postStart then handler(errors, path .. ".postStart", hooks.postStart, grace) end
  if hooks.preStop then handler(errors, path .. ".preStop", hooks.preStop, grace) end
end

local ALL = {
  { "lifecycle", lifecycle }, { "livenessProbe", one_success },
  { "readinessProbe", readiness }, { "startupProbe", one_success },
}

--- The probes and hooks of a container that stays.
-- @param path   the container's
-- @param grace  the pod's terminationGracePeriodSeconds
function probe.all(errors, path, container, grace)
  for _, each in ipairs(ALL) do
    local field, rule = each[1], each[2]
    if container[field] then rule(errors, path .. "." .. field, container[field], grace) end
  end
end

--- An init container that runs to its end has none.
function probe.none(errors, path, container)
  for _, each in ipairs(ALL) do
    if container[each[1]] then
      errors:forbidden(path .. "." .. each[1],
        "may not be set for init containers without restartPolicy=Always")
    end
  end
end

return probe
