-- Parts of the book and the start of the appendices, in the formats made of one file.
-- Quarto joins the chapters with `::: {.quarto-book-part}` around a part's title, beside a comment
-- that says what it is. A plain page for each in the PDF, a paragraph of its own style in DOCX.
-- Shared by both engines (the embedded one writes the same marks).
local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function decode(text)
  local bits, bytes, buffer = 0, {}, 0
  for letter in text:gmatch("[%w%+/]") do
    buffer = (buffer << 6) | (ALPHABET:find(letter, 1, true) - 1)
    bits = bits + 6
    if bits >= 8 then
      bits = bits - 8
      table.insert(bytes, string.char((buffer >> bits) & 0xff))
      buffer = buffer & ((1 << bits) - 1)
    end
  end
  return table.concat(bytes)
end

local function is_appendix(div)
  local found = false
  div:walk({
    RawBlock = function(raw)
      local code = raw.text:match("quarto%-file%-metadata: (%S+)")
      if code and decode(code):match('"bookItemType":%s*"appendix"') then
        found = true
      end
    end,
  })
  return found
end

function Div(div)
  if not div.classes:includes("quarto-book-part") then
    return nil
  end
  local appendix = is_appendix(div)
  local blocks = pandoc.Blocks({})
  for _, block in ipairs(div.content) do
    if block.t == "Header" and FORMAT:match("typst") then
      if appendix then
        -- Before their title, for they have pages of their own.
        blocks:insert(pandoc.RawBlock("typst", "#show: appendices"))
      end
      blocks:insert(pandoc.Plain({
        pandoc.RawInline("typst", "#part["),
        pandoc.Span(block.content),
        pandoc.RawInline("typst", "]"),
      }))
    elseif block.t == "Header" and FORMAT:match("docx") then
      blocks:insert(pandoc.Div(pandoc.Para(block.content), { ["custom-style"] = "Partie" }))
    else
      blocks:insert(block)
    end
  end
  if FORMAT:match("typst") or FORMAT:match("docx") then
    return blocks
  end
  return nil
end
