-- A volume of the book on paper: the pages of the others are cut out once everything has its number,
-- and what leads to them becomes a link into their file. Every volume has the same numbers.
-- Shared by both engines; the last but letters.lua. Which page is in which volume, and the number and
-- the place of each label, come in _volumes.json (analysis.publish.volumes).
local typst = FORMAT:match("typst")

local function read_volumes()
  local folder = quarto and quarto.project.directory or "."
  local file = assert(io.open(folder .. "/_volumes.json", "r"))
  local text = file:read("a")
  file:close()
  return pandoc.json.decode(text, false)
end

-- What parts.lua wrote for the title of a part.
local function opens_part(block)
  if block.t == "RawBlock" then
    return block.text == "#show: appendices"
  elseif block.t == "Plain" then
    local first = block.content[1]
    return first and first.t == "RawInline" and first.text == "#part["
  end
  return block.t == "Div" and block.attributes["custom-style"] == "Partie"
end

-- The volume's pages, each part's title before the first of its own.
local function select(blocks, pages, volume)
  local kept, parts, inside, opening = pandoc.Blocks({}), pandoc.Blocks({}), true, false
  for _, block in ipairs(blocks) do
    if opens_part(block) then
      parts = opening and parts or pandoc.Blocks({})
      parts:insert(block)
      opening = true
    else
      opening = false
      if block.t == "Header" and block.level == 1 then
        local page = pages[block.identifier]
        inside = not page or page.volume == volume
        if inside then
          kept:extend(parts)
          parts = pandoc.Blocks({})
          if typst and page and page.above then
            kept:insert(pandoc.RawBlock("typst", "#counter(heading).update(" .. math.tointeger(page.above) .. ")"))
          end
        end
      end
      if inside then
        kept:insert(block)
      end
    end
  end
  return kept
end

function Pandoc(doc)
  local volume = doc.meta.volume and pandoc.utils.stringify(doc.meta.volume)
  if not volume then
    return nil
  end
  local book = read_volumes()
  -- Where a label of another volume stands, and its number.
  local function find(id)
    local label = id and book.labels[id]
    if label and label.volume ~= volume then
      local place = label.target ~= "" and "#" .. label.target or ""
      return book.files[label.volume] .. place, label.number
    end
  end
  local moved -- in Typst, whether the reference that is open leads to another volume
  doc.blocks = select(doc.blocks, book.pages, volume):walk({
    Link = function(link)
      local target = find(link.target:match("^#(.+)$"))
      if target then
        link.target = target
        return link
      end
    end,
    RawInline = typst and function(raw)
      local target, number = find(raw.text:match("^#ref%(<(.-)>, supplement: %[$"))
      if target then
        moved = true
        return pandoc.RawInline("typst", '#elsewhere("' .. target .. '", "' .. number .. '")[')
      elseif moved and raw.text == "])" then
        moved = false
        return pandoc.RawInline("typst", "]")
      end
    end,
    -- In a PDF only headings have a name: what other files lead to is made one that nobody sees.
    Span = typst and function(span)
      if span.identifier ~= "" then
        local name = pandoc.RawInline("typst", '#named("' .. span.identifier .. '")')
        span.identifier = ""
        return { name, span }
      end
    end,
  })
  return doc
end
