-- SPDX-License-Identifier: MIT
--- Text in lines of at most so many characters.
local WIDTH = 80

--- Put line breaks between words.
-- @tparam string text
-- @tparam integer indent blanks before each line but the first, which stands behind as many
-- @tparam ?integer width of a line, 80 when left out
-- @treturn string without a line break at its end
return function(text, indent, width)
  width = width or WIDTH
  local lines, line = {}, ""
  for word in text:gmatch "%S+" do
    if line ~= "" and indent + #line + 1 + #word > width then
      lines[#lines + 1] = line
      line = word
    else
      line = line == "" and word or line .. " " .. word
    end
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n" .. (" "):rep(indent))
end
