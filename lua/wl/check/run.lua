-- SPDX-License-Identifier: MIT
--- Running test files, each in a process of its own, several at a time.
--
-- A file comes back as one test, or as one for each of its `test` blocks, in the order of the
-- files. A test: { file =, block = or nil, name =, status = 0, 1 or 2, seconds =, message =,
-- output =, timed_out =, left = what it left and where, again = the command that runs it again }.
local file = require "wl.file"
local host = require "wl.host"
local json = require "wl.json"
local process = require "wl.process"

local run = {}

-- ---- commands ----

-- What is handed on to each run.
local HANDED_ON = { "seed", "nodes" }

local function command(options, path, more)
  local words = { process.program() }
  local function add(...)
    for _, word in ipairs { ... } do words[#words + 1] = tostring(word) end
  end
  if host.home then add("--home", host.home) end
  add "run"
  for _, name in ipairs(HANDED_ON) do
    if options[name] then add("--" .. name, options[name]) end
  end
  for _, loaded in ipairs(options.load) do add("--load", loaded) end
  if options.verbose then add "--verbose" end
  if options.filter and not path:find(options.filter, 1, true) then
    add("--filter", options.filter)
  end
  for _, word in ipairs(more) do add(word) end
  add(path)
  return words
end

local function shown(word)
  return word:find "^[%w%-_./=:,+@]+$" and word or "'" .. word:gsub("'", "'\\''") .. "'"
end

-- As the user would type it.
local function again_of(options, test)
  local words = { "wlrun" }
  for _, name in ipairs(HANDED_ON) do
    if options[name] then words[#words + 1] = ("--%s %s"):format(name, options[name]) end
  end
  for _, loaded in ipairs(options.load) do words[#words + 1] = "--load " .. shown(loaded) end
  if test.block then words[#words + 1] = "--only " .. shown(test.block) end
  words[#words + 1] = shown(test.file)
  return table.concat(words, " ")
end

-- ---- what a process said ----

local function read_results(path)
  local text = file.read(path) or ""
  os.remove(path)
  local results = {}
  for line in text:gmatch "[^\n]+" do results[#results + 1] = json.parse(line) end
  return results
end

local function how_it_ended(ended, options)
  if ended.timed_out then
    local duration = require "wl.duration"
    return "it took longer than " .. duration.format(options.timeout)
  elseif ended.signal then
    return ("it was ended by signal %d"):format(ended.signal)
  end
  return ("it ended with status %d"):format(ended.status)
end

local function test_of(job, ended, result, options)
  local status = result and result.status or ended.status
  local test = { file = job.path, block = result and result.block, status = status,
    seconds = result and result.seconds or ended.seconds, output = ended.output,
    message = result and result.message, timed_out = ended.timed_out }
  test.name = test.block and job.path .. ": " .. test.block or job.path
  if ended.signal or status > 2 or status ~= 0 and not result then
    test.status, test.message = math.max(1, math.min(status, 2)), how_it_ended(ended, options)
  end
  return test
end

-- The tests of a file that has ended; none for a file that is no scenario.
local function tests_of(job, ended, options)
  local results = read_results(job.results)
  local whole = table.remove(results)
  if whole and whole.block then
    results[#results + 1], whole = whole, nil
  end
  local tests = {}
  for i, result in ipairs(results) do tests[i] = test_of(job, ended, result, options) end
  local is_module = whole and whole.status == 0 and whole.returned and job.is_found
  local is_wanted = not options.filter or job.path:find(options.filter, 1, true)
  local is_told = whole and (whole.message or #results == 0)
  if not is_module and (not whole or is_told) and (is_wanted or #results > 0) then
    tests[#tests + 1] = test_of(job, ended, whole, options)
  end
  return tests, is_module
end

-- ---- what a failure leaves behind ----

local function write(path, text)
  local out = assert(io.open(path, "w"))
  out:write(text)
  out:close()
end

-- The run is the same each time, so it is written down once it is known to fail.
local function write_down(test, options, dir)
  local more = { "--quiet", "--trace", dir .. "/trace.jsonl", "--report", dir .. "/report.html" }
  if test.block then table.move({ "--only", test.block }, 1, 2, #more + 1, more) end
  local pool <close> = process.pool()
  if pool:start(command({ load = options.load, seed = options.seed, nodes = options.nodes },
    test.file, more), options.timeout) then pool:wait() end
end

-- What there is of it; a run that came to nothing leaves an empty trace.
local function names_left(dir)
  local names = {}
  for _, name in ipairs(file.list(dir)) do
    if file.read(dir .. "/" .. name) == "" then
      os.remove(dir .. "/" .. name)
    else
      names[#names + 1] = name
    end
  end
  table.sort(names)
  return names
end

local function leave_behind(test, options)
  local name = test.name:gsub("%.lua", ""):gsub("[^%w%-_.]+", "-"):gsub("^[-.]+", "")
  local dir = options.artifacts .. "/" .. name
  local made, problem = file.make_directory(dir)
  if not made then
    test.left = problem
    return
  end
  test.again = again_of(options, test)
  write(dir .. "/output.txt", test.output)
  write(dir .. "/again.sh", test.again .. "\n")
  if not test.timed_out then write_down(test, options, dir) end
  test.left = ("%s/: %s"):format(dir, table.concat(names_left(dir), ", "))
end

-- ---- the runs ----

local function finish(job, ended, options, tell)
  job.tests, job.is_module = tests_of(job, ended, options)
  local has_failed = false
  for _, test in ipairs(job.tests) do
    if test.status ~= 0 then
      has_failed = true
      leave_behind(test, options)
    end
  end
  tell.ended(job)
  return has_failed
end

-- Jobs are told in their order, each as soon as those before it are done.
local function tell_done(jobs, next_told, tell)
  while jobs[next_told] and jobs[next_told].tests do
    tell.file(jobs[next_told])
    next_told = next_told + 1
  end
  return next_told
end

--- Run test files.
-- @tparam {{path=string},...} files
-- @tparam table options jobs, timeout, artifacts, fail_fast, filter, load, seed, nodes, verbose
-- @tparam table tell functions: started(job), ended(job); file(job), in order, with job.tests
-- @treturn {job,...} those that were run
function run.all(files, options, tell)
  local pool <close> = process.pool()
  local jobs, running, count, next_told, is_over = {}, {}, 0, 1, false
  while true do
    while not is_over and count < options.jobs and #jobs < #files do
      local job = { path = files[#jobs + 1].path, is_found = files[#jobs + 1].is_found,
        results = os.tmpname() }
      jobs[#jobs + 1] = job
      running[assert(pool:start(command(options, job.path, { "--results", job.results }),
        options.timeout))] = job
      count = count + 1
      tell.started(job)
    end
    local number, ended = pool:wait()
    if not number then break end
    count = count - 1
    local has_failed = finish(running[number], ended, options, tell)
    is_over = is_over or has_failed and options.fail_fast
    next_told = tell_done(jobs, next_told, tell)
  end
  return jobs
end

return run
