-- For the embedded engine alone: the filters named in the variable BOOK_FILTERS (one a line), one
-- after the other as pandoc would run them, but in few walks through the document, for each walk
-- takes as long as all that a filter does. Quarto runs the same files by itself, each alone.
--
-- Filters that follow each other and treat single elements (`Span`, `Div`…) are put together: what
-- the first makes of an element goes to the next. One that treats the whole document (`Pandoc`)
-- runs by itself, in its place. What a filter puts *inside* what it returns is not seen by those
-- put together with it: a test holds the result against the filters run one by one.

-- What one element becomes by the filters from `first` on: nothing (as it was), or elements.
local function pass(filters, element, first)
  local name, changed = element.t, false -- asked of pandoc once: that takes longer than the rest
  for place = first, #filters do
    local treat = filters[place][name]
    local result = treat and treat(element)
    if result ~= nil and result ~= false then
      local kind = pandoc.utils.type(result)
      if (kind == "Inline" or kind == "Block") and result.t == name then
        element, changed = result, true
      else
        local made = pandoc.List({})
        for _, item in ipairs((kind == "Inline" or kind == "Block") and { result } or result) do
          local more = pass(filters, item, place + 1)
          if more == nil then
            made:insert(item)
          elseif pandoc.utils.type(more) == "List" then
            made:extend(more)
          else
            made:insert(more)
          end
        end
        return made
      end
    end
  end
  return changed and element or nil
end

local function combine(filters)
  local combined = {}
  for _, filter in ipairs(filters) do
    for kind, _ in pairs(filter) do
      combined[kind] = function(element)
        return pass(filters, element, 1)
      end
    end
  end
  return combined
end

-- The functions that a filter's file defines, as a table.
local function load(name)
  local defined = {}
  local chunk = assert(loadfile(name, "t", setmetatable({}, {
    __index = _G,
    __newindex = function(_, key, value)
      defined[key] = value
    end,
  })))
  local returned = chunk()
  assert(returned == nil, name .. " : un filtre commun ne rend pas de table")
  return defined
end

local steps, waiting = pandoc.List({}), {}
local function close()
  if #waiting > 0 then
    steps:insert(combine(waiting))
    waiting = {}
  end
end

for name in os.getenv("BOOK_FILTERS"):gmatch("[^\n]+") do
  local filter = load(name)
  if filter.Pandoc then
    close()
    steps:insert(filter)
  else
    table.insert(waiting, filter)
  end
end
close()
return steps
