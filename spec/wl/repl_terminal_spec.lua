-- SPDX-License-Identifier: MIT
-- The prompt at a terminal, driven through a pseudo-terminal.
local prompt = require "spec.support.prompt"

-- What was written, when everything that was waited for came.
local function screen_of(script, options)
  local screen = prompt.typed(script, options)
  assert(not screen:find "%[not seen", screen)
  assert(screen:find "%[exit 0%]", screen)
  return screen
end

local START = { "see Ctrl-D ends", "see 0s>" }
local WEB = { 'type Deployment "web" { image = "x" }\\r', "see 0s>" }
local END = { "type \\x04", "end" }

local function script(...)
  local all = {}
  for _, part in ipairs { START, ... } do table.move(part, 1, #part, #all + 1, all) end
  table.move(END, 1, #END, #all + 1, all)
  return all
end

describe("at a terminal", function()
  it("values are printed, and input goes on over lines", function()
    screen_of(script {
      "type 20+22\\r", "see 42", "see 0s>",
      "type for i = 1, 2 do\\r", "see >>",
      "type print(i * 11)\\r", "see >>",
      "type end\\r", "see 11", "see 22", "see 0s>",
    })
  end)

  it("the prompt shows the virtual clock", function()
    screen_of(script(WEB, { 'type run "90s"\\r', "see 90s>" }))
  end)

  it("Tab completes verbs, kinds, names and fields", function()
    local screen = screen_of(script(WEB, {
      "type set_im\\t", "see set_image",
      "signal", "see 0s>",
      'type get "depl\\t', 'see get "deploy',
      'type /w\\t', 'see /web"',
      "type .spec.repl\\t", "see .spec.replicas",
      "type \\r", "see 1", "see 0s>",
      "type describe de\\t/\\t\\r", "see Name:", "see web", "see 0s>",
      "type get pods --names\\tkube-n\\t\\r",
      "see No resources found in kube-node-lease", "see 0s>",
    }))
    assert.matches("get pods %-%-namespace kube%-node%-lease", screen)
  end)

  it("Tab lists where there are several", function()
    screen_of(script(WEB, {
      'type rollout.r\\t', "see rollout.re", "type \\t",
      "see restart  resume   retry", "see rollout.re",
      "signal", "see 0s>",
    }))
  end)

  it("Ctrl-C clears the line, and the lines before it", function()
    local screen = screen_of(script {
      "type nonsense", "see nonsense", "signal", "see ^C", "see 0s>",
      "type for i = 1, 2 do\\r", "see >>", "signal", "see ^C", "see 0s>",
      "type 6*7\\r", "see 42", "see 0s>",
    })
    assert.is_nil(screen:find "error")
  end)

  it("Ctrl-C stops a script and a run, never the session", function()
    screen_of(script(WEB, {
      'type print("sta" .. "rted") while true do end\\r', "see started", "signal",
      "see stopped at 0s", "see 0s>",
      'type every("1s", function() if now() == 50 then print("run" .. "ning") end end)\\r',
      "see 0s>",
      'type run "100000h"\\r', "see running", "signal", "see stopped at ", "see >",
      'type get "deploy/web".status.readyReplicas\\r', "see 1", "see >",
    }))
  end)

  it("a run that was stopped is stopped there when it is done again", function()
    local screen = screen_of(script(WEB, {
      'type every("1s", function() if now() == 50 then print("run" .. "ning") end end)\\r',
      "see 0s>",
      'type run "100000h"\\r', "see running", "signal", "see stopped at ", "see >",
      'type print("first", now())\\r', "see first", "see >",
      'type scale("deploy/web", 2)\\r', "see web", "see >",
      "type back()\\r", "see is taken back", "see >",
      'type print("again", now())\\r', "see again", "see >",
    }))
    local first, again = screen:match "\nfirst\t?%s*([%d.]+)", screen:match "\nagain\t?%s*([%d.]+)"
    assert.is_string(first)
    assert.equal(first, again)
  end)

  it("a script that was stopped between two writes is stopped there again", function()
    local screen = screen_of(script(WEB, {
      'type print("sta" .. "rted") while true do scale("deploy/web", '
        .. 'get "deploy/web".spec.replicas + 1) end\\r',
      "see started", "signal", "see stopped at ", "see 0s>",
      'type print("first", get "deploy/web".spec.replicas)\\r', "see first", "see 0s>",
      'type delete "deploy/web"\\r', "see 0s>", "type back()\\r", "see is taken back", "see 0s>",
      'type print("again", get "deploy/web".spec.replicas)\\r', "see again", "see 0s>",
      'type print("end" .. "less") while true do end\\r', "see endless", "signal", "see stopped",
      "see 0s>",
      'type delete "deploy/web"\\r', "see 0s>", "type back()\\r", "see is taken back", "see 0s>",
    }))
    local first, again = screen:match "\nfirst%s+(%d+)", screen:match "\nagain%s+(%d+)"
    assert.is_string(first)
    assert.equal(first, again)
  end)

  it("what takes long says so; a replay can be stopped, and nothing has happened", function()
    local screen = screen_of(script(WEB, {
      'type every("1s", function() end)\\r', "see 0s>",
      'type run "240h"\\r', "see of virtual time, ", "see events/s, 1 of 1 pods ready", "see 10d>",
      'type back "1s"\\r', "see replaying: ", "signal", "see stopped", "see 10d>",
      'type print("at", now())\\r', "see at", "see 10d>",
    }))
    assert.matches("\nat%s+864000%s", screen)
  end)

  it("the line goes on where the terminal gets another width", function()
    screen_of(script {
      "type print('begun", "see begun", "width 200", "type  and ended')\\r", "see  and ended')",
      "see begun and ended", "see 0s>",
    })
  end)

  it("what is long is folded", function()
    local screen = screen_of(script(WEB, { "type run 5s\\r", "see 5s>",
      'type why(list("pods")[1])\\r', "see you: Deployment", "see 5s>" }), { columns = 60 })
    for line in screen:match("is as it is because\n(.*)$"):gmatch "[^\n]+" do
      assert(#line <= 60 or not line:find "%s%S+%s", line)
    end
  end)

  it("exit and quit end it", function()
    screen_of { "see 0s>", "type exit\\r", "end" }
    screen_of { "see 0s>", "type quit\\r", "end" }
  end)

  it("an error is told and the session goes on", function()
    local screen = screen_of(script(WEB, {
      'type get "deploy/wbe"\\r', 'see did you mean "web"?', "see 0s>",
      "type )\\r", "see unexpected symbol", "see 0s>",
      "type undefined_name\\r", "see there is no verb or variable", "see 0s>",
      "type 1+1\\r", "see 2", "see 0s>",
    }))
    assert.is_nil(screen:find "stack traceback")
  end)

  it("travels in time", function()
    screen_of(script(WEB, {
      'type run "30s"\\r', "see 30s>",
      'type scale("deploy/web", 5)\\r', "see web", "see 30s>",
      'type run "1m"\\r', "see 90s>",
      'type back "40s"\\r', "see it is 50s again", "see 50s>",
      "type forward()\\r", "see it is 90s", "see 90s>",
      "type back\\r", "see is taken back", "see 30s>",
    }))
  end)
end)

describe("the history", function()
  local state

  before_each(function()
    state = os.tmpname()
    os.remove(state)
  end)

  after_each(function() os.execute("rm -rf '" .. state .. "'") end)

  it("is kept between runs, for its owner only", function()
    screen_of(script { "type 6*7\\r", "see 42", "see 0s>" }, { state = state })
    local screen = screen_of(script { "type \\e[A", "see 6*7", "type +1\\r", "see 43", "see 0s>" },
      { state = state })
    assert.matches("6%*7%+1", screen)
    local pipe = io.popen("stat -c %a '" .. state .. "/wlrun/history'")
    assert.equal("600", pipe:read "l")
    pipe:close()
    local file = assert(io.open(state .. "/wlrun/history"))
    assert.equal("6*7\n6*7+1\n", file:read "a")
    file:close()
  end)

  it("has an input of several lines as one entry", function()
    screen_of(script { "type for i = 7, 7 do\\r", "see >>", "type print(i * 6) end\\r", "see 42",
      "see 0s>" }, { state = state })
    screen_of(script { "type \\e[A", "see print(i * 6) end", "type \\r", "see 42", "see 0s>" },
      { state = state })
  end)

  it("is searched with Ctrl-R", function()
    screen_of(script { "type 6*7\\r", "see 42", "see 0s>", "type 1+1\\r", "see 2", "see 0s>",
      "type \\x126*", "see 6*7", "type \\r", "see 42", "see 0s>" }, { state = state })
  end)
end)
