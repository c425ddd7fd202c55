-- The dashboard, `::: {.tableau-de-bord}`: one table of all indicators, with a column that names
-- each one's chapter. In HTML it stays so (style/dashboard.js filters and sorts it). In the PDF the
-- column gives way to a line above each chapter's indicators, said again where the table goes on.
-- Shared by both engines; after tables.lua, whose widths are for all columns. The Typst functions
-- `board` and `board-group` stand in style/template.typ.
local CHAPTER = 2 -- the column of the chapter
-- Of the others, on paper.
local WIDTHS = { 0.33, 0.09, 0.2, 0.19, 0.19 }

local function chapter_of(cell)
  local name = ""
  pandoc.Blocks(cell.contents):walk({
    Span = function(span)
      name = span.attributes["data-chapitre"] or name
    end,
  })
  return name
end

-- Rows without the chapter's cell, in groups of those that stand together.
local function group(rows)
  local groups = pandoc.List({})
  for _, row in ipairs(rows) do
    local name = chapter_of(row.cells[CHAPTER])
    if #groups == 0 or groups[#groups].name ~= name then
      groups:insert({ name = name, title = row.cells[CHAPTER].contents, rows = pandoc.List({}) })
    end
    row.cells:remove(CHAPTER)
    groups[#groups].rows:insert(row)
  end
  return groups
end

local function append_cell(inlines, cell)
  local content = pandoc.utils.blocks_to_inlines(cell.contents)
  inlines:insert(pandoc.RawInline("typst", "["))
  inlines:extend(content)
  inlines:insert(pandoc.RawInline("typst", "], "))
end

local function typst_board(head, groups)
  local inlines = pandoc.Inlines({ pandoc.RawInline("typst", "#board((") })
  for _, width in ipairs(WIDTHS) do
    inlines:insert(pandoc.RawInline("typst", width .. "fr, "))
  end
  inlines:insert(pandoc.RawInline("typst", "), table.header("))
  for _, cell in ipairs(head.cells) do
    append_cell(inlines, cell)
  end
  inlines:insert(pandoc.RawInline("typst", "), "))
  for _, chapter in ipairs(groups) do
    local call = '..board-group("sec-' .. chapter.name .. '", ' .. #WIDTHS .. ", "
    inlines:insert(pandoc.RawInline("typst", call))
    append_cell(inlines, { contents = chapter.title })
    inlines:insert(pandoc.RawInline("typst", "), "))
    for _, row in ipairs(chapter.rows) do
      for _, cell in ipairs(row.cells) do
        append_cell(inlines, cell)
      end
    end
  end
  inlines:insert(pandoc.RawInline("typst", ")"))
  return pandoc.Plain(inlines)
end

local function treat(tbl)
  local groups = group(tbl.bodies[1].body)
  local head = tbl.head.rows[1]
  head.cells:remove(CHAPTER)
  return typst_board(head, groups)
end

function Div(div)
  if not div.classes:includes("tableau-de-bord") or not FORMAT:match("typst") then
    return nil
  end
  for place, block in ipairs(div.content) do
    if block.t == "Table" then
      div.content[place] = treat(block)
    end
  end
  return div
end
