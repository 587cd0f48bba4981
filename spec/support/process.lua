-- SPDX-License-Identifier: MIT
--- Runs of the program that the specs run in, as processes.
--
--     local process = require "spec.support.process"
--     local run = process.run({ "-q", "web.yaml" }, { ["web.yaml"] = "kind: Pod" })
--     assert.equal(2, run.status)
--
-- Each run has a directory of its own with the files that it is given.
local process = {}

-- The path of this very program: also the sanitized one tests itself.
local function program()
  local pipe = io.popen "readlink /proc/$PPID/exe"
  local path = pipe:read "l"
  pipe:close()
  return path
end

local PROGRAM = program()

--- The path of the program.
process.PROGRAM = PROGRAM

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

local function read(path)
  local file = io.open(path, "rb")
  local text = file and file:read "a"
  if file then file:close() end
  return text
end

local function fresh_directory()
  local name = os.tmpname()
  os.remove(name)
  os.execute("mkdir " .. quoted(name))
  return name
end

-- "cd DIR && env NAME=x wlrun args <in >out 2>err"
local function command(dir, arguments, options)
  local words = { "cd", quoted(dir), "&& timeout 120 env" }
  for name, text in pairs(options.env or {}) do
    words[#words + 1] = name .. "=" .. quoted(text)
  end
  words[#words + 1] = quoted(PROGRAM)
  for _, argument in ipairs(arguments) do words[#words + 1] = quoted(argument) end
  words[#words + 1] = ("<%s >.out 2>.err"):format(options.input and ".in" or "/dev/null")
  return table.concat(words, " ")
end

--- Run the program.
-- @tparam {string,...} arguments
-- @tparam ?table files name -> contents; a name that ends in "/" is a directory
-- @tparam ?table options input: what it reads; env: name -> text; keep: names of files to read
--   afterwards
-- @treturn table status, out, err, files (those kept)
function process.run(arguments, files, options)
  options = options or {}
  local dir = fresh_directory()
  for name, text in pairs(files or {}) do
    local folder = name:match "^(.*)/"
    if folder then os.execute("mkdir -p " .. quoted(dir .. "/" .. folder)) end
    if not name:find "/$" then write(dir .. "/" .. name, text) end
  end
  if options.input then write(dir .. "/.in", options.input) end
  local _, _, status = os.execute(command(dir, arguments, options))
  local result = { status = status, out = read(dir .. "/.out"), err = read(dir .. "/.err"),
    files = {} }
  for _, name in ipairs(options.keep or {}) do result.files[name] = read(dir .. "/" .. name) end
  os.execute("rm -rf " .. quoted(dir))
  return result
end

--- Run a scenario.
-- @tparam string text of the scenario, which is named run.lua
-- @tparam ?table files
-- @tparam ?{string,...} options before its name
function process.scenario(text, files, options)
  local all, arguments = { ["run.lua"] = text }, { table.unpack(options or {}) }
  for name, content in pairs(files or {}) do all[name] = content end
  arguments[#arguments + 1] = "run.lua"
  return process.run(arguments, all)
end

return process
