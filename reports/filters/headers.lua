-- In HTML, what a table's cells are, for who hears it: `scope` on the headers of columns; the first
-- cell of a row is its header. Cells left empty under the one they repeat are part of it.
-- Runs after tables.lua, which reads the cells by their places. Shared by both engines.
local html = FORMAT:match("html")

local function is_empty(cell)
  return #cell.contents == 0 or pandoc.utils.stringify(cell.contents) == ""
end

local function name_rows(body)
  body.row_head_columns = 1
  local above
  for _, row in ipairs(body.body) do
    local cell = row.cells[1]
    if above and is_empty(cell) then
      above.row_span = above.row_span + 1
      row.cells:remove(1)
    elseif not is_empty(cell) then
      above = cell
      cell.attributes.scope = "row"
    end
  end
  for _, row in ipairs(body.body) do
    local cell = row.cells[1]
    if cell.row_span > 1 then
      cell.attributes.scope = "rowgroup"
    end
  end
end

function Table(tbl)
  if not html or #tbl.colspecs < 2 then
    return nil
  end
  for _, row in ipairs(tbl.head.rows) do
    for _, cell in ipairs(row.cells) do
      if not is_empty(cell) then
        cell.attributes.scope = "col"
      end
    end
  end
  for _, body in ipairs(tbl.bodies) do
    name_rows(body)
  end
  return tbl
end
