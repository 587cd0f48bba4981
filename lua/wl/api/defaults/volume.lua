-- SPDX-License-Identifier: MIT
--- Defaults of a volume that depend on its other fields.
-- Source: pkg/apis/core/v1/defaults.go.
local container = require "wl.api.defaults.container"

local volume = {}

--- A volume without a source is an empty directory.
-- @param draft
function volume.volume(draft)
  for name in pairs(draft) do
    if name ~= "name" then return end
  end
  draft.emptyDir = {}
end

--- Complete an image volume: the pull policy follows the tag.
-- @param draft
function volume.image(draft)
  if draft.pullPolicy == nil or draft.pullPolicy == "" then
    draft.pullPolicy = container.pull_policy(draft.reference)
  end
end

return volume
