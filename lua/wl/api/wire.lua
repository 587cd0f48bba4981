-- SPDX-License-Identifier: MIT
--- What travels beside the objects: lists, errors, options, discovery. (meta/v1)
local schema = require "wl.schema"

local object, list, required = schema.object, schema.list, schema.required
local word, str, bool, flag, int64, count, any = schema.word, schema.str, schema.bool, schema.flag,
  schema.int64, schema.count, schema.any

local wire = {}

wire.ShardInfo = object { selector = required(str) }

wire.ListMeta = object {
  selfLink = word, resourceVersion = word, continue = word, remainingItemCount = int64,
  shardInfo = wire.ShardInfo,
}

wire.StatusCause = object { reason = word, message = word, field = word }

wire.StatusDetails = object {
  name = word, group = word, kind = word, uid = word,
  causes = list(wire.StatusCause), retryAfterSeconds = count,
}

wire.Status = object {
  apiVersion = word, kind = word, metadata = wire.ListMeta,
  status = word, message = word, reason = word, details = wire.StatusDetails, code = count,
}

wire.Preconditions = object { uid = str, resourceVersion = str }

wire.DeleteOptions = object {
  apiVersion = word, kind = word,
  gracePeriodSeconds = int64, preconditions = wire.Preconditions, dryRun = list(str),
  propagationPolicy = str { enum = { "Orphan", "Background", "Foreground" } },
  orphanDependents = bool, ignoreStoreReadErrorWithClusterBreakingPotential = bool,
}

wire.WatchEvent = object { type = required(str), object = required(any) }

wire.GroupVersionForDiscovery = object { groupVersion = required(str), version = required(str) }

wire.ServerAddressByClientCIDR = object {
  clientCIDR = required(str), serverAddress = required(str),
}

wire.APIGroup = object {
  apiVersion = word, kind = word, name = required(str),
  versions = required(list(wire.GroupVersionForDiscovery)),
  preferredVersion = wire.GroupVersionForDiscovery,
  serverAddressByClientCIDRs = list(wire.ServerAddressByClientCIDR),
}

wire.APIGroupList = object {
  apiVersion = word, kind = word, groups = required(list(wire.APIGroup)),
}

wire.APIResource = object {
  name = required(str), singularName = required(str), namespaced = required(flag),
  group = word, version = word, kind = required(str), verbs = required(list(str)),
  shortNames = list(str), categories = list(str), storageVersionHash = word,
}

wire.APIResourceList = object {
  apiVersion = word, kind = word, groupVersion = required(str),
  resources = required(list(wire.APIResource)),
}

wire.APIVersions = object {
  apiVersion = word, kind = word, versions = required(list(str)),
  serverAddressByClientCIDRs = required(list(wire.ServerAddressByClientCIDR)),
}

return schema.named(wire)
