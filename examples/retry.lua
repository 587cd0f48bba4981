-- SPDX-License-Identifier: MIT
-- Retry policies: what a Job does about its failed pods. Kubernetes waits 10 s, 20 s, 40 s
-- ... and gives up after backoffLimit; here a Job may name another policy of stdlib/retry,
-- or one of yours.
--
--     wlrun examples/retry.lua

local function pods(name) return #list("pods", "job-name=" .. name) end

-- Always fails after a second.
behave("", { after = "1s", exit = 1 })

Job "kubernetes" { image = "x", backoffLimit = 3 }
Job "fixed" { image = "x", backoffLimit = 3, retry = { type = "Fixed",
  fixed = { delaySeconds = 5 } } }
Job "codes" { image = "x", retry = { type = "ByExitCode", byExitCode = {
  rules = { { codes = { 1 }, action = "fail" } } } } }

-- One of one's own: twice at once, then every minute.
retry "TwiceThenSlow" {
  decide = function(view) return view.failures <= 2 and 0 or 60 end,
}
Job "own" { image = "x", backoffLimit = 4, retry = { type = "TwiceThenSlow" } }

run "10m"
show "jobs"

-- The one that was told to give up did so at once.
expect(pods "codes", "pods of codes").is(1)
expect(get "job/codes".status.conditions[1].message).is "exit code 1: fail"
for _, name in ipairs { "kubernetes", "fixed" } do
  expect(pods(name), "pods of " .. name).is(4)
end
expect(pods "own", "pods of own").is(5)

-- What the policy saw, and what it said.
decisions "job/own"
