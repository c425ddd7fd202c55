-- The summary on paper: four pages in two columns, composed line by line by the Typst function
-- `summary` of style/template.typ, which finds the page of each line's target. In HTML and DOCX it
-- stays as it is: headings and lists.
-- Shared by both engines; the lines are written by analysis.show.pages.summary_page.
local NAME = "sec-sommaire"

-- `[sec-x]{.page}` at the end of a line says what it leads to; the number before it, `([-@sec-x])`,
-- is left to the pages.
local function read_line(inlines)
  local title, target = pandoc.Inlines({}), nil
  for _, inline in ipairs(inlines) do
    if inline.t == "Span" and inline.classes:includes("page") then
      target = pandoc.utils.stringify(inline.content)
    else
      title:insert(inline)
    end
  end
  if not target then
    return nil
  end
  local function is_between(inline)
    return inline.t == "Space" or inline.t == "SoftBreak" or inline.t == "Cite"
      or (inline.t == "Str" and (inline.text == "(" or inline.text == ")"))
  end
  while #title > 0 and is_between(title[#title]) do
    title:remove(#title)
  end
  return title, target
end

local function write_line(inlines, kind, chapter, target, body)
  inlines:insert(pandoc.RawInline("typst", '(kind: "' .. kind .. '", chapter: "' .. chapter
    .. '", target: "' .. target .. '", body: ['))
  inlines:extend(body)
  inlines:insert(pandoc.RawInline("typst", "]), "))
end

local function write_section(lines, block, chapter)
  local title, target = read_line(block.content)
  -- « Chapitre 1, p. 13 » is said in the chapter's own title.
  if title and #title > 0 and title[1].t ~= "Span" then
    write_line(lines, "section", chapter, target, title)
  end
end

local function write_entries(lines, list, chapter)
  for _, item in ipairs(list.content) do
    local title, target = read_line(item[1].content)
    write_line(lines, "entry", chapter, target or "", title or item[1].content)
  end
end

-- The chapter's first figures, which lead nowhere but to their own trails.
local function write_figures(lines, list, chapter)
  for _, item in ipairs(list.content) do
    write_line(lines, "figure", chapter, "", item[1].content)
  end
end

-- The lines as arguments of the function, then the blocks that it takes the place of.
local function compose(blocks, first, last)
  local opening, lines, chapter = pandoc.Blocks({}), pandoc.Inlines({}), nil
  for place = first, last do
    local block = blocks[place]
    if block.t == "Header" and block.level == 2 then
      chapter = block.identifier:sub(#NAME + 2)
      local heading = "#heading(level: 2, numbering: none)["
      local body = pandoc.Inlines({ pandoc.RawInline("typst", heading) }) .. block.content
      body:insert(pandoc.RawInline("typst", "]<" .. block.identifier .. ">"))
      write_line(lines, "chapter", chapter, "sec-" .. chapter, body)
    elseif chapter and (block.t == "Para" or block.t == "Plain") then
      write_section(lines, block, chapter)
    elseif chapter and block.t == "BulletList" then
      write_entries(lines, block, chapter)
    elseif chapter and block.t == "Div" and block.classes:includes("reperes") then
      write_figures(lines, block.content[1], chapter)
    elseif not chapter and block.t ~= "RawBlock" then
      opening:insert(block)
    end
  end
  return opening, lines
end

local function is_end(block)
  return (block.t == "Header" and block.level == 1)
    or (block.t == "Div" and block.classes:includes("quarto-book-part"))
    or (block.t == "RawBlock" and block.text:match("quarto%-file%-metadata"))
end

function Pandoc(doc)
  if not FORMAT:match("typst") then
    return nil
  end
  local blocks, first = doc.blocks, nil
  for place, block in ipairs(blocks) do
    if block.t == "Header" and block.identifier == NAME then
      first = place
      break
    end
  end
  if not first then
    return nil
  end
  local last = first
  while blocks[last + 1] and not is_end(blocks[last + 1]) do
    last = last + 1
  end
  local opening, lines = compose(blocks, first, last)
  local made = pandoc.Blocks({ pandoc.RawBlock("typst", "#summary([") })
  made:extend(opening)
  lines:insert(1, pandoc.RawInline("typst", "], "))
  lines:insert(pandoc.RawInline("typst", ")"))
  made:insert(pandoc.Plain(lines))
  local before, after = pandoc.Blocks({}), pandoc.Blocks({})
  for place, block in ipairs(blocks) do
    if place < first then
      before:insert(block)
    elseif place > last then
      after:insert(block)
    end
  end
  doc.blocks = before .. made .. after
  return doc
end
