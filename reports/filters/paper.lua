-- What is set otherwise on paper than on a screen: the lines `[**Portage :** …]{.fiche}` as a small
-- table of terms, what is at stake in larger type, long narrow tables in columns, one cell for an
-- action that stands in several rows; and what must not be alone on a page goes with what stands
-- before it.
-- Shared by both engines, after tables.lua, which finds a column's cells by their places; the Typst
-- functions stand in style/template.typ.
local NO_BREAK = "\u{a0}"
-- How much of a long list's line its first column takes: names are longer than numbers.
local NAMES = 0.43
-- A table of so many rows is not cut between two pages.
local SHORT = 6

local function raw(text)
  return pandoc.RawInline("typst", text)
end

-- The blocks as the content of a function of the template.
local function call(name, blocks)
  local made = pandoc.Blocks({ pandoc.RawBlock("typst", "#" .. name .. "[") })
  made:extend(blocks)
  made:insert(pandoc.RawBlock("typst", "]"))
  return made
end

-- « Portage : » without what ends it.
local function read_term(strong)
  local text = pandoc.utils.stringify(strong):gsub(":$", "")
  text = text:gsub("^Objectifs de développement durable", "ODD")
  return (text:gsub(NO_BREAK .. "$", ""):gsub("%s+$", ""))
end

-- The lines of a paragraph that is made of nothing else.
local function read_fiche(para)
  local lines = pandoc.List({})
  for _, inline in ipairs(para.t == "Para" and para.content or {}) do
    local line = inline.t == "Span" and inline.classes:includes("fiche") and inline.content
    if line and line[1] and line[1].t == "Strong" then
      lines:insert(line)
    elseif inline.t ~= "LineBreak" and inline.t ~= "SoftBreak" then
      return nil
    end
  end
  return #lines > 0 and lines or nil
end

-- Whether a semicolon follows here a goal that is its number alone: the numbers do without.
local function parts_goals(line, rank)
  local goal, sign = line[rank - 1], line[rank + 1]
  return goal and sign and goal.t == "RawInline" and goal.text:match("^#odd") and sign.text == ";"
end

local function write_fiche(lines)
  local inlines = pandoc.Inlines({ raw("#fiche(") })
  for _, line in ipairs(lines) do
    inlines:extend({ raw("(["), pandoc.Str(read_term(line[1])), raw("], [") })
    local place = 2
    while line[place] and line[place].t == "Space" do
      place = place + 1
    end
    for rank = place, #line do
      if not parts_goals(line, rank) and not parts_goals(line, rank - 1) then
        inlines:insert(line[rank])
      end
    end
    inlines:insert(raw("]), "))
  end
  inlines:insert(raw(")"))
  return pandoc.Plain(inlines)
end

-- Rows whose first cell is empty belong to the one above them.
local function join_rows(body)
  local above
  for _, row in ipairs(body.body) do
    if above and pandoc.utils.stringify(row.cells[1].contents) == "" then
      above.row_span = above.row_span + 1
      row.cells:remove(1)
    else
      above = row.cells[1]
    end
  end
end

-- What is not known of a decision is said in quiet type.
local function mute(emph)
  return pandoc.Inlines({ raw("#text(fill: quiet)[") }) .. emph.content .. pandoc.Inlines({ raw("]") })
end

-- The cell of a rating takes its colour (rating-fills, in style/template.typ): a span alone in it.
local function fill_ratings(tbl)
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.body) do
      for _, cell in ipairs(row.cells) do
        local block = #cell.contents == 1 and cell.contents[1]
        local span = block and block.content and #block.content == 1 and block.content[1]
        local name = span and span.t == "Span" and (span.classes[2] or ""):match("^note%-(.+)$")
        if name then
          cell.attributes["typst:fill"] = 'rating-fills.at("' .. name .. '")'
        end
      end
    end
  end
end

