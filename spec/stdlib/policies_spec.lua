-- SPDX-License-Identifier: MIT
--- The policies that ship: all are listed, and none needs more than a user's could have.
local file = require "wl.file"
local loader = require "wl.policy.loader"
local ships = require "stdlib.policies"

local function files_of(sort)
  local list = io.popen("ls stdlib/" .. sort)
  local found = {}
  for name in list:lines() do found[#found + 1] = "stdlib/" .. sort .. "/" .. name end
  list:close()
  return found
end

for sort, names in pairs(ships) do
  describe("what ships for " .. sort, function()
    local declared = {}
    for _, path in ipairs(files_of(sort)) do
      local text = file.read(path)
      local is_policy = loader.is_for_policies(text)
      if is_policy and sort ~= "placement" then -- its rules are modules of their own
        it("runs in the sandbox: " .. path, function()
          local list, message = loader.load(path)
          assert.is_nil(message)
          assert.same({ 1, sort }, { #list, list[1].policy })
        end)
      end
      if is_policy then
        local p = require(path:gsub("%.lua$", ""):gsub("/", "."))
        declared[#declared + 1] = p.name
      end
    end
    table.sort(declared)

    it("is listed in stdlib/policies.lua", function()
      local listed = table.move(names, 1, #names, 1, {})
      table.sort(listed)
      assert.same(declared, listed)
    end)
  end)
end
