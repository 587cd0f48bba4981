-- SPDX-License-Identifier: MIT
--- What a script of its own file sees as globals.
--
-- Lua's language and its pure libraries, as copies: what a script changes, it
-- changes for itself. No io, os, debug, load, package, collectgarbage; nothing
-- through which another script, or the runtime, could be reached. pcall and
-- coroutines pass on the end of a budget. `require` gives the modules of MODULES.
local core = require "wl.sandbox_core"
local rng = require "wl.rng"
local suggest = require "wl.suggest"

local environment = {}

--- The modules that a script may require: functions of their arguments alone.
environment.MODULES = { "wl.duration", "wl.intstr", "wl.quantity", "wl.rollout.shrink" }

local PLAIN = { "assert", "error", "ipairs", "next", "pairs", "print", "rawequal", "rawlen",
  "select", "tonumber", "tostring", "type" }
local MATH = { "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "huge",
  "log", "max", "maxinteger", "min", "mininteger", "modf", "pi", "rad", "sin", "sqrt", "tan",
  "tointeger", "type", "ult" }
local STRING = { "byte", "char", "find", "format", "gmatch", "gsub", "len", "lower", "match",
  "pack", "packsize", "rep", "reverse", "sub", "unpack", "upper" }
local TABLE = { "concat", "insert", "move", "pack", "remove", "sort", "unpack" }
local UTF8 = { "char", "charpattern", "codepoint", "codes", "len", "offset" }
local COROUTINE = { "close", "isyieldable", "running", "status", "yield" }

local function picked(from, names)
  local copy = {}
  for _, name in ipairs(names) do copy[name] = from[name] end
  return copy
end

-- ---- tables and what lies behind them ----

-- Metatables that scripts made: others stay out of their sight.
local made = setmetatable({}, { __mode = "k" })

local function script_getmetatable(x)
  local found = type(x) == "table" and getmetatable(x) or nil
  if type(found) ~= "table" then return found end
  return made[found] and found or nil
end

local function script_setmetatable(t, metatable)
  if type(t) ~= "table" then error("bad argument #1 to 'setmetatable' (table expected)", 2) end
  local current = getmetatable(t)
  if current ~= nil and not made[current] then error("cannot change a protected metatable", 2) end
  if metatable ~= nil then
    if type(metatable) ~= "table" then
      error("bad argument #2 to 'setmetatable' (nil or table expected)", 2)
    elseif rawget(metatable, "__gc") ~= nil or rawget(metatable, "__mode") ~= nil then
      error("a script's metatables have no __gc and no __mode", 2)
    end
    made[metatable] = true
  end
  return setmetatable(t, metatable)
end

-- ---- chance ----

--- Where math.random of scripts draws from: function() returns a wl.rng. Set by those
-- who call scripts.
environment.stream = nil

local default_stream

local function stream()
  local found = environment.stream and environment.stream()
  if found then return found end
  default_stream = default_stream or rng.new(0, "scripts")
  return default_stream
end

local function bound(x, place)
  local n = math.tointeger(x)
  if not n then
    error(("bad argument #%d to 'random' (an integer expected)"):format(place), 3)
  end
  return n
end

local function script_random(...)
  local low, high = ...
  local count = select("#", ...)
  if count == 0 then return stream():number() end
  if count == 1 then low, high = 1, low end
  low, high = bound(low, 1), bound(high, count)
  if low > high then error("bad argument to 'random' (interval is empty)", 2) end
  return stream():integer(low, high)
end

-- ---- modules ----

-- Functions and constants only: tables in a module are its own affair.
local function copied(module)
  local copy = {}
  for name, x in pairs(module) do
    if type(x) ~= "table" then copy[name] = x end
  end
  return copy
end

local function requirer(modules)
  local allowed, loaded = {}, {}
  for _, name in ipairs(environment.MODULES) do allowed[#allowed + 1] = name end
  for _, name in ipairs(suggest.keys(modules)) do
    allowed[#allowed + 1], loaded[name] = name, modules[name]
  end
  return function(name)
    if loaded[name] ~= nil then return loaded[name] end
    for _, one in ipairs(environment.MODULES) do
      if one == name then
        loaded[name] = copied(require(name))
        return loaded[name]
      end
    end
    error(("a policy may not require %q; it may require %s"):format(tostring(name),
      table.concat(allowed, ", ")), 2)
  end
end

local REFUSED = { collectgarbage = true, debug = true, dofile = true, io = true, load = true,
  loadfile = true, loadstring = true, os = true, package = true }

-- What is missing on purpose is told, not found out by "a nil value".
local REFUSING = { __metatable = false, __index = function(_, name)
  if REFUSED[name] then error(("there is no %q for policies"):format(name), 2) end
end }

--- The globals of one script.
-- @tparam ?table more globals
-- @tparam ?table modules that it may require besides: name -> module
-- @treturn table
function environment.new(more, modules)
  local globals = picked(_G, PLAIN)
  globals._G, globals._VERSION = globals, _VERSION
  globals.pcall, globals.xpcall = core.pcall, core.xpcall
  globals.getmetatable, globals.setmetatable = script_getmetatable, script_setmetatable
  globals.rawget, globals.rawset = rawget, rawset
  globals.require = requirer(modules or {})
  globals.math, globals.string = picked(math, MATH), picked(string, STRING)
  globals.math.random = script_random
  globals.table, globals.utf8 = picked(table, TABLE), picked(utf8, UTF8)
  for name, guarded in pairs(core.table) do globals.table[name] = guarded end
  globals.utf8.codepoint = core.utf8.codepoint
  globals.coroutine = picked(coroutine, COROUTINE)
  globals.coroutine.create, globals.coroutine.resume = core.create, core.resume
  globals.coroutine.wrap = core.wrap
  for name, x in pairs(more or {}) do globals[name] = x end
  return setmetatable(globals, REFUSING)
end

return environment
