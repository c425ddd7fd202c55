-- What pandoc's page lacks for who reads without a mouse or an eye: tables scroll sideways on a
-- telephone, in a region with a name that the keyboard reaches, and so do commands; the text is the
-- page's main part.
local heading, names = "", {}

-- The heading above a table, with its rank among those of the same heading.
local function name_table()
  names[heading] = (names[heading] or 0) + 1
  local rank = names[heading] > 1 and " (" .. names[heading] .. ")" or ""
  return "Tableau\u{a0}: " .. heading .. rank
end

local SET = { traverse = "topdown" }

function SET.Header(header)
  heading = pandoc.utils.stringify(header)
end

function SET.Table(tbl)
  -- In pairs: their order is that of the page, the same in every run.
  local region = { { "role", "region" }, { "tabindex", "0" }, { "aria-label", name_table() } }
  return pandoc.Div(tbl, pandoc.Attr("", { "defile" }, region)), false
end

function SET.CodeBlock(block)
  block.attributes.tabindex = "0"
  return block
end

function Pandoc(doc)
  doc.blocks = doc.blocks:walk(SET)
  doc.blocks:insert(1, pandoc.RawBlock("html", "<main>"))
  doc.blocks:insert(pandoc.RawBlock("html", "</main>"))
  return doc
end
