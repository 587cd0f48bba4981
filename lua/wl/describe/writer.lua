-- SPDX-License-Identifier: MIT
--- Lines with tabs that are aligned when all are there.
-- Source: k8s.io/kubectl/pkg/describe PrefixWriter.
local tabular = require "wl.table"

local writer = {}

local Writer = {}
Writer.__index = Writer

--- A writer without lines.
function writer.new()
  return setmetatable({ done = {}, lines = {} }, Writer)
end

--- Add a line. Cells end with a tab: "Name:\tweb".
-- @tparam integer level of indentation, two blanks each
-- @tparam string text
function Writer:line(level, text)
  self.lines[#self.lines + 1] = ("  "):rep(level) .. text .. "\n"
end

--- Add a line "title:<tab>text", and a line for each further text.
-- @tparam string title indented as it is to stand
-- @tparam {string,...} texts "<none>" when there are none
function Writer:lines_of(title, texts)
  if #texts == 0 then
    self:line(0, title .. ":\t<none>")
  end
  for i, text in ipairs(texts) do
    self:line(0, (i == 1 and title .. ":\t" or "\t") .. text)
  end
end

--- Align what is there on its own; what follows does not change it.
function Writer:flush()
  self.done[#self.done + 1] = tabular.align(table.concat(self.lines))
  self.lines = {}
end

--- All the text.
-- @treturn string
function Writer:text()
  self:flush()
  return table.concat(self.done)
end

return writer
