-- Boxes with a title: `::: {.encadre-important title="À retenir"}`, and `::: {.encadre-note title=…}`,
-- which is folded where a page can fold. Not Quarto's callouts, whose shape is its own in each format.
-- Shared by both engines; the Typst function `callout` stands in style/template.typ, the Word styles
-- in the reference document.
local CLASSES = { ["encadre-note"] = true, ["encadre-important"] = true }

local function html_box(div, class, title)
  local open, close, head = '<div class="encadre ' .. class .. '">', "</div>", "div"
  if class == "encadre-note" then
    open, close, head = '<details class="encadre ' .. class .. '">', "</details>", "summary"
  end
  local blocks = pandoc.Blocks({
    pandoc.RawBlock("html", open .. "\n<" .. head .. ' class="encadre-titre">'),
    pandoc.Plain(title),
    pandoc.RawBlock("html", "</" .. head .. '>\n<div class="encadre-corps">'),
  })
  blocks:extend(div.content)
  blocks:insert(pandoc.RawBlock("html", "</div>\n" .. close))
  return blocks
end

local function typst_box(div, title)
  local blocks = pandoc.Blocks({ pandoc.RawBlock("typst", "#callout(body: [") })
  blocks:extend(div.content)
  blocks:insert(pandoc.Plain(pandoc.Inlines({ pandoc.RawInline("typst", "], title: [") })
    .. title
    .. pandoc.Inlines({ pandoc.RawInline("typst", "])") })))
  return blocks
end

local function styled(block, style)
  return pandoc.Div({ block }, { ["custom-style"] = style })
end

local function docx_box(div, title)
  local blocks = pandoc.Blocks({ styled(pandoc.Para(title), "Titre d’encadré") })
  for _, block in ipairs(div.content) do
    if block.t == "Para" or block.t == "Plain" then
      block = styled(pandoc.Para(block.content), "Encadré")
    elseif block.t == "BulletList" or block.t == "OrderedList" then
      block = block:walk({
        Plain = function(plain)
          return styled(pandoc.Para(plain.content), "Encadré")
        end,
      })
    end
    blocks:insert(block)
  end
  return blocks
end

function Div(div)
  local class = div.classes[1] or ""
  if not CLASSES[class] then
    return nil
  end
  -- The title is words: none of its letters is Markdown's.
  local title = pandoc.Inlines({ pandoc.Str(div.attributes.title or "") })
  if FORMAT:match("html") then
    return html_box(div, class, title)
  elseif FORMAT:match("typst") then
    return typst_box(div, title)
  end
  return docx_box(div, title)
end
