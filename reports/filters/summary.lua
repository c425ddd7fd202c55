-- The first pages on paper. The foreword shares a page with the contents; the synthesis is given as
-- its first page, then its chapters, each with its parts, as arguments of the Typst function
-- `synthesis` of style/template.typ, which sets them in four pages. In HTML all stays as it is.
-- Shared by both engines; the blocks are written by analysis.show.pages.summary_page.
local NAME, FOREWORD = "sec-synthese", "sec-avant-propos"

local function raw(code)
  return pandoc.RawInline("typst", code)
end

-- Words between what a Typst function is called with and its end.
local function wrap(opening, content)
  local inlines = pandoc.Inlines({ raw(opening .. "[") })
  inlines:extend(content)
  inlines:insert(raw("]"))
  return inlines
end

-- A link within the report; the document for the council, which has no other page, has none.
local links = {
  Link = function(link)
    local id = link.target:match("^#(.+)$")
    if id then
      local style = link.classes[1] or ""
      return wrap('#leads-to("' .. id .. '", "' .. style .. '")', link.content)
    end
  end,
}
-- The title of a section, then its entries: each page is said once, before those that stand on it.
local entries = {
  Para = function(para)
    local made, content = pandoc.Inlines({}), para.content
    local last = 0 -- the place of what closed the entry before
    for place, inline in ipairs(content) do
      if inline.t == "Span" and inline.classes:includes("page") then
        made:insert(raw((#made > 0 and '("' or '#page-entries(("') .. pandoc.utils.stringify(inline.content) .. '", ['))
        made:insert(content[place - 2]) -- the link, before a space
        made:insert(raw("]), "))
        last = place
      end
    end
    if last == 0 then
      return nil
    end
    made:insert(raw(")"))
    return pandoc.Para(pandoc.Inlines({ content[1], raw("~: ") }) .. made)
  end,
}
local figure = {
  Span = function(span)
    if span.classes:includes("trait") then
      return raw("#gauge(" .. span.attributes.style:match("([%d.]+%%)") .. ")")
    elseif span.classes[1] and span.classes[1] ~= "trace" then
      local kind = span.classes[2] or ""
      return wrap('#figure-part("' .. span.classes[1] .. '", "' .. kind .. '")', span.content)
    end
  end,
}

local function sort_block(block, parts)
  local classes = block.t == "Div" and block.classes or pandoc.List({})
  if classes:includes("repere") then
    parts.figure:extend(block.content:walk(figure))
  elseif classes:includes("enonces") then
    parts.entries:extend(block.content:walk(entries))
  elseif not pandoc.utils.stringify(block):match("^Chapitre ") then -- said in its title
    parts.body:insert(block)
  end
end

local function write_rubrics(blocks)
  return blocks:walk({
    Div = function(div)
      if div.classes:includes("rubrique") then
        local made = pandoc.Blocks({ pandoc.RawBlock("typst", '#rubric("' .. div.classes[2] .. '")[') })
        made:extend(div.content)
        made:insert(pandoc.RawBlock("typst", "]"))
        return made
      end
    end,
  })
end

-- An argument of a Typst function: blocks, or nothing.
local function insert_argument(made, name, blocks)
  if #blocks == 0 then
    made:insert(pandoc.RawBlock("typst", name .. " none,"))
    return
  end
  made:insert(pandoc.RawBlock("typst", name .. " ["))
  made:extend(blocks)
  made:insert(pandoc.RawBlock("typst", "],"))
end

local function compose(blocks)
  local made, front, chapters = pandoc.Blocks({}), pandoc.Blocks({}), pandoc.List({})
  for _, block in ipairs(blocks) do
    if block.t == "Header" and block.level == 2 then
      chapters:insert({
        id = block.identifier:sub(#NAME + 2),
        title = pandoc.Blocks({ block }),
        figure = pandoc.Blocks({}),
        body = pandoc.Blocks({}),
        entries = pandoc.Blocks({}),
      })
    elseif #chapters == 0 then
      front:insert(block)
    else
      sort_block(block, chapters[#chapters])
    end
  end
  insert_argument(made, "#synthesis(", write_rubrics(front))
  for _, chapter in ipairs(chapters) do
    made:insert(pandoc.RawBlock("typst", '(id: "' .. chapter.id .. '",'))
    for _, part in ipairs({ "title", "figure", "body", "entries" }) do
      insert_argument(made, part .. ":", chapter[part])
    end
    made:insert(pandoc.RawBlock("typst", "),"))
  end
  made:insert(pandoc.RawBlock("typst", ")"))
  return made:walk(links)
end

local function is_end(block)
  return (block.t == "Header" and block.level == 1)
    or (block.t == "Div" and block.classes:includes("quarto-book-part"))
    or (block.t == "RawBlock" and block.text:match("quarto%-file%-metadata"))
end

-- In Word a chapter's figure is one line, and there is no gauge: the words beside it say the same. In
-- HTML a gauge is no paragraph: an empty one would be told to who listens.
local on_screen = {
  Div = function(div)
    if FORMAT:match("docx") and div.classes:includes("repere") then
      return div:walk({
        LineBreak = function()
          return { pandoc.Str("\u{a0}\u{b7}"), pandoc.Space() }
        end,
      })
    end
  end,
  Para = function(para)
    local only = para.content[1]
    if only and only.t == "Span" and only.classes:includes("trait") then
      return FORMAT:match("docx") and {} or pandoc.Plain(para.content)
    end
  end,
}

function Pandoc(doc)
  if FORMAT:match("docx") or FORMAT:match("html") then
    return doc:walk(on_screen)
  elseif not FORMAT:match("typst") then
    return nil
  end
  local made, inside, foreword = pandoc.Blocks({}), nil, false
  for _, block in ipairs(doc.blocks) do
    if foreword and is_end(block) then
      made:insert(pandoc.RawBlock("typst", "]\n#set page(columns: 1)"))
      foreword = false
    end
    if inside and is_end(block) then
      made:extend(compose(inside))
      inside = nil
    end
    if inside then
      inside:insert(block)
    elseif block.t == "Header" and block.identifier == NAME then
      inside = pandoc.Blocks({ block })
    else
      made:insert(block)
    end
    if block.t == "Header" and block.identifier == FOREWORD then
      made:insert(pandoc.RawBlock("typst", "#aside["))
      foreword = true
    end
  end
  if inside then
    made:extend(compose(inside))
  end
  doc.blocks = made
  return doc
end
