-- SPDX-License-Identifier: MIT
--- NetworkPolicies.
-- (pkg/apis/networking/validation)
local check = require "wl.validate.check"
local ip = require "wl.validate.ip"
local labels = require "wl.validate.labels"
local meta = require "wl.validate.meta"

local policy = {}

local PROTOCOLS = { "TCP", "UDP", "SCTP" }
local TYPES = { "Ingress", "Egress" }

local function end_port(errors, path, number, port)
  if number == nil then return end
  if port == nil then
    errors:invalid(path, number, "may not be specified when `port` is not specified")
  elseif type(port) == "string" then
    errors:invalid(path, number, "may not be specified when `port` is non-numeric")
  elseif number < port then
    errors:invalid(path, number, "must be greater than or equal to `port`")
  end
  check.port_number(errors, path, number)
end

local function one_port(errors, path, p)
  check.choice(errors, path .. ".protocol", p.protocol, PROTOCOLS)
  if p.port ~= nil then check.port(errors, path .. ".port", p.port) end
  end_port(errors, path .. ".endPort", p.endPort, p.port)
end

local function block(errors, path, b)
  if check.blank(b.cidr) then return errors:required(path .. ".cidr") end
  ip.range(errors, path .. ".cidr", b.cidr)
  for _, range, at in check.each(b.except, path .. ".except") do
    ip.range(errors, at, range)
    if not ip.is_part(range, b.cidr) then
      errors:invalid(at, range, "must be a strict subset of `cidr`")
    end
  end
end

local function peer(errors, path, p)
  local count = 0
  for _, field in ipairs { "podSelector", "namespaceSelector" } do
    if p[field] then count = count + 1 end
    labels.selector(errors, path .. "." .. field, p[field])
  end
  if p.ipBlock then block(errors, path .. ".ipBlock", p.ipBlock) end
  if p.ipBlock and count > 0 then
    errors:forbidden(path, "may not specify both ipBlock and another peer")
  elseif not p.ipBlock and count == 0 then
    errors:required(path, "must specify a peer")
  end
end

local function rules(errors, path, list, side)
  for _, rule, at in check.each(list, path) do
    for _, p, where in check.each(rule.ports, at .. ".ports") do one_port(errors, where, p) end
    for _, p, where in check.each(rule[side], at .. "." .. side) do peer(errors, where, p) end
  end
end

local function whole(errors, spec)
  labels.selector(errors, "spec.podSelector", spec.podSelector)
  rules(errors, "spec.ingress", spec.ingress, "from")
  rules(errors, "spec.egress", spec.egress, "to")
  if check.count(spec.policyTypes) > #TYPES then
    return errors:invalid("spec.policyTypes", spec.policyTypes,
      "may not specify more than two policyTypes")
  end
  for _, word, at in check.each(spec.policyTypes, "spec.policyTypes") do
    check.choice(errors, at, word, TYPES)
  end
end

--- A new NetworkPolicy.
function policy.validate(object, errors)
  meta.create(errors, object)
  whole(errors, object.spec or {})
end

--- A changed NetworkPolicy.
function policy.validate_update(new, old, errors)
  meta.update(errors, new, old)
  whole(errors, new.spec or {})
end

return policy
