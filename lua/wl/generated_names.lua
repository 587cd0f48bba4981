-- SPDX-License-Identifier: MIT
--- The names that controllers and the API server make up.
--
-- Source: pkg/controller `podControl`, `deployment`, `history`, `job`,
-- `statefulset`; k8s.io/apiserver `names.SimpleNameGenerator`.
local generated_names = {}

-- Longest name of an object, and what `generateName` leaves for its prefix.
local LONGEST, LONGEST_PREFIX = 253, 58

-- Longest owner's name that a ControllerRevision takes over.
local LONGEST_REVISION_OWNER = 223

--- The name of a Deployment's ReplicaSet: `<deployment>-<hash>`, the
-- Deployment's part cut where the whole would be too long.
-- @tparam string deployment name
-- @tparam string hash pod-template-hash
-- @treturn string
function generated_names.replica_set(deployment, hash)
  return ("%s-%s"):format(deployment:sub(1, LONGEST - 1 - #hash), hash)
end

--- The generateName of a controller's pods: `<controller>-`, without the dash
-- where that would be too long to be a name.
-- @tparam string controller name
-- @treturn string
function generated_names.pod_prefix(controller)
  return #controller < LONGEST and controller .. "-" or controller
end

--- The generateName of an indexed Job's pod: `<job>-<index>-`.
-- @tparam string job name
-- @tparam integer index completion index
-- @treturn string at most 58 bytes
function generated_names.indexed_pod_prefix(job, index)
  local suffix = ("-%d-"):format(index)
  return job:sub(1, LONGEST_PREFIX - #suffix) .. suffix
end

--- The part of a generateName that the final name starts with; five random
-- letters follow it.
-- @tparam string generate_name
-- @treturn string at most 58 bytes
function generated_names.base(generate_name) return generate_name:sub(1, LONGEST_PREFIX) end

--- The name of a ControllerRevision: `<owner>-<hash>`.
-- @tparam string owner name
-- @tparam string hash of the revision's data
-- @treturn string
function generated_names.revision(owner, hash)
  return ("%s-%s"):format(owner:sub(1, LONGEST_REVISION_OWNER), hash)
end

--- The name of the Job that a CronJob starts: `<cron job>-<minute>`.
-- @tparam string cron_job name
-- @tparam integer scheduled seconds since the epoch
-- @treturn string
function generated_names.cron_job_job(cron_job, scheduled)
  return ("%s-%d"):format(cron_job, scheduled // 60)
end

--- The name of a StatefulSet's pod: `<set>-<ordinal>`.
-- @tparam string set name
-- @tparam integer ordinal
-- @treturn string
function generated_names.stateful_pod(set, ordinal) return ("%s-%d"):format(set, ordinal) end

--- The name of a StatefulSet's claim: `<template>-<set>-<ordinal>`.
-- @tparam string template name of the volume claim template
-- @tparam string set name
-- @tparam integer ordinal
-- @treturn string
function generated_names.claim(template, set, ordinal)
  return ("%s-%s-%d"):format(template, set, ordinal)
end

return generated_names
