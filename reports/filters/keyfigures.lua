-- Key figures: `::: {.chiffres-cles}` around a list, each item made of spans whose classes say what
-- they are (chiffre, unite, intitule, periode, evolution, cible). A list in HTML; on paper cards, by
-- the Typst function `key-figures` of style/template.typ; in DOCX a table without rules.
-- Shared by both engines.
local PARTS = { "chiffre", "unite", "intitule", "periode", "evolution", "cible" }
local COLUMNS = 3

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

local function docx_cell(card)
  local blocks = pandoc.Blocks({})
  local number = pandoc.Inlines(card.chiffre.content)
  if card.unite then
    number:insert(pandoc.Space())
    number:insert(pandoc.Span(card.unite.content, { ["custom-style"] = "Unité de chiffre clé" }))
  end
  blocks:insert(styled("Chiffre clé", number))
  for _, part in ipairs({ "intitule", "periode", "evolution", "cible" }) do
    if card[part] then
      local style = part == "intitule" and "Intitulé de chiffre clé" or "Détail de chiffre clé"
      blocks:insert(styled(style, card[part].content))
    end
  end
  return blocks
end

local function docx_cards(cards)
  local rows = pandoc.List({})
  for first = 1, #cards, COLUMNS do
    local cells = pandoc.List({})
    for place = first, first + COLUMNS - 1 do
      cells:insert(pandoc.Cell(cards[place] and docx_cell(cards[place]) or {}))
    end
    rows:insert(pandoc.Row(cells))
  end
  local specs = pandoc.List({})
  for _ = 1, COLUMNS do
    specs:insert({ pandoc.AlignDefault, 1 / COLUMNS })
  end
  local body = { attr = pandoc.Attr(), body = rows, head = {}, row_head_columns = 0 }
  return pandoc.Table(
    pandoc.Caption(),
    specs,
    pandoc.TableHead({}),
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
