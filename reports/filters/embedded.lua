-- What Quarto adds to pandoc, for the embedded engine alone: numbers of chapters, sections,
-- figures and tables, cross-references, conditional content, alternative text in Typst.
-- Labels and layout follow Quarto's (crossref/refs.lua, crossref/sections.lua).
-- The chapters come joined in one document, each after a comment
-- `<!-- quarto-file-metadata-json: {…} -->` that says its page, number and whether it is an appendix.

local NO_BREAK = "\u{a0}"
local html, docx, typst = FORMAT:match("html"), FORMAT:match("docx"), FORMAT:match("typst")

local options, index, problems = {}, {}, pandoc.List({})
local page = {}

local function text_of(value)
  return value and pandoc.utils.stringify(value) or ""
end

local function read_page(raw)
  local code = raw.text:match("quarto%-file%-metadata%-json: (.-) %-%->$")
  local found = code and pandoc.json.decode(code, false)
  if found then
    found.number = found.bookItemNumber and math.tointeger(found.bookItemNumber)
  end
  return found
end

local function read_options(meta)
  local crossref = meta.crossref or {}
  local function pick(key, default)
    return crossref[key] and text_of(crossref[key]) or default
  end
  options = {
    depth = tonumber(text_of(meta["number-depth"])) or 6,
    delimiter = pick("title-delim", ":"),
    title = { fig = pick("fig-title", "Figure"), tbl = pick("tbl-title", "Table") },
    prefix = {
      fig = pick("fig-prefix", "Figure"),
      tbl = pick("tbl-prefix", "Table"),
      sec = pick("sec-prefix", "Section"),
      ch = pick("ch-prefix", "Chapitre"),
      apx = pick("apx-prefix", "Annexe"),
    },
    appendix_title = pick("appendix-title", "Annexe"),
    appendix_delimiter = pick("appendix-delim", " —"),
  }
end

-- First pass: number, index, caption ------------------------------------------------------------

local section = { 0, 0, 0, 0, 0, 0 }
local counts = { fig = 0, tbl = 0 }

local function chapter_mark()
  if not page.appendix then
    return tostring(page.number)
  end
  local above, last = (page.number - 1) // 26, (page.number - 1) % 26
  return (above > 0 and string.char(64 + above) or "") .. string.char(65 + last)
end

local function register(id, entry)
  if index[id] then
    problems:insert("étiquette « " .. id .. " » employée deux fois (" .. page.page .. ", "
      .. index[id].page .. ")")
  end
  entry.page = page.page
  index[id] = entry
end

local function number_of(level)
  local parts = pandoc.List({ chapter_mark() })
  for depth = 2, level do
    parts:insert(tostring(section[depth]))
  end
  return table.concat(parts, ".")
end

local function read_marker(raw)
  local found = raw.format == "html" and read_page(raw)
  if found then
    page = found
    section, counts = { 0, 0, 0, 0, 0, 0 }, { fig = 0, tbl = 0 }
  end
end

local function number_heading(header)
  if not page.page then
    return nil
  end
  local plain = header.classes:includes("unnumbered") or not page.number
  if plain then
    if not header.classes:includes("unnumbered") then
      header.classes:insert("unnumbered")
    end
    if header.identifier ~= "" then
      register(header.identifier, { kind = "heading", level = header.level })
    end
    return header
  end
  if header.level > 1 then
    section[header.level] = section[header.level] + 1
    for depth = header.level + 1, 6 do
      section[depth] = 0
    end
  end
  local number = number_of(header.level)
  local shown = header.level <= options.depth
  register(header.identifier, {
    kind = "sec",
    level = header.level,
    number = number,
    appendix = page.appendix,
    shown = shown,
  })
  if not shown then
    header.classes:insert("unnumbered")
  elseif html then
    header.attributes.number = nil
    if header.level == 1 and page.appendix then
      local lead = options.appendix_title .. " " .. number .. options.appendix_delimiter .. " "
      header.content:insert(1, pandoc.Str(lead))
    elseif header.level == 1 then
      header.content = {
        pandoc.Span(number, { class = "chapter-number" }),
        pandoc.Str(NO_BREAK),
        pandoc.Space(),
        pandoc.Span(header.content, { class = "chapter-title" }),
      }
    else
      header.content:insert(1, pandoc.Space())
      header.content:insert(1, pandoc.Span(number, { class = "header-section-number" }))
    end
  elseif docx then
    local lead = number .. " "
    if header.level == 1 and page.appendix then
      lead = options.appendix_title .. " " .. number .. options.appendix_delimiter .. " "
    elseif header.level == 1 then
      lead = number .. ". "
    end
    header.content:insert(1, pandoc.Str(lead))
  end
  return header
