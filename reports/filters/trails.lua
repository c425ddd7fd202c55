-- What each number leads to: `[60 000 arbres]{.trace data-trace="arbres-plantes" data-line="…"}` is
-- a link to the line of the annexes that says where it comes from (« calculs-climat.html#calc-… »). In
-- HTML the page's own script opens the same in a window (style/trace.js); on paper the link shows
-- nothing. Shared by both engines; the attributes are written by analysis.publish.notebook_pages.

-- « + 6,7 % » begins the link's content: Typst would read the sign as the mark of a list.
local function escape_first(content)
  local first = content[1]
  local sign = first and first.t == "Str" and first.text:match("^[+%-=/]")
  if not sign then
    return content
  end
  local escaped = pandoc.List({ pandoc.RawInline("typst", "\\" .. sign), pandoc.Str(first.text:sub(2)) })
  for place = 2, #content do
    escaped:insert(content[place])
  end
  return escaped
end

-- Lines of a source document: `[l. 564]{.document data-document="rapport:564"}` is a link to the
-- document's page where pages are on a screen (analysis.publish.document_pages); words elsewhere.
local function link_document(span)
  local source, line = span.attributes["data-document"]:match("^(.-):(%d+)")
  if not FORMAT:match("html") then
    return span.content
  end
  local target = "document-" .. source .. ".html#doc-" .. source .. "-l" .. line
  return pandoc.Link(span.content, target, "", pandoc.Attr("", { "document" }))
end

-- The places of an action: `[Denain](#lieux-energie)` leads to the map of the communes, on its page,
-- also where that page is not at hand (the preview of a chapter); a goal, `[…](#objectif-7)`, to the
-- reasons why actions contribute to it. On paper the goal leads to its row in the table of them all.
function Link(link)
  if not FORMAT:match("html") then
    return nil
  elseif link.target:match("^#lieux%-") then
    link.target = "portrait.html" .. link.target
  else
    link.target = link.target:gsub("^#objectif%-", "contributions.html#sec-annexes-agenda-")
  end
  return link
end

function Span(span)
  if span.classes:includes("document") then
    return link_document(span)
  end
  if not span.classes:includes("trace") then
    return nil
  end
  local line = span.attributes["data-line"]
  if FORMAT:match("html") then
    -- A list of pairs: the order of a Lua table's keys changes from run to run.
    local attributes = {
      { "data-trace", span.attributes["data-trace"] },
      { "data-cell", span.attributes["data-cell"] },
    }
    return pandoc.Link(span.content, line, "", pandoc.Attr("", { "trace" }, attributes))
  end
  local content = span.content
  if FORMAT:match("docx") then
    -- A character style of its own takes the place of the hyperlinks' colour.
    content = { pandoc.Span(content, { ["custom-style"] = "Nombre" }) }
  elseif FORMAT:match("typst") then
    content = escape_first(content)
  end
  return pandoc.Link(content, line:match("#.*") or "#" .. line)
end
