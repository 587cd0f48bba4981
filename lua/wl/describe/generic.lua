-- SPDX-License-Identifier: MIT
--- How objects of any kind are described: all their fields, keys as words.
-- Source: k8s.io/kubectl/pkg/describe printUnstructuredContent.
local cells = require "wl.columns.cells"
local parts = require "wl.describe.parts"
local value = require "wl.value"

local generic = {}

local SHOWN_ABOVE = {
  ["metadata.managedFields"] = true, ["metadata.name"] = true, ["metadata.namespace"] = true,
  ["metadata.labels"] = true, ["metadata.annotations"] = true,
}
local ACRONYMS = { API = true, URL = true, UID = true, OSB = true, GUID = true }

local function word_of(part)
  if ACRONYMS[part:upper()] then
    return part:upper()
  end
  return (part:gsub("^%l", string.upper))
end

--- A field's name as words: "podIPs" -> "Pod I Ps", as kubectl has it.
-- @tparam string field
-- @treturn string
function generic.label(field)
  if field:find "[^%a%-]" then
    return field
  end
  local words = {}
  -- a capital begins a word with the small letters after it; capitals before
  -- it, and what is no letter, are words of their own
  local spaced = field:gsub("(%u)(%u%l)", "%1 %2"):gsub("(%l)(%u)", "%1 %2")
    :gsub("(%a)(%-)", "%1 %2"):gsub("(%-)(%a)", "%1 %2")
  for part in spaced:gmatch "%S+" do
    words[#words + 1] = word_of(part)
  end
  return table.concat(words, " ")
end

local function text_of(x)
  if x == value.null then
    return "<nil>"
  end
  return tostring(x)
end

local write_fields

local function write_list(w, level, list, path)
  for _, item in ipairs(list) do
    if value.is_map(item) then
      write_fields(w, level, item, path)
    else
      w:line(level, text_of(item))
    end
  end
end

function write_fields(w, level, map, path)
  for _, key in ipairs(cells.keys(map)) do
    local x, here = map[key], path .. key
    if not SHOWN_ABOVE[here] then
      if value.is_map(x) then
        w:line(level, generic.label(key) .. ":")
        write_fields(w, level + 1, x, here .. ".")
      elseif value.is_list(x) then
        w:line(level, generic.label(key) .. ":")
        write_list(w, level + 1, x, here .. ".")
      else
        w:line(level, generic.label(key) .. ":\t" .. text_of(x))
      end
    end
  end
end

--- Describe an object.
function generic.write(w, object, ctx)
  w:line(0, "Name:\t" .. object.metadata.name)
  w:line(0, "Namespace:\t" .. (object.metadata.namespace or ""))
  parts.labels_and_annotations(w, object)
  write_fields(w, 0, object, "")
  parts.events(w, object, ctx)
end

return generic