end

local function number_float(kind, id)
  counts[kind] = counts[kind] + 1
  local number = tostring(counts[kind])
  if page.number then
    number = chapter_mark() .. "." .. number
  end
  register(id, { kind = kind, number = number })
  return number
end

local function caption_lead(kind, number)
  return pandoc.Inlines({
    pandoc.Str(options.title[kind] .. NO_BREAK .. number .. options.delimiter),
    pandoc.Space(),
  })
end

local function inlines_of(caption)
  return pandoc.utils.blocks_to_inlines(caption.long)
end

local function typst_figure(kind, id, content, caption, position)
  local blocks = pandoc.Blocks({ pandoc.RawBlock("typst", "#figure([") })
  blocks:extend(content)
  blocks:insert(pandoc.Plain(pandoc.Inlines({
    pandoc.RawInline("typst", "], caption: figure.caption(position: " .. position .. ", ["),
  }) .. caption .. pandoc.Inlines({
    pandoc.RawInline("typst", ']), kind: "quarto-float-' .. kind .. '", supplement: "'
      .. options.title[kind] .. '", )<' .. id .. ">"),
  })))
  return blocks
end

local function typst_string(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"'
end

-- pandoc's Typst writer has no room for alternative text: the call is written here.
local function typst_image(image, fallback)
  local alternative = image.attributes["fig-alt"] or text_of(image.caption)
  if alternative == "" then
    alternative = fallback or ""
  end
  local arguments = typst_string(image.src) .. ", alt: " .. typst_string(alternative)
  if image.attributes.width then
    arguments = arguments .. ", width: " .. image.attributes.width
  end
  return pandoc.RawInline("typst", "#box(image(" .. arguments .. "))")
end

-- Outside a figure, a picture's caption is its alternative text, in the pages as in Word.
local function describe_image(image)
  local alternative = image.attributes["fig-alt"]
  if alternative and #image.caption == 0 then
    image.attributes["fig-alt"] = nil
    image.caption = pandoc.Inlines(pandoc.Str(alternative))
    return image
  end
end

local function find_image(figure)
  local found
  figure:walk({
    Image = function(image)
      found = found or image
    end,
  })
  return found
end

local function number_figure(figure)
  local image = find_image(figure)
  local caption = inlines_of(figure.caption)
  if not image then
    return nil
  end
  if not figure.identifier:match("^fig%-") then
    if typst then
      return pandoc.Para({ typst_image(image, text_of(caption)) }), false
    end
    return nil
  end
  local number = number_float("fig", figure.identifier)
  local alternative = image.attributes["fig-alt"]
  if not alternative or alternative == "" then
    problems:insert("figure « " .. figure.identifier .. " » sans texte de remplacement (fig-alt)")
    alternative = text_of(caption)
  end
  if typst then
    local content = { pandoc.Plain({ typst_image(image) }) }
    return typst_figure("fig", figure.identifier, content, caption, "top"), false
  end
  image.attributes["fig-alt"] = nil
  image.caption = pandoc.Inlines(pandoc.Str(alternative))
  if html then
    image.classes:insert("img-fluid")
  end
  figure.content = { pandoc.Plain({ image }) }
  figure.caption.long = { pandoc.Plain(caption_lead("fig", number) .. caption) }
  return figure, false
end

local function number_table(tbl)
  tbl.attributes["tbl-colwidths"] = nil
  if typst then
    tbl.classes:insert("typst:no-figure")
  end
  if not tbl.identifier:match("^tbl%-") then
    return tbl
  end
  local id, caption = tbl.identifier, inlines_of(tbl.caption)
  local number = number_float("tbl", id)
  if typst then
    tbl.identifier, tbl.caption = "", pandoc.Caption()
    return typst_figure("tbl", id, { tbl }, caption, "top"), false
  end
  tbl.caption.long = { pandoc.Plain(caption_lead("tbl", number) .. caption) }
  return tbl
end

-- Content for one format: `::: {.content-visible when-format="html"}` ------------------------------

local function is_hidden(div)
  local wanted, unwanted = div.attributes["when-format"], div.attributes["unless-format"]
  local here = html and "html" or docx and "docx" or "typst"
  local function matches(name)
    return name == here or (name == "pdf" and typst)
  end
  if div.classes:includes("content-visible") then
    return (wanted and not matches(wanted)) or (unwanted and matches(unwanted))
  elseif div.classes:includes("content-hidden") then
    return not ((wanted and not matches(wanted)) or (unwanted and matches(unwanted)))
  end
  return false
end

local function first_div(div)
  if is_hidden(div) then
    return {}, false
  elseif div.classes:includes("content-visible") or div.classes:includes("content-hidden") then
    return div.content
  end
end

-- Second pass: cross-references and links ----------------------------------------------------------

local function target_of(id)
  local entry = index[id]
  if html and entry and entry.page ~= page.page then
    local top = entry.level == 1 and not id:match("^sec%-avant%-propos")
    return entry.page .. ".html" .. (top and "" or "#" .. id)
  end
  return "#" .. id
end

local function prefix_of(entry)
  if entry.kind ~= "sec" then
    return options.prefix[entry.kind]
  elseif entry.level == 1 then
    return entry.appendix and options.prefix.apx or options.prefix.ch
  end
  return options.prefix.sec
end

local function refer(citation)
  local id = citation.id
  local entry = index[id]
  if not entry then
    problems:insert("renvoi à « " .. id .. " », qui n’existe pas (" .. page.page .. ")")
    return pandoc.Inlines(pandoc.Strong("?" .. id))
  elseif entry.kind == "heading" or (entry.kind == "sec" and not entry.shown) then
    problems:insert("renvoi à « " .. id .. " », un titre sans numéro (" .. page.page
      .. ") : écrire un lien [texte](#" .. id .. ")")
    return pandoc.Inlines(pandoc.Strong("?" .. id))
  end
  local lead = pandoc.Inlines({})
  if #citation.prefix > 0 then
    lead = citation.prefix
  elseif citation.mode ~= "SuppressAuthor" then
    lead = pandoc.Inlines(pandoc.Str(prefix_of(entry)))
  end
  if typst then
    return pandoc.Inlines(pandoc.RawInline("typst", "#ref(<" .. id .. ">, supplement: ["))
      .. lead
      .. pandoc.Inlines(pandoc.RawInline("typst", "])"))
  end
  if #lead > 0 then
    lead = lead .. pandoc.Inlines(pandoc.Str(NO_BREAK))
  end
  local attributes = html and { class = "quarto-xref" } or {}
  return pandoc.Inlines(
    pandoc.Link(lead .. pandoc.Inlines(pandoc.Str(entry.number)), target_of(id), "", attributes)
  )
end

local function resolve(cite)
  local inlines = pandoc.Inlines({})
  for position, citation in ipairs(cite.citations) do
    if not citation.id:match("^%a+%-") then
      return nil
    end
    if position > 1 then
      inlines:extend({ pandoc.Str(","), pandoc.Space() })
    end
    inlines:extend(refer(citation))
  end
  return inlines
end

local function relink(link)
  local id = link.target:match("^#(.+)$")
  if id and html then
    link.target = target_of(id)
    return link
  end
end

function Pandoc(doc)
  read_options(doc.meta)
  page = {}
  local blocks = doc.blocks:walk({
    traverse = "topdown",
    RawBlock = read_marker,
    Div = first_div,
    Header = number_heading,
    Figure = number_figure,
    Table = number_table,
  })
  page = {}
  blocks = blocks:walk({
    traverse = "topdown",
    RawBlock = read_marker,
    Cite = resolve,
    Link = relink,
    Image = typst and typst_image or describe_image,
  })
  if #problems > 0 then
    for _, problem in ipairs(problems) do
      io.stderr:write("PROBLÈME " .. problem .. "\n")
    end
  end
  doc.blocks = blocks
  return doc
end
