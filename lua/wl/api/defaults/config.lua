-- SPDX-License-Identifier: MIT
--- Defaults of a Secret that depend on its other fields.
-- Source: pkg/apis/core/v1/conversion.go.
local config = {}

local DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function digit(n)
  return DIGITS:sub(n + 1, n + 1)
end

local function base64(text)
  local out = {}
  for i = 1, #text, 3 do
    local a, b, c = text:byte(i, i + 2)
    local n = a << 16 | (b or 0) << 8 | (c or 0)
    out[#out + 1] = digit(n >> 18) .. digit(n >> 12 & 63) .. (b and digit(n >> 6 & 63) or "=")
      .. (c and digit(n & 63) or "=")
  end
  return table.concat(out)
end

--- Complete a Secret: what was written as text is stored as data.
-- @param draft
function config.secret(draft)
  if draft.stringData == nil then return end
  if draft.data == nil then draft.data = {} end
  for key, text in pairs(draft.stringData) do draft.data[key] = base64(text) end
  draft.stringData = nil
end

return config
