-- SPDX-License-Identifier: MIT
--- Events, in the form of core/v1 and that of events.k8s.io/v1.
local schema = require "wl.schema"
local meta = require "wl.api.meta"
local reference = require "wl.api.reference"

local object, required, always = schema.object, schema.required, schema.always
local word, count, int32, time, micro_time = schema.word, schema.count, schema.int32, schema.time,
  schema.micro_time

local event = {}

event.EventSource = object { component = word, host = word }

event.EventSeries = object { count = count, lastObservedTime = micro_time }

event.Event = schema.extend(meta.resource {
  involvedObject = required(reference.ObjectReference), related = reference.ObjectReference,
  reason = word, message = word, type = word, action = word, count = count,
  source = always(event.EventSource), series = event.EventSeries,
  firstTimestamp = time, lastTimestamp = time, eventTime = micro_time,
  reportingComponent = word, reportingInstance = word,
}, { metadata = required(meta.ObjectMeta) { default = {} } })

-- events.k8s.io/v1 says the same in other words.
local v1 = {}

v1.EventSeries = object { count = required(int32), lastObservedTime = required(micro_time) }

v1.Event = meta.resource {
  eventTime = required(micro_time), series = v1.EventSeries,
  reportingController = word, reportingInstance = word, action = word, reason = word,
  regarding = reference.ObjectReference, related = reference.ObjectReference,
  note = word, type = word,
  deprecatedSource = event.EventSource, deprecatedCount = count,
  deprecatedFirstTimestamp = time, deprecatedLastTimestamp = time,
}

event.v1 = schema.named(v1)

return schema.named(event)
