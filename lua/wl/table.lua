-- SPDX-License-Identifier: MIT
--- Text in aligned columns, as kubectl prints it.
--
--     print(table.format { { "NAME", "AGE" }, { "web", "5s" } })
--
-- The rules are those of Go's text/tabwriter: a cell is what a tab ends; cells
-- of adjacent lines in one column are a block of one width; what stands after
-- the last tab of a line is not padded. So a last cell that is empty leaves
-- blanks at the end of its line, as in kubectl.
local tabular = {}

local function cells_of(line)
  local cells = {}
  for cell in (line .. "\t"):gmatch "([^\t]*)\t" do
    cells[#cells + 1] = cell
  end
  return cells
end

local function width_of(cell)
  return utf8.len(cell) or #cell
end

local function padded(cells, widths)
  local parts = {}
  for i, cell in ipairs(cells) do
    local width = widths[i]
    parts[i] = width and cell .. (" "):rep(width - width_of(cell)) or cell
  end
  return table.concat(parts)
end

-- The end of the block that begins at line `first` in this column, its width.
local function block(lines, first, last, column, style)
  local width, at = style.min, first
  while at <= last and #lines[at] > column do
    width = math.max(width, width_of(lines[at][column]) + style.padding)
    at = at + 1
  end
  return at - 1, width
end

local function format(lines, first, last, widths, style, out)
  local column = #widths + 1
  local at = first
  while at <= last do
    if #lines[at] > column then
      local ends, width = block(lines, at, last, column, style)
      widths[column] = width
      format(lines, at, ends, widths, style, out)
      widths[column] = nil
      at = ends + 1
    else
      out[#out + 1] = padded(lines[at], widths)
      at = at + 1
    end
  end
end

--- Align lines with tabs in them.
-- @tparam string text lines, each with its line break
-- @tparam[opt] {min=integer,padding=integer} style the least width of a column,
--   padding included (0), and the blanks after its widest cell (2)
-- @treturn string
function tabular.align(text, style)
  local lines, out = {}, {}
  for line in text:gmatch "([^\n]*)\n" do
    lines[#lines + 1] = cells_of(line)
  end
  style = style or {}
  format(lines, 1, #lines, {}, { min = style.min or 0, padding = style.padding or 2 }, out)
  out[#out + 1] = ""
  return table.concat(out, "\n")
end

-- A cell is one line: what comes after a line break is left out.
local function one_line(cell)
  cell = tostring(cell):gsub("\t", " ")
  local at = cell:find "[\f\n\r]"
  return at and cell:sub(1, at - 1) .. "..." or cell
end

--- A table as `kubectl get` prints it: three blanks between columns.
-- @tparam {{string,...},...} rows the first is the header
-- @treturn string lines, "" when there are no rows
function tabular.format(rows)
  local lines = {}
  for i, row in ipairs(rows) do
    local cells = {}
    for j, cell in ipairs(row) do
      cells[j] = one_line(cell)
    end
    lines[i] = table.concat(cells, "\t") .. "\n"
  end
  return tabular.align(table.concat(lines), { min = 6, padding = 3 })
end

return tabular
