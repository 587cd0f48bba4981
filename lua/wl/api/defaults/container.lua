-- SPDX-License-Identifier: MIT
--- Defaults of a container that depend on its other fields.
-- Source: pkg/apis/core/v1/defaults.go, pkg/util/parsers.
local container = {}

local function is_registry(first)
  return first == "localhost" or first:find("[.:]") ~= nil or first ~= first:lower()
end

-- Lower-case words joined by one ".", "_", "__" or any number of "-".
local function is_component(text)
  if text == "" or text:find("[^a-z0-9._-]") then return false end
  if not text:find("^[a-z0-9]") or not text:find("[a-z0-9]$") then return false end
  for joint in text:gmatch("[._-]+") do
    if joint ~= "." and joint ~= "_" and joint ~= "__" and joint:find("[^-]") then return false end
  end
  return true
end

local function is_registry_name(text)
  local host = text:match("^(.-):%d+$") or text
  if host:find("^%[[%x:]+%]$") then return true end
  for label in (host .. "."):gmatch("(.-)%.") do
    if not label:find("^%w[%w-]*$") or label:find("-$") then return false end
  end
  return true
end

local function is_repository(text)
  local first, rest = text:match("^([^/]+)/(.+)$")
  if first and is_registry(first) then
    if not is_registry_name(first) then return false end
    text = rest
  elseif #text == 64 and not text:find("[^0-9a-f]") then
    return false -- an image id, not a name
  end
  for component in (text .. "/"):gmatch("(.-)/") do
    if not is_component(component) then return false end
  end
  return true
end

--- The tag that an image reference names: "latest" when it names neither tag nor digest.
-- @tparam ?string image
-- @treturn ?string nil when there is none, or the reference is malformed
function container.tag_of(image)
  local name, digest = (image or ""):match("^([^@]+)@?(.*)$")
  if not name then return nil end
  if digest ~= "" and not digest:find("^%a[%w+._-]*:%x+$") then return nil end
  local repository, tag = name:match("^(.+):([%w_][%w_.-]*)$")
  if not repository or tag:find("/") then repository, tag = name, nil end
  if tag and #tag > 128 or not is_repository(repository) then return nil end
  return tag or digest == "" and "latest" or nil
end

--- The pull policy of an image whose author chose none.
-- @tparam ?string image
-- @treturn string
function container.pull_policy(image)
  return container.tag_of(image) == "latest" and "Always" or "IfNotPresent"
end

--- Complete a container.
-- @param draft
function container.container(draft)
  local policy = draft.imagePullPolicy
  if policy == nil or policy == "" then
    draft.imagePullPolicy = container.pull_policy(draft.image)
  end
end

return container
