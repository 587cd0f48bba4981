-- SPDX-License-Identifier: MIT
--- The files that are tests.
local file = require "wl.file"

local discover = {}

local function walk(dir, found)
  local names = file.list(dir)
  table.sort(names)
  for _, name in ipairs(names) do
    local path = dir == "." and name or dir .. "/" .. name
    if name:find "/$" then
      if not name:find "^%." then walk(path:sub(1, -2), found) end
    elseif name:find "%.lua$" then
      found[#found + 1] = { path = path, is_found = true }
    end
  end
end

--- @tparam {string,...} paths files, and directories of scenarios
-- @treturn ?{{path=string,is_found=boolean},...} is_found: in a directory, not by its name;
--   or nil and what is wrong
function discover.files(paths)
  local found = {}
  for _, path in ipairs(paths) do
    local trimmed = path:gsub("(.)/+$", "%1")
    if file.list(trimmed) then
      local before = #found
      walk(trimmed, found)
      if #found == before then return nil, path .. ": there are no scenarios (*.lua) below it" end
    else
      local stream, problem = io.open(path)
      if not stream then return nil, (problem:gsub("No such file or directory",
        "there is no such file or directory")) end
      stream:close()
      found[#found + 1] = { path = path }
    end
  end
  return found
end

return discover
