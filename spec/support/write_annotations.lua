-- SPDX-License-Identifier: MIT
-- wlrun spec/support/write_annotations.lua - bring lua/meta/wlrun.lua up to date.
local annotations = require "spec.support.annotations"

local out = assert(io.open(annotations.PATH, "w"))
out:write(annotations.text())
out:close()
