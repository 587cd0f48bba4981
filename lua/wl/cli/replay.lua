-- SPDX-License-Identifier: MIT
--- `wlrun replay FILE`: a run that failed, again.
local html = require "wl.report.html"
local replay = require "wl.explore.replay"
local report = require "wl.cli.report"
local run = require "wl.explore.run"
local story = require "wl.explore.story"

local command = {}

--- @tparam table given options, see wl.cli.commands
-- @treturn integer exit status: 1 it failed as it did then; 2 it did not
function command.main(given)
  local plan, expected = replay.read(given.files[1])
  if not plan then return (report.bad_input("wlrun: " .. expected)) end
  local outcome = run.one(plan, { history = math.maxinteger, loud = given.verbose })
  if outcome.wrong then return (report.bad_input(outcome.message)) end
  if given.report then
    local written, message = html.write(outcome.played:default(), given.report,
      { title = plan.path, failure = outcome.message })
    if not written then return (report.bad_input("wlrun: --report: " .. message)) end
  end
  if outcome.message ~= expected.message or outcome.writes ~= expected.writes then
    return (report.bad_input(("wlrun: this is another run: then %q after %d writes, now %q after "
      .. "%d: has the scenario changed?"):format(expected.message or "no failure",
      expected.writes or 0, outcome.message or "no failure", outcome.writes)))
  end
  io.write(story.tell(outcome))
  return 1
end

return command
