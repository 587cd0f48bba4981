-- SPDX-License-Identifier: MIT
--- ByExitCode: what to do depends on the code that the container ended with.
--
--     retry:
--       type: ByExitCode
--       byExitCode:
--         rules:
--         - { codes: [ 2, 64 ], action: fail }                    # a wrong call: give up
--         - { codes: [ 75 ], action: retry, afterSeconds: 60 }    # a temporary failure
--         - { codes: [ 137, 143 ], action: ignore }               # killed: not its fault
--         otherwise: { action: retry, afterSeconds: 10 }
--
-- The first rule that has the code decides.
local retry = require "wl.retry"

local ACTIONS = { "retry", "fail", "ignore", "fail_index" }

local function action() return retry.str { default = "retry", enum = ACTIONS } end

local Rule = retry.object {
  codes = retry.required(retry.list(retry.int)),
  action = action(),
  afterSeconds = retry.number { default = 0, min = 0 },
}

local Otherwise = retry.object {
  action = action(),
  afterSeconds = retry.number { default = 10, min = 0 },
}

local function has(codes, wanted)
  for _, code in ipairs(codes) do
    if code == wanted then return true end
  end
  return false
end

local function rule_for(params, code)
  for _, rule in ipairs(params.rules) do
    if has(rule.codes, code) then return rule end
  end
  return params.otherwise
end

return retry "ByExitCode" {
  params = {
    rules = retry.required(retry.list(Rule)),
    otherwise = retry.always(Otherwise),
  },
  decide = function(view)
    local rule = rule_for(view.params, view.exit_code)
    return { action = rule.action, after = rule.afterSeconds,
      message = ("exit code %s: %s"):format(view.exit_code or "unknown", rule.action) }
  end,
}
