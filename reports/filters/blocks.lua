-- The report's own classes in the formats without style sheets: `::: {.source}` under a chart,
-- `[…]{.fiche}` for who carries an action, with whom and when, `[7]{.odd .odd-7}` for the number of a
-- sustainable development goal.
-- Shared by both engines; the Typst functions stand in style/template.typ, the Word styles in the
-- reference document.
function Div(div)
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

function Span(span)
  if span.classes:includes("odd") then
    if FORMAT:match("typst") then
      local number = pandoc.utils.stringify(span.content)
      return { pandoc.RawInline("typst", '#odd("' .. number .. '")') }
    elseif FORMAT:match("docx") then
      span.attributes["custom-style"] = "ODD"
      return span
    end
  end
  if span.classes:includes("fiche") and FORMAT:match("typst") then
    local inlines = pandoc.Inlines({ pandoc.RawInline("typst", "#fiche[") })
    inlines:extend(span.content)
    inlines:insert(pandoc.RawInline("typst", "]"))
    return inlines
  end
end
