-- The report's own classes in the formats without style sheets: `::: {.source}` under a chart,
-- `::: {.chapeau}` for what is at stake in a chapter, `[…]{.fiche}` for who carries an action, with
-- whom and when, `::: {.arbre}` for nested lists drawn as a tree, `[résultat]{.nature .mesure}` for
-- what a line of it is, `[7. Énergie propre…]{.objectif .objectif-7}` for a sustainable development goal.
-- Shared by both engines; the Typst functions stand in style/template.typ, the Word styles in the
-- reference document.

-- The lines of `::: {.verdicts}`: the sign in a column of its own and, on paper, how much is made as
-- a bar (`#verdicts((sign: […], kind: "favorable", said: […], part: 60%), …)`); in Word paragraphs.
local function set_verdicts(div)
  local blocks, typst = pandoc.Blocks({}), FORMAT:match("typst")
  local function put(text)
    blocks:insert(pandoc.RawBlock("typst", text))
  end
  for _, item in ipairs(div.content[1].content) do
    local line = item[1].content
    local gauge = line[#line]
    local part = gauge.t == "Span" and (gauge.attributes.style or ""):match("%d+%%")
    if typst then
      put('(kind: "' .. line[1].classes[2] .. '", part: ' .. (part or "none") .. ", sign: [")
      blocks:insert(pandoc.Plain(line[1].content))
      put("], said: [")
      blocks:insert(pandoc.Plain({ table.unpack(line, 3) }))
      put("]),")
    else
      blocks:insert(pandoc.Para(line))
    end
  end
  if typst then
    blocks:insert(1, pandoc.RawBlock("typst", "#verdicts("))
    put(")")
  end
  return blocks
end

function Div(div)
  if div.classes:includes("verdicts") and not FORMAT:match("html") then
    return set_verdicts(div)
  elseif div.classes:includes("arbre") and FORMAT:match("typst") then
    local blocks = pandoc.Blocks({})
    for _, branch in ipairs(div.content[1].content) do
      blocks:insert(pandoc.RawBlock("typst", "#branch["))
      blocks:extend(branch)
      blocks:insert(pandoc.RawBlock("typst", "]"))
    end
    return blocks
  elseif div.classes:includes("chapeau") and FORMAT:match("docx") then
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
-- a chapter, where it is of the class `nomme`. Its words may be those of a link.
local function show_goal(span)
  local link = span.content[1]
  local words = link.t == "Link" and link.content or span.content
  local content = span.classes:includes("nomme") and words:clone() or pandoc.Inlines({ words[1] })
  local first = content[1]
  local number = first and first.t == "Str" and first.text:match("^(%d+)%.?$")
  if number and FORMAT:match("typst") then
    content[1] = pandoc.RawInline("typst", '#odd("' .. number .. '")')
  elseif number and FORMAT:match("docx") then
    content[1] = pandoc.Span(number, { ["custom-style"] = "ODD" })
  end
  return link.t == "Link" and pandoc.Link(content, link.target) or content
end

function Span(span)
  if span.classes:includes("nature") and FORMAT:match("typst") then
    local set = pandoc.Inlines({ pandoc.RawInline("typst", '#nature("' .. span.classes[2] .. '")[') })
    set:extend(span.content)
    set:insert(pandoc.RawInline("typst", "]"))
    return set
  end
  if FORMAT:match("html") then
    return nil
  elseif span.classes:includes("noms") then
    return {} -- on paper, the numbers of the sections that follow them
  elseif span.classes:includes("objectif") then
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