local function set_table(tbl)
  fill_ratings(tbl)
  if tbl.identifier:match("%-decisions$") then
    return tbl:walk({ Emph = mute })
  elseif tbl.identifier:match("%-raisons$") then
    for _, body in ipairs(tbl.bodies) do
      join_rows(body)
    end
  end
  return tbl
end

-- Two pages would leave one of them with a row or two.
local function is_short(tbl)
  local count = 0
  for _, body in ipairs(tbl.bodies) do
    count = count + #body.body
  end
  return count <= SHORT
end

-- The last two rows of a long table stand as its foot, which is never cut: none is left alone on
-- the next page. A foot is not said again on each page (style/template.typ).
local LAST = 2
local function hold_end(tbl)
  local body = tbl.bodies[#tbl.bodies] and tbl.bodies[#tbl.bodies].body
  if not body or #body <= LAST or #tbl.foot.rows > 0 then
    return tbl
  end
  local rows = pandoc.List({})
  for place = #body - LAST + 1, #body do
    if #body[place].cells ~= #tbl.colspecs then
      return tbl -- a cell spans several rows
    end
    rows:insert(body[place])
  end
  tbl.bodies[#tbl.bodies].body = { table.unpack(body, 1, #body - LAST) }
  tbl.foot = pandoc.TableFoot(rows)
  return tbl
end

local FUNCTIONS = { chapeau = "chapeau", ["liste-longue"] = "long-list" }

local function set_div(div)
  local name = FUNCTIONS[div.classes[1] or ""]
  if not name then
    return nil
  end
  for _, block in ipairs(div.content) do
    if block.t == "Table" then
      block.classes:insert("typst:no-figure") -- a figure would not go on in the next column
      local count = #block.colspecs
      for place, spec in ipairs(count > 2 and block.colspecs or {}) do
        spec[2] = place == 1 and NAMES or (1 - NAMES) / (count - 1)
        name = FUNCTIONS["liste-longue"] .. "(count: 2)"
      end
    end
  end
  return call(name, div.content)
end

-- A table, or what Quarto puts a labelled one into, and its figures.
local function is_float(block)
  return block.t == "Table"
    or block.t == "Div" and block.attributes["__quarto_custom_type"] == "FloatRefTarget"
end

local function set_float(block)
  local short = false
  local blocks = pandoc.Blocks({ block }):walk({
    Table = function(tbl)
      short = is_short(tbl)
      return short and set_table(tbl) or hold_end(set_table(tbl))
    end,
  })
  return short and call("whole", blocks) or blocks
end

local function set_lines(para)
  local lines = read_fiche(para)
  return lines and write_fiche(lines)
end

-- What a block is on paper, as a list; true where it goes with the one before it.
local function set_block(block)
  local lines = read_fiche(block)
  if lines then
    return { write_fiche(lines) }, true
  elseif is_float(block) then
    return set_float(block)
  elseif block.t == "Div" and block.classes:includes("chiffres") then
    local set = pandoc.Blocks({})
    for _, inner in ipairs(block.content) do
      set:extend((set_block(inner)))
    end
    return set
  elseif block.t == "Div" then
    return set_div(block) or { block:walk({ Div = set_div, Para = set_lines }) }
  end
  return { block }
end

-- The last paragraphs of what is set so far are kept with what follows.
local function hold(set, count)
  for place = #set, 1, -1 do
    local block = #set[place] == 1 and set[place][1]
    if block and block.t == "Para" and count > 0 then
      set[place] = call("held", { block })
      count = count - 1
    elseif not block or block.t ~= "Header" then
      return
    end
  end
end

function Pandoc(doc)
  if not FORMAT:match("typst") then
    return nil
  end
  local set = pandoc.List({})
  for _, block in ipairs(doc.blocks) do
    local blocks, follows = set_block(block)
    if follows then
      hold(set, 1)
    end
    set:insert(blocks)
  end
  local made = pandoc.Blocks({})
  for _, blocks in ipairs(set) do
    made:extend(blocks)
  end
  doc.blocks = made
  return doc
end
