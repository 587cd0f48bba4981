-- SPDX-License-Identifier: MIT
--- Names that a pod resolves: its DNS settings and its own hosts.
-- (pkg/apis/core/validation)
local check = require "wl.validate.check"
local ip = require "wl.validate.ip"

local dns = {}

local POLICIES = { "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None" }

-- What the C library of Linux takes.
local MOST_SERVERS, MOST_SEARCHES, LONGEST_SEARCHES = 3, 32, 2048

local function servers(errors, path, list)
  if check.count(list) > MOST_SERVERS then
    errors:invalid(path, list, ("must not have more than %d nameservers"):format(MOST_SERVERS))
  end
  for _, server, at in check.each(list, path) do ip.check(errors, at, server) end
end

-- A subdomain whose labels may hold underscores.
local function search_domain(errors, path, text)
  if text == "." then return end
  text = text:gsub("%.$", "")
  errors:each_invalid(path, text, check.faults("dns_subdomain", (text:gsub("_", "a"))))
end

local function searches(errors, path, list)
  local words = {}
  for i, text, at in check.each(list, path) do
    words[i] = text
    search_domain(errors, at, text)
  end
  if #words > MOST_SEARCHES then
    errors:invalid(path, list, ("must not have more than %d search paths"):format(MOST_SEARCHES))
  end
  if #table.concat(words, " ") > LONGEST_SEARCHES then
    errors:invalid(path, list, ("must not have more than %d characters (including spaces) "
      .. "in the search list"):format(LONGEST_SEARCHES))
  end
end

local function none_needs_servers(errors, path, config)
  if not config then
    errors:required(path, "must provide `dnsConfig` when `dnsPolicy` is None")
  elseif check.count(config.nameservers) == 0 then
    errors:required(path .. ".nameservers",
      "must provide at least one DNS nameserver when `dnsPolicy` is None")
  end
end

--- dnsPolicy and dnsConfig of a pod.
-- @param path  the spec's
function dns.settings(errors, path, spec)
  check.choice(errors, path .. ".dnsPolicy", spec.dnsPolicy, POLICIES)
  local config, at = spec.dnsConfig, path .. ".dnsConfig"
  if spec.dnsPolicy == "None" then none_needs_servers(errors, at, config) end
  if not config then return end
  servers(errors, at .. ".nameservers", config.nameservers)
  searches(errors, at .. ".searches", config.searches)
  for _, option, where in check.each(config.options, at .. ".options") do
    check.required(errors, where, option.name, "must not be empty")
  end
end

--- Lines of the pod's hosts file.
function dns.host_aliases(errors, path, list)
  for _, alias, at in check.each(list, path) do
    ip.check(errors, at .. ".ip", alias.ip or "")
    for _, name, where in check.each(alias.hostnames, at .. ".hostnames") do
      check.name(errors, where, "dns_subdomain", name)
    end
  end
end

return dns
