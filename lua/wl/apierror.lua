-- SPDX-License-Identifier: MIT
--- The errors of the Kubernetes API, worded as Kubernetes words them.
--
-- An API error prints as its message and carries `code` (the reason word that
-- scripts test), `status` (the HTTP number), and for a refused object `causes`,
-- each with `field`, `reason` and `message`:
--
--     local ok, err = pcall(apply, "web.yaml")
--     if not ok and err.code == "Invalid" then print(err.causes[1].field) end
--
-- A resource is named as Kubernetes names it: "deployments.apps", "pods"; a
-- kind likewise: "Deployment.apps", "Pod".
-- (k8s.io/apimachinery/pkg/api/errors)
local apierror = {}

local meta = { __name = "wl.apierror" }

function meta:__tostring() return self.message end

-- Two errors joined by `..` read well in a message.
function meta.__concat(a, b) return tostring(a) .. tostring(b) end

local STATUS = {
  BadRequest = 400, Forbidden = 403, NotFound = 404, MethodNotAllowed = 405,
  AlreadyExists = 409, Conflict = 409, Expired = 410, RequestEntityTooLarge = 413,
  UnsupportedMediaType = 415, Invalid = 422, TooManyRequests = 429, InternalError = 500,
}

--- An error of any code.
-- @param code     the reason word: "Invalid", "NotFound" ...
-- @param message  what it prints
-- @param causes   array of { field, reason, message }, or nil
function apierror.new(code, message, causes)
  return setmetatable({
    code = code, status = STATUS[code] or 500, message = message, causes = causes or {},
  }, meta)
end

--- Whether x is an API error, and of this code when one is given.
function apierror.is(x, code)
  return getmetatable(x) == meta and (code == nil or x.code == code)
end

local function named(resource, name, rest)
  return ('%s "%s" %s'):format(resource, name, rest)
end

--- `deployments.apps "web" not found`
function apierror.not_found(resource, name)
  return apierror.new("NotFound", named(resource, name, "not found"))
end

--- `deployments.apps "web" already exists`
function apierror.already_exists(resource, name)
  return apierror.new("AlreadyExists", named(resource, name, "already exists"))
end

local STALE = "the object has been modified; please apply your changes to the latest version "
  .. "and try again"

--- A write that does not fit what is stored.
-- @param detail  why; a stale object when left out
function apierror.conflict(resource, name, detail)
  local text = ('Operation cannot be fulfilled on %s "%s": %s')
  return apierror.new("Conflict", text:format(resource, name, detail or STALE))
end

--- `pods "web" is forbidden: exceeded quota ...`
-- @param name  the object's name; nil or "" for the whole resource
function apierror.forbidden(resource, name, detail)
  local subject = resource
  if name and name ~= "" then subject = ('%s "%s"'):format(resource, name) end
  return apierror.new("Forbidden", ("%s is forbidden: %s"):format(subject, detail))
end

--- A request that cannot be understood.
function apierror.bad_request(message) return apierror.new("BadRequest", message) end

--- History that is no longer kept.
function apierror.expired(message) return apierror.new("Expired", message) end

-- The messages of several causes: each once, in brackets when they are several.
local function aggregate(causes)
  local seen, messages = {}, {}
  for _, cause in ipairs(causes) do
    local message = cause.field .. ": " .. cause.message
    if not seen[message] then
      seen[message] = true
      messages[#messages + 1] = message
    end
  end
  if #messages == 1 then return messages[1] end
  return "[" .. table.concat(messages, ", ") .. "]"
end

--- A refused object: `Deployment.apps "web" is invalid: spec.replicas: ...`
-- @param causes  a non-empty array of { field, reason, message }
function apierror.invalid(kind, name, causes)
  return apierror.new("Invalid", named(kind, name, "is invalid: " .. aggregate(causes)), causes)
end

--- The error as the other calls return it: nil, message, code, causes.
function apierror.returned(err) return nil, err.message, err.code, err.causes end

return apierror
