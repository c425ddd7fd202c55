-- « 1er », « 1re », « 3e »: what follows the number is raised, in every format. Data and pictures
-- write it plain; code and links' targets are left alone. Shared by both engines.

-- What may stand beside an ordinal inside a word of pandoc's: spaces that do not break, guillemets,
-- marks of punctuation, an apostrophe before (« l’1er »), but no letter, digit or hyphen.
local BESIDE = { [0xA0] = true, [0x202F] = true, [0xAB] = true, [0xBB] = true, [0x2026] = true,
  [0x2013] = true, [0x201C] = true, [0x201D] = true }
local SUFFIXES = { er = true, ers = true, re = true, res = true, e = true, es = true }

local function allows(text, place, before)
  if place < 1 or place > #text then
    return true
  end
  if text:byte(place) < 0x80 then
    return not text:sub(place, place):match(before and "[%w_-]" or "[%w_'-]")
  end
  local code = utf8.codepoint(text, before and utf8.offset(text, 0, place) or place)
  return BESIDE[code] or (before and code == 0x2019)
end

function Str(str)
  local text = str.text
  if not text:find("%d[er]") then
    return nil
  end
  local made, done = pandoc.Inlines({}), 1
  for start, digits, suffix, stop in text:gmatch("()(%d+)(%a+)()") do
    if SUFFIXES[suffix] and allows(text, start - 1, true) and allows(text, stop, false) then
      made:insert(pandoc.Str(text:sub(done, start - 1) .. digits))
      made:insert(pandoc.Superscript({ pandoc.Str(suffix) }))
      done = stop
    end
  end
  if done == 1 then
    return nil
  end
  if done <= #text then
    made:insert(pandoc.Str(text:sub(done)))
  end
  return made
end
