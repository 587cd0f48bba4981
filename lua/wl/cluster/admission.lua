-- SPDX-License-Identifier: MIT
--- What the API server asks besides the kinds' own rules, in the order in which it
-- asks: a rule may fill in what a later one looks at.
-- Source: pkg/kubeapiserver/options/plugins.go.
local limits = require "wl.limits"
local namespaces = require "wl.namespaces"
local priority = require "wl.priority"
local quota = require "wl.quota.resources"
local service_accounts = require "wl.service_accounts"
local service_addresses = require "wl.service.addresses"
local upkeep = require "wl.volumes.upkeep"

--- @param cluster
return function(cluster)
  local server = cluster.server
  local services = service_addresses.admission(server, cluster:rng "service-addresses")
  server.admit = { namespaces.admission(server), limits.admission(server),
    service_accounts.admission(server), priority.admission(server), upkeep.admission, services }
  server.admit_update = { services }
  server.admit_delete = { namespaces.deletion_rule }
  server.charge = quota.charge
end
