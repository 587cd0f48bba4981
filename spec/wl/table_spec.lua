-- SPDX-License-Identifier: MIT
local tabular = require "wl.table"

describe("wl.table", function()
  it("leaves three blanks between columns, and none at the end", function()
    assert.equal("NAME      READY\nweb       1/1\nlonger1   0/1\n",
      tabular.format { { "NAME", "READY" }, { "web", "1/1" }, { "longer1", "0/1" } })
  end)

  it("makes no column narrower than six", function()
    assert.equal("A     B\n1     2\n", tabular.format { { "A", "B" }, { 1, 2 } })
  end)

  it("pads a cell before an empty last one, as kubectl does", function()
    assert.equal("A     B\n1     \n", tabular.format { { "A", "B" }, { 1, "" } })
  end)

  it("counts characters, not bytes", function()
    assert.equal("é         B\nabcdefg   2\n", tabular.format { { "é", "B" }, { "abcdefg", 2 } })
  end)

  it("cuts a cell at its first line break", function()
    assert.equal("A      B\nx...   2\n", tabular.format { { "A", "B" }, { "x\ny", 2 } })
  end)

  it("is nothing for no rows", function()
    assert.equal("", tabular.format {})
  end)

  describe("align", function()
    it("aligns neighbours only: a line without the cell ends a block", function()
      assert.equal("a:     1\nbbbb:  2\nno tab\nc:  3\n",
        tabular.align "a:\t1\nbbbb:\t2\nno tab\nc:\t3\n")
    end)

    it("keeps outer blocks around inner ones", function()
      assert.equal("a  b    c\nx  yyy  z\nlonger  cell\n",
        tabular.align("a\tb\tc\nx\tyyy\tz\n") .. "longer  cell\n")
    end)

    it("leaves lines without tabs alone", function()
      assert.equal("a  \n\nb\n", tabular.align "a  \n\nb\n")
    end)
  end)
end)
