-- With Quarto, in DOCX only: figures and tables as plain paragraphs and tables of the reference
-- document's styles, as analysis.book.docx expects them of either engine. Quarto would put each into
-- a table of one cell, which neither repeats the header of a long table nor breaks well between two
-- pages.
-- Runs after Quarto's numbering (`at: post-quarto`); the embedded engine has no use for it.
if not FORMAT:match("docx") then
  return {}
end

local function styled(blocks, style)
  return pandoc.Div(blocks, { ["custom-style"] = style })
end

local function is_figure(float)
  return (float.identifier or ""):match("^fig%-") ~= nil
end

return {
  {
    FloatRefTarget = function(float)
      quarto.doc.crossref.decorate_caption_with_crossref(float)
      local content = quarto.utils.as_blocks(float.content)
      local caption = pandoc.Para(quarto.utils.as_inlines(float.caption_long))
      local blocks = pandoc.Blocks({})
      if is_figure(float) then
        blocks:insert(styled({ caption }, "caption"))
        blocks:insert(styled(content, "Figure"))
      else
        blocks:insert(styled({ caption }, "caption"))
        blocks:extend(content)
      end
      return pandoc.Div(blocks, pandoc.Attr(float.identifier))
    end,
  },
}
