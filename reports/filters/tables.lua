-- Column widths from what the columns hold: a pipe table's dashes say nothing of its text.
-- HTML lays out its tables itself; in PDF and DOCX a table too wide for the page gets widths where
-- each column holds its longest word and the rest of the room goes to the columns with most text.
-- Shared by both engines.
local ROOM = 92 -- characters on a line of a table, at its size of type
local LONGEST_WORD = 24
local LONGEST_TEXT = 160

local function measure(cells)
  local word, text = 3, 3
  for _, content in ipairs(cells) do
    local plain = pandoc.utils.stringify(content):gsub("\u{a0}", "_"):gsub("\u{202f}", "_")
    text = math.max(text, utf8.len(plain) or #plain)
    for part in plain:gmatch("[^%s%-/]+") do
      word = math.max(word, utf8.len(part) or #part)
    end
  end
  return math.min(word, LONGEST_WORD) + 2, math.min(text, LONGEST_TEXT) + 2
end

local function columns_of(tbl)
  local columns = {}
  for index = 1, #tbl.colspecs do
    columns[index] = {}
  end
  local function collect(rows)
    for _, row in ipairs(rows) do
      for index, cell in ipairs(row.cells) do
        if columns[index] and cell.col_span == 1 then
          table.insert(columns[index], cell.contents)
        end
      end
    end
  end
  collect(tbl.head.rows)
  for _, body in ipairs(tbl.bodies) do
    collect(body.body)
  end
  return columns
end

function Table(tbl)
  local widths, total, slack = {}, 0, 0
  local words, texts, natural = {}, {}, 0
  for index, cells in ipairs(columns_of(tbl)) do
    words[index], texts[index] = measure(cells)
    natural = natural + texts[index]
    total = total + words[index]
    slack = slack + (texts[index] - words[index])
  end
  local automatic = FORMAT:match("html") or natural <= ROOM
  for index, spec in ipairs(tbl.colspecs) do
    if automatic then
      widths[index] = nil
    elseif total >= ROOM or slack == 0 then
      widths[index] = words[index] / total
    else
      local share = (texts[index] - words[index]) / slack
      widths[index] = (words[index] + (ROOM - total) * share) / ROOM
    end
    tbl.colspecs[index] = { spec[1], widths[index] }
  end
  return tbl
end
