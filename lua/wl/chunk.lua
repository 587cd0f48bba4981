-- SPDX-License-Identifier: MIT
--- The user's files of Lua: reading them, and finding the modules beside them.
local file = require "wl.file"

local chunk = {}

--- The modules that were found beside users' files: name -> path, text, environment.
chunk.modules = {}

local directories = {}

--- Where modules are looked for, the latest first.
-- @treturn {string,...}
function chunk.directories() return directories end

local function drop(list, x)
  for i, one in ipairs(list) do
    if one == x then return table.remove(list, i) end
  end
end

--- The text of a file of Lua, without the line for the shell.
-- @tparam string path
-- @treturn ?string or nil and what is wrong
function chunk.text(path)
  local text, message = file.read(path)
  if not text then return nil, message end
  text = text:gsub("^#[^\n]*", "")
  if text:find "\0" or not utf8.len(text) then
    return nil, path .. ":1: this is not text; is it a binary file?"
  end
  return text
end

--- Compile a file.
-- @tparam string path
-- @tparam table environment its globals
-- @treturn ?function or nil and what is wrong
function chunk.load(path, environment)
  local text, message = chunk.text(path)
  if not text then return nil, message end
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
    chunk.modules[name] = { path = beside, text = file.read(beside), environment = environment }
    return loaded, beside
  end
  table.insert(package.searchers, 2, search)
  table.insert(directories, 1, dir)
  return function()
    drop(directories, dir)
    drop(package.searchers, search)
  end
end

return chunk
