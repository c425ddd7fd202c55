-- The report's own classes in the formats without style sheets: `::: {.source}` under a chart,
-- `::: {.chapeau}` for what is at stake in a chapter, `[…]{.fiche}` for who carries an action, with
-- whom and when, `[7. Énergie propre…]{.objectif .objectif-7}` for a sustainable development goal.
-- Shared by both engines; the Typst functions stand in style/template.typ, the Word styles in the
-- reference document.
function Div(div)
  if div.classes:includes("chapeau") and FORMAT:match("docx") then
    div.attributes["custom-style"] = "Chapeau"
    return div
  elseif div.classes:includes("logo") and FORMAT:match("docx") then
    div.attributes["custom-style"] = "Logo" -- analysis.publish.docx puts it on the cover
    return div
  elseif div.classes:includes("liste-longue") and FORMAT:match("docx") then
    return div:walk({
      Table = function(tbl)
        tbl.attributes["custom-style"] = "Liste longue"
        return tbl
      end,
    })
  end
  if not div.classes:includes("source") then
    return nil
  end
  if FORMAT:match("typst") then
    local blocks = pandoc.Blocks({ pandoc.RawBlock("typst", "#source-line[") })
    blocks:extend(div.content)
    blocks:insert(pandoc.RawBlock("typst", "]"))
    return blocks
  elseif FORMAT:match("docx") then
    div.attributes["custom-style"] = "Source"
    return div
  end
end

-- On paper, the number of a goal by itself (`#odd("7")`, the character style « ODD »); its title once
-- a chapter, where it is of the class `nomme`.
local function show_goal(span)
  local content = span.classes:includes("nomme") and span.content:clone() or pandoc.Inlines({ span.content[1] })
  local first = content[1]
  local number = first and first.t == "Str" and first.text:match("^(%d+)%.$")
  if not number then
    return content
  end
  if FORMAT:match("typst") then
    content[1] = pandoc.RawInline("typst", '#odd("' .. number .. '")')
  elseif FORMAT:match("docx") then
    content[1] = pandoc.Span(number, { ["custom-style"] = "ODD" })
  end
  return content
end

function Span(span)
  if span.classes:includes("objectif") and not FORMAT:match("html") then
    return show_goal(span)
  end
end

-- Paragraphs that begin with such a span have a style of Word of their own.
local PARAGRAPHS = { fiche = "Fiche", renvoi = "Renvoi" }

-- What stands under an action, on as few lines as it takes; its goals by their numbers.
local function join_facts(para)
  return para:walk({
    LineBreak = function()
      return { pandoc.Str("\u{a0}\u{b7}"), pandoc.Space() }
    end,
    Strong = function(label)
      local text = pandoc.utils.stringify(label):gsub("^Objectifs de développement durable", "ODD")
      return pandoc.Strong(text)
    end,
  })
end

function Para(para)
  local first = para.content[1]
  if FORMAT:match("docx") and first and first.t == "Span" then
    local style = PARAGRAPHS[first.classes[1]]
    if style == "Fiche" then
      para = join_facts(para)
    end
    return style and pandoc.Div(para, { ["custom-style"] = style })
  end
end
