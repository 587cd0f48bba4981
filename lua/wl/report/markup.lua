-- SPDX-License-Identifier: MIT
--- Markup as text: elements, with everything escaped that is not markup.
local markup = {}

local ESCAPES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;",
  ["'"] = "&#39;" }

--- Text as it stands in an element or attribute.
-- @tparam any x
-- @treturn string
function markup.text(x) return (tostring(x):gsub("[&<>\"']", ESCAPES)) end

-- Whole numbers without ".0", others with at most two digits after the point.
local function number(x)
  if math.type(x) == "integer" then return ("%d"):format(x) end
  return (("%.2f"):format(x):gsub("%.?0+$", ""))
end

--- An element.
-- @tparam string name
-- @tparam {any,...} attributes names and values in turn; a value nil or false is left out,
--   true stands for the name alone
-- @tparam ?string inside markup
-- @treturn string
function markup.element(name, attributes, inside)
  local parts = { "<", name }
  for i = 1, attributes.n or #attributes, 2 do
    local key, x = attributes[i], attributes[i + 1]
    if x == true then
      parts[#parts + 1] = " " .. key
    elseif x then
      parts[#parts + 1] = (' %s="%s"'):format(key, type(x) == "number" and number(x)
        or markup.text(x))
    end
  end
  parts[#parts + 1] = inside and ">" .. inside .. "</" .. name .. ">" or "/>"
  return table.concat(parts)
end

return markup
