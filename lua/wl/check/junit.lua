-- SPDX-License-Identifier: MIT
--- Tests as JUnit XML, in the form that CI servers read: a suite a file.

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;",
  ["\n"] = "&#10;" }

-- XML 1.0 has no place for control characters, nor for bytes that are no UTF-8.
local function clean(text)
  text = text:gsub("\27%[[%d;]*m", ""):gsub("[%z\1-\8\11\12\14-\31]", "?")
  if utf8.len(text) then return text end
  return (text:gsub("[\128-\255]", "?"))
end

local function escaped(text) return (clean(text):gsub('[&<>"]', ENTITIES)) end
local function attribute(text) return (clean(text):gsub('[&<>"\n]', ENTITIES)) end

local function case_of(test)
  local head = ('    <testcase classname="%s" name="%s" time="%.3f"'):format(attribute(test.file),
    attribute(test.block or test.file), test.seconds)
  if test.status == 0 then return head .. "/>\n" end
  local sort = test.status == 1 and "failure" or "error"
  local message = test.message or test.output
  return ("%s>\n      <%s message=\"%s\">%s</%s>\n      <system-out>%s</system-out>\n"
    .. "    </testcase>\n"):format(head, sort, attribute(message:match "^[^\n]*"), escaped(message),
    sort, escaped(test.output))
end

local function tally(tests)
  local failures, errors, seconds = 0, 0, 0
  for _, test in ipairs(tests) do
    failures = failures + (test.status == 1 and 1 or 0)
    errors = errors + (test.status == 2 and 1 or 0)
    seconds = seconds + test.seconds
  end
  return ('tests="%d" failures="%d" errors="%d" time="%.3f"'):format(#tests, failures, errors,
    seconds)
end

--- @tparam {job,...} jobs see wl.check.run
-- @treturn string
return function(jobs)
  local all, suites = {}, {}
  for _, job in ipairs(jobs) do
    if #job.tests > 0 then
      local cases = {}
      for i, test in ipairs(job.tests) do
        cases[i] = case_of(test)
        all[#all + 1] = test
      end
      suites[#suites + 1] = ('  <testsuite name="%s" %s>\n%s  </testsuite>\n'):format(
        attribute(job.path), tally(job.tests), table.concat(cases))
    end
  end
  return ('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="wlrun" %s>\n%s</testsuites>\n')
    :format(tally(all), table.concat(suites))
end
