-- Column widths from what the columns hold: a pipe table's dashes say nothing of its text.
-- HTML and PDF lay out by themselves a table that fits; one too wide for the page gets, in PDF and
-- DOCX, widths where each column holds its longest word and the rest of the room goes to the
-- columns with most text.
-- Shared by both engines.
local ROOM = 92 -- characters on a line of a table, at its size of type
local LONGEST_WORD = 24
local LONGEST_TEXT = 160
local docx = FORMAT:match("docx")
local PADDING = docx and 4 or 2 -- room at both sides of a cell's text, in characters

-- The longest word of a column, and a length of text between its mean and its longest cell.
local function measure(cells)
  local word, longest, sum, filled = 3, 3, 0, 0
  for _, content in ipairs(cells) do
    local plain = pandoc.utils.stringify(content):gsub("\u{a0}", "_"):gsub("\u{202f}", "_")
    local length = utf8.len(plain) or #plain
    longest, sum = math.max(longest, length), sum + length
    filled = filled + (length > 0 and 1 or 0)
    for part in plain:gmatch("[^%s%-/]+") do
      word = math.max(word, utf8.len(part) or #part)
    end
  end
  local usual = filled > 0 and (longest + sum / filled) / 2 or longest
  return math.min(word, LONGEST_WORD) + PADDING,
    longest + PADDING,
    math.min(usual, LONGEST_TEXT) + PADDING
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
  local widths, words, wishes, lengths = {}, {}, {}, {}
  local total, natural, slack = 0, 0, 0
  for index, cells in ipairs(columns_of(tbl)) do
    local word, longest, usual = measure(cells)
    words[index], wishes[index], lengths[index] = word, math.max(usual - word, 0), longest
    natural, total = natural + longest, total + word
    slack = slack + wishes[index]
  end
  local automatic = FORMAT:match("html") or natural <= ROOM
  for index, spec in ipairs(tbl.colspecs) do
    if automatic then
      -- Word processors share the page equally among columns without a width.
      widths[index] = docx and lengths[index] / ROOM or nil
    elseif total >= ROOM or slack == 0 then
      widths[index] = words[index] / total
    else
      local share = wishes[index] / slack
      widths[index] = (words[index] + (ROOM - total) * share) / ROOM
    end
    tbl.colspecs[index] = { spec[1], widths[index] }
  end
  return tbl
end
