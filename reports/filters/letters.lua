-- In Typst, what pandoc's writer takes for letters and Typst does not: a mark of a list or of a
-- heading at the start of a cell, a hyphen that would become a minus (« $-10 ») or vanish (« -? »),
-- an apostrophe that stands in no word (« ’n’ »), which would become a quotation mark.
-- Shared by both engines; the last of all, for others read these texts.

-- Whether the character that begins at `place` belongs to a word.
local function is_letter(text, place)
  if not place or place < 1 or place > #text then
    return false
  end
  local code = utf8.codepoint(text, place)
  return code >= 0xC0 and code < 0x2000 or string.char(code % 256):match("%w") ~= nil and code < 0x80
end

local function is_misread(text, place)
  if text:sub(place, place) == "-" then
    local after = text:sub(place + 1, place + 1)
    if after == "-" or text:sub(place - 1, place - 1) == "-" then
      return true -- two of them are a dash to Typst
    end
    return after == "?" or (after:match("%d") and not is_letter(text, utf8.offset(text, -1, place)))
  end
  return text:sub(place, place + 2) == "’"
    and not (is_letter(text, utf8.offset(text, -1, place)) and is_letter(text, place + 3))
end

local function write(str)
  local text = str.text
  if text:match("^[-+/]$") or text:match("^=+$") then
    return pandoc.RawInline("typst", "\\" .. text)
  elseif text:match("^%d+%.$") then
    return pandoc.RawInline("typst", text:sub(1, -2) .. "\\.")
  end
  local made, done = pandoc.Inlines({}), 1
  for place in text:gmatch("()[-\xE2]") do
    if is_misread(text, place) then
      made:insert(pandoc.Str(text:sub(done, place - 1)))
      local hyphen = text:sub(place, place) == "-"
      made:insert(pandoc.RawInline("typst", hyphen and "\\-" or "’"))
      done = place + (hyphen and 1 or 3)
    end
  end
  if done == 1 then
    return nil
  end
  made:insert(pandoc.Str(text:sub(done)))
  return made
end

function Pandoc(doc)
  return FORMAT:match("typst") and doc:walk({ Str = write }) or nil
end
