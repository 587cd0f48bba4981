-- SPDX-License-Identifier: MIT
--- The user's files of Lua: reading them, and finding the modules beside them.
local file = require "wl.file"

local chunk = {}

--- Compile a file.
-- @tparam string path
-- @tparam table environment its globals
-- @treturn ?function or nil and what is wrong
function chunk.load(path, environment)
  local text, message = file.read(path)
  if not text then return nil, message end
  text = text:gsub("^#[^\n]*", "")
  if text:find "\0" or not utf8.len(text) then
    return nil, path .. ":1: this is not text; is it a binary file?"
  end
  return load(text, "@" .. path, "t", environment)
end

--- Modules beside a file are found, and have its globals.
-- @tparam string path of the file
-- @tparam table environment
-- @treturn function that ends this
function chunk.search_beside(path, environment)
  local dir = path:match "^(.*)/" or "."
  local function search(name)
    local beside = ("%s/%s.lua"):format(dir, name:gsub("%.", "/"))
    local stream = io.open(beside)
    if not stream then return "no file '" .. beside .. "'" end
    stream:close()
    local loaded, problem = chunk.load(beside, environment)
    if not loaded then error(problem, 0) end
    return loaded, beside
  end
  table.insert(package.searchers, 2, search)
  return function()
    for i, one in ipairs(package.searchers) do
      if one == search then return table.remove(package.searchers, i) end
    end
  end
end

return chunk
