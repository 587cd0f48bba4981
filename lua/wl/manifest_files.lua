-- SPDX-License-Identifier: MIT
--- Manifests by the names that the command line gives: files, directories, "-".
local file = require "wl.file"
local manifest = require "wl.manifest"

local manifest_files = {}

local ENDINGS = { yaml = true, yml = true, json = true }

--- The manifests directly in a directory, sorted, as `kubectl -f DIR` takes them.
-- @tparam string dir
-- @treturn ?{string,...} paths; nil: it is no directory
function manifest_files.of_directory(dir)
  local names = dir ~= "-" and file.list(dir)
  if not names then return nil end
  table.sort(names)
  local paths = {}
  for _, name in ipairs(names) do
    if ENDINGS[name:match "%.(%w+)$" or ""] then
      paths[#paths + 1] = dir:gsub("/+$", "") .. "/" .. name
    end
  end
  return paths
end

--- Read manifests. Raises when one cannot be read.
-- @tparam {string,...} names
-- @treturn {document,...}
function manifest_files.read(names)
  local documents = {}
  local function add(path)
    local found, wrong = manifest.read(path)
    if not found then error(wrong, 0) end
    table.move(found, 1, #found, #documents + 1, documents)
  end
  for _, name in ipairs(names) do
    local inside = manifest_files.of_directory(name)
    if inside and #inside == 0 then
      error(("%s: there are no .yaml, .yml or .json files in this directory"):format(name), 0)
    end
    for _, path in ipairs(inside or { name }) do add(path) end
  end
  return documents
end

return manifest_files
