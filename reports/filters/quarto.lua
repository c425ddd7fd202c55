-- With Quarto, in HTML and DOCX: numbered figures and tables as plain figures and tables, which both
-- engines' style sheets, analysis.publish.docx and scripts/pages.py know. Quarto would put each into
-- boxes of its own: in Word a table of one cell, which neither repeats the header of a long table nor
-- breaks well between two pages; in HTML two more boxes, and a caption that is none of the table's.
-- Runs after Quarto's numbering (`at: post-quarto`); the embedded engine has no use for it.
local html, docx = FORMAT:match("html"), FORMAT:match("docx")
if not html and not docx then
  return {}
end

local function styled(blocks, style)
  return pandoc.Div(blocks, { ["custom-style"] = style })
end

local function is_figure(float)
  return (float.identifier or ""):match("^fig%-") ~= nil
end

local function show_in_word(float, content, caption)
  local blocks = pandoc.Blocks({ styled({ pandoc.Para(caption) }, "caption") })
  if is_figure(float) then
    blocks:insert(styled(content, "Figure"))
  else
    blocks:extend(content)
  end
  return pandoc.Div(blocks, pandoc.Attr(float.identifier))
end

local function show_in_page(float, content, caption)
  if not is_figure(float) then
    return content:walk({
      Table = function(tbl)
        tbl.identifier = float.identifier
        tbl.caption.long = { pandoc.Plain(caption) }
        return tbl
      end,
    })
  end
  local shown = content:walk({
    Image = function(image)
      local alternative = image.attributes["fig-alt"] or float.attributes["fig-alt"]
      image.attributes["fig-alt"] = nil
      image.caption = pandoc.Inlines({ pandoc.Str(alternative or "") })
      image.classes = pandoc.List({ "img-fluid" })
      return image
    end,
    Para = function(para)
      return pandoc.Plain(para.content)
    end,
  })
  -- Written so that the finding stands before the picture: pandoc's option for it is not Quarto's.
  local open = '<figure id="' .. float.identifier .. '">\n<figcaption>'
  local blocks = pandoc.Blocks({
    pandoc.RawBlock("html", open),
    pandoc.Plain(caption),
    pandoc.RawBlock("html", "</figcaption>"),
  })
  blocks:extend(shown)
  blocks:insert(pandoc.RawBlock("html", "</figure>"))
  return blocks
end

return {
  {
    FloatRefTarget = function(float)
      quarto.doc.crossref.decorate_caption_with_crossref(float)
      local content = pandoc.Blocks(quarto.utils.as_blocks(float.content))
      local caption = quarto.utils.as_inlines(float.caption_long)
      return (html and show_in_page or show_in_word)(float, content, caption)
    end,
  },
}
