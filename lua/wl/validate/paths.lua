-- SPDX-License-Identifier: MIT
--- Paths of files inside volumes.
-- (pkg/apis/core/validation)
local paths = {}

--- No element of the path is "..".
function paths.no_backsteps(errors, path, text)
  for element in (text .. "/"):gmatch("([^/]*)/") do
    if element == ".." then return errors:invalid(path, text, "must not contain '..'") end
  end
end

--- A relative path that does not leave its directory.
function paths.descending(errors, path, text)
  if text:sub(1, 1) == "/" then errors:invalid(path, text, "must be a relative path") end
  paths.no_backsteps(errors, path, text)
end

--- As descending, and not one of the names that start with "..".
function paths.unreserved(errors, path, text)
  paths.descending(errors, path, text)
  if text:sub(1, 2) == ".." and text ~= ".." and text:sub(1, 3) ~= "../" then
    errors:invalid(path, text, "must not start with '..'")
  end
end

--- The permissions of a file.
function paths.mode(errors, path, mode)
  if mode and (mode < 0 or mode > tonumber("777", 8)) then
    errors:invalid(path, mode, "must be a number between 0 and 0777 (octal), both inclusive")
  end
end

return paths
