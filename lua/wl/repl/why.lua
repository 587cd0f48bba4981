-- SPDX-License-Identifier: MIT
--- Why an object is as it is: its last change, what caused that, what caused the cause, and
-- so on to what you did.
--
--     why "pod/web-3"
--
-- The inputs so far are performed again with everything written down (wl.repl.recorder).
-- A controller's write was caused by the write that woke it; one of a component (scheduler,
-- kubelet) by what it found in the object: the write before.
local Recorder = require "wl.repl.recorder"
local changes = require "wl.changes"
local conditions = require "wl.conditions"
local duration = require "wl.duration"
local fold = require "wl.fold"
local printer = require "wl.printer"
local reference = require "wl.verbs.reference"
local replay = require "wl.repl.replay"
local terminal = require "wl.terminal"

local why = {}

local MOST = 12   -- causes that are shown
local DEEPEST = 10000
local READS = 4   -- that are shown of a turn
local PARTS = 3   -- that are shown of a change

-- ---- the chain ----

-- A write that only says when, or repeats.
local function says_nothing(write)
  return write.type == "MODIFIED" and #changes.parts(write.old, write.now) == 0
end

local function telling(write)
  while write and says_nothing(write) do write = write.before end
  return write
end

-- The write that woke a turn; or, where it had asked to be woken, the turn in which it did.
local function woken_by(recorder, run)
  local wake = run.wake and recorder.writes[run.wake]
  if wake then return wake end
  local before = run.before
  return before and before.wake and recorder.writes[before.wake], before
end

local function is_its_own(write, run)
  return write.run and write.run.key == run.key
end

-- The cause of a write: another write; and the turn that had asked for this one, if so.
local function cause_of(recorder, write)
  local run = write.run
  if not run then return nil end
  if not run.object then return telling(write.before) end
  local cause, asked = woken_by(recorder, run)
  for _ = 1, DEEPEST do
    if not cause or not is_its_own(cause, run) then break end
    local earlier
    cause, earlier = woken_by(recorder, cause.run)
    asked = asked or earlier
  end
  return cause, asked
end

local function chain_of(recorder, write)
  local chain, seen = {}, {}
  while write and not seen[write] and #chain < DEEPEST do
    seen[write] = true
    local cause, asked = cause_of(recorder, write)
    chain[#chain + 1] = { write = write, asked = asked }
    write = cause
  end
  return chain
end

-- ---- telling ----

local function clock(cluster, seconds) return duration.format(seconds - cluster.started) end

local function input_text(given)
  if not given then return "the beginning" end
  local line = given.text:match "^%s*(.-)%s*$"
  return (given.form == "file" and "the scenario " or "you: ") .. line:gsub("\n.*$", " ...")
end

local function policy_text(asked)
  local returned = asked.returned ~= nil and " returned " .. tostring(
    require("wl.value").of(asked.returned)) or ""
  return ("%s %s (%s)%s"):format(asked.policy.policy, asked.policy.name,
    asked.policy.source or "?", returned)
end

local function list_text(list, most)
  local more = #list > most and (", and %d more"):format(#list - most) or ""
  return table.concat(list, ", ", 1, math.min(#list, most)) .. more
end

local function turn_lines(cluster, link, lines)
  local run = link.write.run
  if run.object then
    lines[#lines + 1] = ("read %s %s (version %s)%s"):format(run.object.kind,
      run.object.metadata.name, run.object.metadata.resourceVersion,
      #run.reads > 0 and ", " .. list_text(run.reads, READS) or "")
  elseif #run.reads > 0 then
    lines[#lines + 1] = "read " .. list_text(run.reads, READS)
  end
  for _, asked in ipairs(run.policies) do
    lines[#lines + 1] = "asked " .. policy_text(asked)
  end
  if link.asked then
    lines[#lines + 1] = ("it had asked at %s to look again"):format(
      clock(cluster, link.asked.seconds))
  end
end

-- At a terminal a line fits it; elsewhere it stays whole.
local function tell(margin, text)
  if terminal.is "stdout" then text = fold(text, #margin, terminal.columns()) end
  io.write(margin, text, "\n")
end

-- What the conditions that changed say in words.
local function messages_of(write, lines)
  local status = write.now and write.now.status
  for _, one in ipairs(status and status.conditions or {}) do
    local old = write.old and write.old.status
    local before = conditions.find(old and old.conditions, one.type)
    if one.message and one.message ~= "" and (not before or before.message ~= one.message) then
      lines[#lines + 1] = ("%s: %s"):format(one.type, one.message)
    end
  end
end

local function show(cluster, link)
  local write = link.write
  local run, lines = write.run, {}
  if run then
    if #write.places > 0 then lines[1] = "at " .. table.concat(write.places, ", for ") end
    turn_lines(cluster, link, lines)
  else
    lines[1] = input_text(write.input)
    if write.places[1] then lines[1] = lines[1] .. ", at " .. write.places[1] end
  end
  messages_of(write, lines)
  tell(("%6s  "):format(clock(cluster, write.seconds)), ("%s %s (version %d)"):format(
    run and run.writer or write.writer, changes.text(write.type, write.old, write.now, PARTS),
    write.revision))
  for _, line in ipairs(lines) do tell((" "):rep(10), line) end
end

local function show_chain(cluster, chain)
  local shown = math.min(#chain, MOST)
  for i = 1, shown do
    if i > 1 then io.write "      because\n" end
    show(cluster, chain[i])
  end
  if #chain > shown + 1 then
    io.write(("      because of %d more, which began with\n"):format(#chain - shown - 1))
  elseif #chain > shown then
    io.write "      because\n"
  end
  if #chain > shown then show(cluster, chain[#chain]) end
end

-- ---- the verb ----

local function last_write(recorder, cluster, kind, namespace, name)
  local _, id = cluster.server:get(kind, namespace, name)
  if math.type(id) then return recorder.last[id] end
  local found
  for _, write in pairs(recorder.last) do
    local metadata = (write.now or write.old).metadata
    local is_kind = (write.now or write.old).kind == kind.name
    if is_kind and metadata.name == name and (not kind.namespaced
        or metadata.namespace == (namespace or "default"))
      and (not found or found.revision < write.revision) then
      found = write
    end
  end
  return found
end

local function record(session)
  local recorder = Recorder.new()
  local restore = recorder:watch_policies()
  local results = table.pack(pcall(replay.run, session, session.inputs, { recorder = recorder }))
  restore()
  if not results[1] then error(results[2], 0) end
  results[2]:close()
  return recorder, results[2]
end

--- Print the chain of causes of an object's last change.
-- @tparam Session session
-- @param given "pod/web-3", or the object
-- @tparam ?table options namespace
function why.why(session, given, options)
  options = reference.options("why", options, {})
  local here = session.world.scenario:default()
  local kind, namespace, name = reference.parse(here, given, options)
  local recorder, world = record(session)
  local cluster = world.scenario:default()
  local write = telling(last_write(recorder, cluster, kind, namespace, name))
  if not write then
    reference.find(here, given, options)
    reference.misuse("why: nothing has changed %s/%s since the cluster was made", kind.singular,
      name)
  end
  io.write(printer.name(write.now or write.old), write.now and " is as it is because\n"
    or " is gone because\n")
  show_chain(cluster, chain_of(recorder, write))
end

return why
