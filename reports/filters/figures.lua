-- Word shows no SVG everywhere: in DOCX each figure is the PNG of the same name beside it.
-- Shared by both engines; needs nothing but pandoc.
function Image(image)
  if FORMAT:match("docx") then
    image.src = image.src:gsub("%.svg$", ".png")
    return image
  end
end
