-- SPDX-License-Identifier: MIT
--- Pages as a browser shows them: headless Chromium, when there is one.
--
--     local seen = browser.look(page, { dark = true, width = 400 }, [[ return document.title ]])
--
-- The script runs in the page and returns what is to be known, as JSON has it.
local json = require "wl.json"

local browser = {}

local function found()
  for _, name in ipairs { "chromium", "chromium-browser", "google-chrome" } do
    if os.execute("command -v " .. name .. " >/dev/null") then return name end
  end
end

--- The browser's name; nil when there is none.
browser.program = found()

local SCRIPT = [[
<script id="look">
addEventListener("load", () => {
  const out = document.createElement("pre");
  out.id = "seen";
  out.textContent = JSON.stringify((() => { %s })());
  document.body.replaceChildren(out);
});
</script>]]

local UNESCAPE = { amp = "&", lt = "<", gt = ">", quot = '"' }

--- @tparam string page HTML
-- @tparam table options dark; width (pixels)
-- @tparam string script JavaScript that returns something
-- @return a view of what it returned
function browser.look(page, options, script)
  local path = os.tmpname() .. ".html"
  local file = assert(io.open(path, "w"))
  file:write((page:gsub("</body>", function() return SCRIPT:format(script) .. "</body>" end)))
  file:close()
  local pipe = io.popen(("timeout 60 %s --headless --no-sandbox --disable-gpu %s "
    .. "--window-size=%d,1200 --dump-dom file://%s 2>/dev/null"):format(browser.program,
    options.dark and "--blink-settings=preferredColorScheme=0" or "", options.width or 1100, path))
  local dom = pipe:read "a"
  pipe:close()
  os.remove(path)
  local text = assert(dom:match '<pre id="seen">(.-)</pre>', "the browser showed nothing")
  return assert(json.parse((text:gsub("&(%l+);", UNESCAPE))))
end

return browser
