-- SPDX-License-Identifier: MIT
--- How objects name other objects. (core/v1)
local schema = require "wl.schema"

local object, required, word, str = schema.object, schema.required, schema.word, schema.str

local reference = {}

reference.ObjectReference = object {
  apiVersion = word, kind = word, namespace = word, name = word, uid = word,
  resourceVersion = word, fieldPath = word,
}

reference.LocalObjectReference = object { name = word }

reference.SecretReference = object { name = word, namespace = word }

reference.TypedLocalObjectReference = object {
  apiGroup = str, kind = required(str), name = required(str),
}

reference.TypedObjectReference = object {
  apiGroup = str, kind = required(str), name = required(str), namespace = str,
}

return schema.named(reference)
