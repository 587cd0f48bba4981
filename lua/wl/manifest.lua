-- SPDX-License-Identifier: MIT
--- Manifests: files of objects, and where in them something stands.
--
-- A file holds YAML documents (JSON is YAML); a List counts as its items. Each
-- document remembers its file, so that what is wrong with a field is reported
-- as file:line:column.
local apierror = require "wl.apierror"
local file = require "wl.file"
local value = require "wl.value"
local yaml = require "wl.yaml"

local manifest = {}

-- A failure of reading as an error that a script can look at.
local function problem(message, code)
  return nil, apierror.new(code or "BadRequest", message)
end

local function add_items(list, object, source)
  if value.is_map(object) and object.kind == "List" and value.is_list(object.items) then
    for i, item in ipairs(object.items) do
      list[#list + 1] = { object = item, text = source.text, file = source.file,
        number = source.number, line = source.line, prefix = ("items[%d]."):format(i - 1) }
    end
  else
    list[#list + 1] = { object = object, text = source.text, file = source.file,
      number = source.number, line = source.line, prefix = "" }
  end
end

--- Where a field of a document stands: "file:line:column".
-- @tparam document document
-- @tparam ?string path of the field; of the next field around it that is there
-- @treturn ?string nil: it is in no file
function manifest.place(document, path)
  if not document.file then return nil end
  path = path and document.prefix .. path
  while path and path ~= "" do
    local line, column = yaml.locate(document.text, document.number, path)
    if line then return ("%s:%d:%d"):format(document.file, line, column) end
    path = path:match "^(.*)[%.%[][^%.%[]*$"
  end
  return ("%s:%d"):format(document.file, document.line)
end

-- "web.yaml:5: ", or what else tells one of several objects apart.
local function prefix_of(document, path)
  local place = manifest.place(document, path)
  return place and place .. ": " or document.label or ""
end

local function check(document)
  local object = document.object
  local missing = not value.is_map(object) and "apiVersion and kind"
    or type(object.apiVersion) ~= "string" and "apiVersion"
    or type(object.kind) ~= "string" and "kind"
  if missing then
    return problem(("%sthis has no %s: a manifest begins with lines like "
      .. "\"apiVersion: apps/v1\" and \"kind: Deployment\""):format(prefix_of(document), missing))
  end
  return true
end

local function checked(documents)
  for _, document in ipairs(documents) do
    local ok, wrong = check(document)
    if not ok then return nil, wrong end
  end
  return documents
end

--- The documents in a text.
-- @tparam string text YAML
-- @tparam string name of the file, for messages
-- @treturn ?{document,...} each with object, file, line; or nil and an API error
function manifest.parse(text, name)
  local objects, message, code = yaml.parse_all(text, { file = name })
  if not objects then return problem(message, code) end
  local documents = {}
  for i, object in ipairs(objects) do
    if object ~= value.null then
      add_items(documents, object,
        { text = text, file = name, number = i, line = objects.lines[i] })
    end
  end
  if #documents == 0 then
    return problem(name .. ": there is no object in this file")
  end
  return checked(documents)
end

--- Objects as documents of no file.
-- @tparam {object,...} objects views or tables
-- @treturn ?{document,...} or nil and an API error
function manifest.of(objects)
  local documents = {}
  for i, object in ipairs(objects) do
    documents[i] = { object = value.of(object), prefix = "",
      label = #objects > 1 and ("object %d: "):format(i) or nil }
  end
  if #documents == 0 then return problem "there is no object to apply" end
  return checked(documents)
end

--- The documents in a file.
-- @tparam string path "-" is the standard input
-- @treturn ?{document,...} or nil and an API error
function manifest.read(path)
  local text, message, code
  if path == "-" then
    text = io.read "a"
  else
    text, message, code = file.read(path)
  end
  if not text then return problem(message, code) end
  return manifest.parse(text, path == "-" and "(standard input)" or path)
end

local function line_of(document, cause)
  local text = cause.message
  if cause.field and not text:find(cause.field, 1, true) then
    text = cause.field .. ": " .. text
  end
  local place = manifest.place(document, cause.field)
  return place and place .. ": " .. text or text
end

--- What is wrong with a document as one error, a line for each cause.
-- @tparam document document
-- @tparam string message
-- @tparam string code
-- @tparam ?{cause,...} causes
-- @tparam ?string field that the message is about, where there are no causes
-- @treturn apierror
function manifest.refusal(document, message, code, causes, field)
  if not causes or #causes == 0 then
    return apierror.new(code, prefix_of(document, field) .. message, causes)
  end
  local lines = {}
  for i, cause in ipairs(causes) do lines[i] = line_of(document, cause) end
  local head = message:match '^(.-"[^"]*" is %a+)' or message
  return apierror.new(code, ("%s%s:\n  %s"):format(prefix_of(document), head,
    table.concat(lines, "\n  ")), causes)
end

return manifest
