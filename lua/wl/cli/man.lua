-- SPDX-License-Identifier: MIT
--- The manual page, made from wl.cli.commands.
local commands = require "wl.cli.commands"
local host = require "wl.host"

local man = {}

-- Text that troff takes as it stands.
local function plain(text)
  text = text:gsub("\\", "\\e"):gsub("%-", "\\-"):gsub("'", "\\(aq"):gsub("`", "\\(ga")
    :gsub("~", "\\(ti"):gsub("%^", "\\(ha")
  return (text:gsub("^%.", "\\&."))
end

local function option_head(option)
  local head = option.short and ("\\fB\\-%s\\fR, "):format(option.short) or ""
  head = head .. "\\fB" .. plain("--" .. option.name) .. "\\fR"
  return option.value and head .. " \\fI" .. plain(option.value) .. "\\fR" or head
end

local Page = {}
Page.__index = Page

function Page:add(...)
  for _, line in ipairs { ... } do self[#self + 1] = line end
end

function Page:options(command, of)
  for _, option in ipairs(of or commands.options_of(command)) do
    self:add(".TP", option_head(option), plain(option.help) .. ".")
  end
end

function Page:examples(list)
  for _, example in ipairs(list) do
    self:add(".PP", plain(example[1]) .. ":")
    self:add(".PP", ".nf", ".RS 4", plain(example[2]), ".RE", ".fi")
  end
end

function Page:synopsis()
  self:add ".SH SYNOPSIS"
  for _, command in ipairs(commands.list) do
    for _, usage in ipairs(command.usage) do
      local name = command.name == "run" and "wlrun" or "wlrun " .. command.name
      self:add("\\fB" .. name .. "\\fR " .. plain(usage), ".br")
    end
  end
  self[#self] = nil
end

-- The options that every command takes are told once, at the end.
local function own_options(command)
  local own, general = {}, {}
  for _, name in ipairs(commands.general) do general[name] = true end
  for _, option in ipairs(commands.options_of(command)) do
    if not general[option.name] then own[#own + 1] = option end
  end
  return own
end

function Page:command(command)
  self:add((".SS \"wlrun %s\""):format(command.name), plain(command.summary) .. ".")
  for _, paragraph in ipairs(command.about or {}) do self:add(".PP", plain(paragraph)) end
  self:options(command, own_options(command))
  self:examples(command.examples)
end

function Page:pairs(title, list)
  self:add(".SH \"" .. title .. "\"")
  for _, one in ipairs(list) do
    self:add(".TP", "\\fB" .. plain(tostring(one[1])) .. "\\fR", plain(one[2]) .. ".")
  end
end

--- The page, as troff for man(7).
-- @treturn string
function man.page()
  local page = setmetatable({}, Page)
  page:add((".TH WLRUN 1 \"\" \"wlrun %s\" \"User Commands\""):format(host.version),
    ".SH NAME", "wlrun \\- see what Kubernetes workloads do, under virtual time")
  page:synopsis()
  page:add(".SH DESCRIPTION",
    "Runs the workload controllers of Kubernetes on a model of a cluster, under a virtual clock.",
    "A run takes milliseconds and is reproducible: one seed gives one run, to the byte.",
    ".SH COMMANDS")
  for _, command in ipairs(commands.list) do page:command(command) end
  page:add ".SH \"GENERAL OPTIONS\""
  page:options(nil, commands.options_of { options = {} })
  page:pairs("EXIT STATUS", commands.EXIT)
  page:pairs("ENVIRONMENT", commands.ENVIRONMENT)
  return table.concat(page, "\n") .. "\n"
end

return man
