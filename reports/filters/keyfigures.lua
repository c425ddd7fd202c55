-- Key figures: `::: {.chiffres-cles}` around a list, each item made of spans whose classes say what
-- they are (chiffre, unite, intitule, periode, evolution, cible). A list in HTML; on paper cards, by
-- the Typst function `key-figures` of style/template.typ; in DOCX a table of two columns.
-- Shared by both engines.
local PARTS = { "chiffre", "unite", "intitule", "periode", "evolution", "cible" }
-- Word's styles (analysis.publish.docx).
local DETAIL = "Détail de chiffre clé"
local EVOLUTIONS = {
  favorable = "Évolution favorable",
  defavorable = "Évolution défavorable",
  neutre = "Évolution neutre",
}

local function read_card(item)
  local card = {}
  for _, block in ipairs(item) do
    for _, inline in ipairs(block.content or {}) do
      if inline.t == "Span" then
        for _, part in ipairs(PARTS) do
          if inline.classes:includes(part) then
            card[part] = inline
          end
        end
      end
    end
  end
  return card
end

local function kind_of(span)
  for _, class in ipairs(span.classes) do
    if class ~= "evolution" then
      return class
    end
  end
  return "neutre"
end

local function typst_cards(cards)
  local inlines = pandoc.Inlines({ pandoc.RawInline("typst", "#key-figures(") })
  for _, card in ipairs(cards) do
    inlines:insert(pandoc.RawInline("typst", "("))
    for _, part in ipairs(PARTS) do
      if card[part] then
        inlines:insert(pandoc.RawInline("typst", part .. ": ["))
        inlines:extend(card[part].content)
        inlines:insert(pandoc.RawInline("typst", "], "))
      end
    end
    local kind = card.evolution and kind_of(card.evolution) or "neutre"
    inlines:insert(pandoc.RawInline("typst", 'sorte: "' .. kind .. '"), '))
  end
  inlines:insert(pandoc.RawInline("typst", ")"))
  return pandoc.Plain(inlines)
end

local function styled(style, inlines)
  return pandoc.Div({ pandoc.Para(inlines) }, { ["custom-style"] = style })
end

local function words_of(text)
  return { pandoc.Plain({ pandoc.Str(text) }) }
end

local function docx_number(card)
  local number = pandoc.Inlines(card.chiffre.content)
  if card.unite then
    number:insert(pandoc.Space())
    number:insert(pandoc.Span(card.unite.content, { ["custom-style"] = "Unité de chiffre clé" }))
  end
  return { styled("Chiffre clé", number) }
end

local function docx_meaning(card)
  local blocks = pandoc.Blocks({})
  if card.intitule then
    blocks:insert(styled("Intitulé de chiffre clé", card.intitule.content))
  end
  if card.periode then
    blocks:insert(styled(DETAIL, card.periode.content))
  end
  if card.evolution then
    local style = EVOLUTIONS[kind_of(card.evolution)] or EVOLUTIONS.neutre
    blocks:insert(styled(style, card.evolution.content))
  end
  if card.cible then
    blocks:insert(styled(DETAIL, card.cible.content))
  end
  return blocks
end

-- A table of data, not of layout: each row says a number and what it measures, and the head says so.
local function docx_cards(cards)
  local rows = pandoc.List({})
  for _, card in ipairs(cards) do
    rows:insert(pandoc.Row({ pandoc.Cell(docx_number(card)), pandoc.Cell(docx_meaning(card)) }))
  end
  local head = pandoc.Row({
    pandoc.Cell(words_of("Chiffre clé")),
    pandoc.Cell(words_of("Ce qu’il mesure")),
  })
  local body = { attr = pandoc.Attr(), body = rows, head = {}, row_head_columns = 0 }
  return pandoc.Table(
    pandoc.Caption(),
    { { pandoc.AlignDefault, 0.4 }, { pandoc.AlignDefault, 0.6 } },
    pandoc.TableHead({ head }),
    { body },
    pandoc.TableFoot({}),
    pandoc.Attr("", {}, { ["custom-style"] = "Chiffres clés" })
  )
end

function Div(div)
  if not div.classes:includes("chiffres-cles") or FORMAT:match("html") then
    return nil
  end
  local cards = pandoc.List({})
  for _, block in ipairs(div.content) do
    if block.t == "BulletList" then
      for _, item in ipairs(block.content) do
        cards:insert(read_card(item))
      end
    end
  end
  if FORMAT:match("typst") then
    return typst_cards(cards)
  elseif FORMAT:match("docx") then
    return docx_cards(cards)
  end
end
