-- SPDX-License-Identifier: MIT
--- The verb `test`: a part of a scenario that is a test of its own.
--
--     test("rolls out", function()
--       apply "web.yaml"
--       wait("deploy/web", "rolled out")
--     end)
--
-- It begins without a cluster; what its verbs make is gone when it ends, and what was there
-- before is there again. One that fails does not end the run, which fails at its end.
local host = require "wl.host"
local reference = require "wl.verbs.reference"
local report = require "wl.cli.report"

-- What a test has for itself.
local OWN = { "current", "clusters", "unfinished", "made_by_verb" }

local function set_aside(self)
  local kept = {}
  for _, name in ipairs(OWN) do kept[name], self[name] = self[name], nil end
  self.clusters, self.unfinished = {}, {}
  return kept
end

local function put_back(self, kept)
  for _, name in ipairs(OWN) do self[name] = kept[name] end
end

local function check(self, name, body)
  if type(name) ~= "string" or name == "" then
    reference.misuse('test: a name expected, as in test("rolls out", function() ... end); got %s',
      reference.seen(name))
  end
  reference.callback("test", body, 'test("rolls out", function() ... end)')
  if self.in_test then reference.misuse("test %q: it stands inside test %q", name, self.in_test) end
  for _, other in ipairs(self.tests) do
    if other.block == name then reference.misuse("test %q: there is one of this name", name) end
  end
end

local function is_wanted(options, name)
  if options.only then return name == options.only end
  return not options.filter or name:find(options.filter, 1, true) ~= nil
end

local function outcome_of(self, body)
  local ok, problem, traceback = host.call(body)
  if ok then ok, problem, traceback = host.call(self.finish, self) end
  if ok then return 0 end
  return report.text(problem, traceback)
end

local function tell(self, result)
  if result.status ~= 0 then
    io.stdout:flush()
    local message = result.message:gsub("\n", "\n      ")
    io.stderr:write("FAIL  ", result.block, "\n      ", message, "\n")
  elseif not self.options.quiet then
    print("ok    " .. result.block)
  end
end

--- Run a test, unless the command line wants others.
-- @tparam Scenario self
-- @tparam string name
-- @tparam function body
return function(self, name, body)
  check(self, name, body)
  if not is_wanted(self.options, name) then return end
  local kept, began = set_aside(self), host.seconds()
  self.in_test = name
  local status, message = outcome_of(self, body)
  self.in_test = nil
  self.tested = self.current
  put_back(self, kept)
  local result = { block = name, status = status, message = message,
    seconds = host.seconds() - began }
  self.tests[#self.tests + 1] = result
  tell(self, result)
end
