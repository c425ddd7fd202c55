-- The report's own classes in the formats without style sheets: `::: {.source}` under a chart,
-- `[…]{.fiche}` for who carries an action, with whom and when, `[7. …]{.odd .odd-7}` for a
-- sustainable development goal, whose number is a chip.
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

-- « 7. Énergie propre… » as its number, made what the format shows it as, then the title.
local function show_goal(span, make)
  local content = span.content:clone()
  local first = content[1]
  local number = first and first.t == "Str" and first.text:match("^(%d+)%.?$")
  if not number then
    return nil
  end
  content[1] = make(number)
  return content
end

function Span(span)
  if span.classes:includes("odd") and FORMAT:match("typst") then
    return show_goal(span, function(number)
      return pandoc.RawInline("typst", '#odd("' .. number .. '")')
    end)
  elseif span.classes:includes("odd") and FORMAT:match("docx") then
    return show_goal(span, function(number)
      return pandoc.Span(number, { ["custom-style"] = "ODD" })
    end)
  end
  if span.classes:includes("fiche") and FORMAT:match("typst") then
    local inlines = pandoc.Inlines({ pandoc.RawInline("typst", "#fiche[") })
    inlines:extend(span.content)
    inlines:insert(pandoc.RawInline("typst", "]"))
    return inlines
  end
end
