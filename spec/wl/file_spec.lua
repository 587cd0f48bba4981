-- SPDX-License-Identifier: MIT
local file = require "wl.file"

describe("wl.file", function()
  local path

  before_each(function()
    path = os.tmpname()
    local out <close> = assert(io.open(path, "wb"))
    out:write "a\0b\r\n"
  end)

  after_each(function()
    os.remove(path)
  end)

  it("reads a file whole, byte by byte", function()
    assert.equal("a\0b\r\n", file.read(path))
  end)

  it("says what is wrong, with the path", function()
    for _, case in ipairs {
      { "/no/such/file.yaml", "/no/such/file.yaml: there is no such file", "NotFound" },
      { "/", "/: this is a directory, not a file", "Invalid" },
    } do
      local text, message, code = file.read(case[1])
      assert.is_nil(text)
      assert.equal(case[2], message)
      assert.equal(case[3], code)
    end
  end)

  it("refuses what is longer than the limit", function()
    local text, message, code = file.read(path, 4)
    assert.is_nil(text)
    assert.equal(path .. ": longer than 4 bytes", message)
    assert.equal("RequestEntityTooLarge", code)
    assert.equal(5, #file.read(path, 5))
  end)

  it("makes directories, and lists what is in them", function()
    local dir = path .. ".d"
    assert.is_true(file.make_directory(dir .. "/a/b"))
    assert.is_true(file.make_directory(dir .. "/a/b"))
    io.open(dir .. "/a/x", "w"):close()
    local names = file.list(dir .. "/a")
    table.sort(names)
    assert.same({ "b/", "x" }, names)
    assert.same({}, file.list(dir .. "/a/b"))
    assert.same({ nil, dir .. "/a/x: this is not a directory", "Invalid" },
      { file.list(dir .. "/a/x") })
    assert.same({ nil, dir .. "/no: there is no such directory", "NotFound" },
      { file.list(dir .. "/no") })
    assert.is_nil((file.make_directory(dir .. "/a/x/y")))
    assert.is_nil((file.make_directory ""))
    os.execute("rm -r " .. dir)
  end)
end)
