-- In HTML, who carries an action, with whom, when and for which goals: the lines
-- `[**Portage :** …]{.fiche}` of a paragraph become a list of terms, in which dates (`.jalon`) and
-- goals (`.objectif`) are lists of their own. On paper they stay lines (blocks.lua, paper.lua).
-- Shared by both engines; the lines are written by analysis.show.pages.chapter_page.
local html = FORMAT:match("html")
local NO_BREAK = "\u{a0}"

-- « Portage : » without what ends it.
local function read_term(strong)
  local term = strong.content:clone()
  local last = term[#term]
  if last and last.t == "Str" then
    local text = last.text:gsub(":$", ""):gsub(NO_BREAK .. "$", "")
    term[#term] = pandoc.Str(text)
  end
  return term
end

-- « 7. Énergie propre… » as its number, in the goal's colour, then its title.
local function show_goal(span)
  return span:walk({
    Str = function(word)
      local number = word.text:match("^(%d+)%.$")
      return number and pandoc.Span(number, pandoc.Attr("", span.classes))
    end,
  }).content
end

local function read_value(inlines)
  local items, goals = pandoc.List({}), false
  for _, inline in ipairs(inlines) do
    if inline.t == "Span" and inline.classes:includes("objectif") then
      items:insert({ pandoc.Plain(show_goal(inline)) })
      goals = true
    elseif inline.t == "Span" and inline.classes:includes("jalon") then
      items:insert({ pandoc.Plain(inline.content) })
    end
  end
  if #items > 1 or goals then
    return { pandoc.BulletList(items) }
  end
  return { pandoc.Plain(inlines) }
end

function Para(para)
  if not html then
    return nil
  end
  local entries = pandoc.List({})
  for _, inline in ipairs(para.content) do
    local line = inline.t == "Span" and inline.classes:includes("fiche") and inline.content
    if line and line[1] and line[1].t == "Strong" then
      local rest = line:clone()
      rest:remove(1)
      if rest[1] and rest[1].t == "Space" then
        rest:remove(1)
      end
      entries:insert({ read_term(line[1]), { read_value(rest) } })
    elseif inline.t ~= "LineBreak" and inline.t ~= "SoftBreak" then
      return nil
    end
  end
  return #entries > 0 and pandoc.Div({ pandoc.DefinitionList(entries) }, { class = "fiche" }) or nil
end
