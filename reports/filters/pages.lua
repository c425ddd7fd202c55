-- The page a section stands on: `[sec-x]{.page}` → « p. 12 » in the PDF (a link), a field that
-- Word computes in DOCX, nothing in HTML, where the section's number is the link.
-- Shared by both engines; the Typst function `page-of` stands in style/template.typ.
local NO_BREAK = "\u{a0}"

-- pandoc names bookmarks so: Word allows 40 characters, the first a letter.
local function bookmark(id)
  if #id <= 40 and id:match("^%a") then
    return id
  end
  return "X" .. pandoc.utils.sha1(id):sub(2)
end

local function page_field(id)
  local function run(content)
    return "<w:r>" .. content .. "</w:r>"
  end
  return run('<w:fldChar w:fldCharType="begin" w:dirty="true"/>')
    .. run('<w:instrText xml:space="preserve"> PAGEREF ' .. bookmark(id) .. " \\h </w:instrText>")
    .. run('<w:fldChar w:fldCharType="separate"/>')
    .. run("<w:t>…</w:t>")
    .. run('<w:fldChar w:fldCharType="end"/>')
end

local function page_of(span)
  local id = pandoc.utils.stringify(span.content)
  if FORMAT:match("typst") then
    return { pandoc.RawInline("typst", '#page-of("' .. id .. '")') }
  elseif FORMAT:match("docx") then
    return { pandoc.Str("p." .. NO_BREAK), pandoc.RawInline("openxml", page_field(id)) }
  end
  return {}
end

local function place_pages(inlines)
  local found = pandoc.Inlines({})
  for _, inline in ipairs(inlines) do
    if inline.t == "Span" and inline.classes:includes("page") then
      local page = page_of(inline)
      -- A comma takes the place of the space before; the space goes where there is no page.
      if #found > 0 and found[#found].t == "Space" then
        found:remove(#found)
        if #page > 0 then
          found:insert(pandoc.Str(","))
          found:insert(pandoc.Space())
        end
      end
      found:extend(page)
    else
      found:insert(inline)
    end
  end
  return found
end

-- A list of inlines is costly to read: only in the blocks that hold such a span.
function Pandoc(doc)
  local found
  local look = {
    Span = function(span)
      found = found or span.classes:includes("page")
    end,
  }
  for place, block in ipairs(doc.blocks) do
    found = false
    block:walk(look)
    if found then
      doc.blocks[place] = block:walk({ Inlines = place_pages })
    end
  end
  return doc
end
