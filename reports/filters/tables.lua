-- Column widths from what the columns hold: a pipe table's dashes say nothing of its text.
-- Every table is as wide as the text. One whose cells fit shares what is left among its columns; one
-- too wide gets widths that make it short: each column holds its longest word, none is wider than
-- its longest cell, and between these bounds a width follows the fourth root of the sum of its
-- cells' cubed lengths (which makes the sum of (length / width)³ smallest: the longest cell of a
-- row sets its height). The values of an action (`.chiffres`) have the columns of all the others.
-- Shared by both engines.
local LONGEST_WORD = 24
local docx = FORMAT:match("docx")
local ROOMS = { docx = 106, typst = 112 } -- characters on a line of a table, at its size of type
local ROOM = ROOMS[FORMAT] or 92
-- The columns of values, in parts of the line; what is left goes to the first.
local FIXED = {
  ["Valeur"] = 0.14, ["Unité"] = 0.18, ["Période"] = 0.18, ["Avant, évolution"] = 0.18, ["Source"] = 0.13,
}
local UNIT_ALONE = 0.3 -- where no column follows, the unit also says what dates the value
local PADDING = docx and 4 or 2 -- room at both sides of a cell's text, in characters

local function length_of(content)
  local plain = pandoc.utils.stringify(content):gsub("\u{a0}", "_"):gsub("\u{202f}", "_")
  plain = plain:gsub("(%d)%-(%d)", "%1_%2") -- « l. 338-340 » stays on one line
  return utf8.len(plain) or #plain, plain
end

-- A picture that says its width takes as many characters.
local function picture_in(content)
  local length = 0
  pandoc.Div(content):walk({
    Image = function(image)
      local inches = (image.attributes.width or ""):match("^([%d.]+)in$")
      length = inches and math.ceil(tonumber(inches) * ROOM / 6.3) or length
    end,
  })
  return length
end

-- What is read of a reference is a number, not the name of the place.
local function read_numbers(content)
  return pandoc.Blocks(content):walk({ Cite = function() return pandoc.Str("0.0.0") end })
end

-- The longest word of a column, its longest cell, and the weight of all its cells.
local function measure(cells)
  local word, longest, sum = 3, 3, 0
  for _, content in ipairs(cells) do
    local length, plain = length_of(content)
    local picture = picture_in(content)
    length, word = math.max(length, picture), math.max(word, picture)
    longest, sum = math.max(longest, length), sum + (length + PADDING) ^ 3
    for part in plain:gmatch("[^%s%-/]+") do
      word = math.max(word, utf8.len(part) or #part)
    end
  end
  return math.min(word, LONGEST_WORD) + PADDING, longest + PADDING, sum ^ 0.25
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
          table.insert(columns[index], read_numbers(cell.contents))
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

-- Widths between bounds, in proportion to weights, that fill the room.
local function share(words, lengths, weights)
  local widths, low, high = {}, 0, ROOM
  for _ = 1, 40 do
    local factor, total = (low + high) / 2, 0
    for index, weight in ipairs(weights) do
      widths[index] = math.min(math.max(weight * factor, words[index]), lengths[index])
      total = total + widths[index]
    end
    if total > ROOM then
      high = factor
    else
      low = factor
    end
  end
  return widths
end

function Table(tbl)
  if tbl.attributes["custom-style"] == "Chiffres clés" then
    return nil -- made by keyfigures.lua, which knows its widths
  end
  local words, lengths, weights = {}, {}, {}
  local needed, natural = 0, 0
  for index, cells in ipairs(columns_of(tbl)) do
    words[index], lengths[index], weights[index] = measure(cells)
    needed, natural = needed + words[index], natural + lengths[index]
  end
  local widths = {}
  if natural <= ROOM then
    for index, length in ipairs(lengths) do
      widths[index] = length * ROOM / natural
    end
  elseif needed >= ROOM then
    widths = words
  else
    widths = share(words, lengths, weights)
  end
  local room = math.max(ROOM, needed)
  for index, spec in ipairs(tbl.colspecs) do
    -- In fractions of a thousand: the same figures in every run and format.
    local width = widths[index] and math.floor(widths[index] / room * 1000) / 1000
    tbl.colspecs[index] = { spec[1], width }
  end
  return tbl
end

function Div(div)
  if not div.classes:includes("chiffres") then
    return nil
  end
  for _, tbl in ipairs(div.content) do
    if tbl.t == "Table" then
      local rest = 1
      for index, cell in ipairs(tbl.head.rows[1].cells) do
        local width = index > 1 and FIXED[pandoc.utils.stringify(cell.contents)] or 0
        width = index == 3 and #tbl.colspecs == 3 and UNIT_ALONE or width
        tbl.colspecs[index] = { tbl.colspecs[index][1], width }
        rest = rest - width
      end
      tbl.colspecs[1] = { tbl.colspecs[1][1], rest }
    end
  end
  return div
end
