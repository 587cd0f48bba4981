-- SPDX-License-Identifier: MIT
local generated = require "spec.support.generated"
local json = require "wl.json"
local value = require "wl.value"

describe("wl.json", function()
  it("keeps integers, doubles and the order of keys", function()
    local text = '{"z":1,"a":1.0,"m":[9223372036854775807,-1e-7,1e+21,null,{},[]]}'
    assert.equal(text, json.format(json.parse(text)))
  end)

  it("reads whole numbers beyond 64 bits as doubles", function()
    local v = json.parse "[9223372036854775808]"
    assert.equal("float", math.type(v[1]))
  end)

  for _, case in ipairs {
    { "one line", nil, '{"b":[1,{}],"a":"x"}' },
    { "sorted", { sorted = true }, '{"a":"x","b":[1,{}]}' },
    { "pretty", { pretty = true },
      '{\n    "b": [\n        1,\n        {}\n    ],\n    "a": "x"\n}' },
  } do
    it("writes " .. case[1], function()
      assert.equal(case[3], json.format(json.parse '{"b":[1,{}],"a":"x"}', case[2]))
    end)
  end

  it("escapes as Go does, without HTML", function()
    assert.equal([["\"\\\n\t\r\b\f\u0000\u001b\u2028<&>é"]],
      json.format '"\\\n\t\r\b\f\0\27\u{2028}<&>é')
  end)

  for _, case in ipairs {
    { "nothing", "", "1:1: the text ends" },
    { "half a list", "[1,\n 2", "2:3: expected , or ]" },
    { "a key twice", '{"a":1,\n "a":2}', '2:2: key "a" occurs twice' },
    { "a comma too much", '{"a":1,}', "1:8: comma before }" },
    { "a word", "[nil]", "1:2: expected a value" },
    { "an apostrophe", "['a']", '1:2: strings are quoted with "' },
    { "a leading zero", "[01]", "1:2: number with a leading zero" },
    { "too large a number", "1e999", "1:1: number too large" },
    { "text after the end", "1 2", "1:3: more text after the end" },
    { "no UTF-8", '"\xff"', "1:2: byte that is not UTF-8" },
    { "deep nesting", ("["):rep(10000), "1:1001: lists and maps nested deeper than 1000" },
  } do
    it("refuses " .. case[1], function()
      local v, message, code, place = json.parse(case[2], { file = "x.json" })
      assert.is_nil(v)
      assert.equal("x.json:" .. case[3], message:sub(1, #case[3] + 7))
      assert.is_string(code)
      assert.equal(place.line, tonumber(case[3]:match "^%d+"))
    end)
  end

  it("is undone by parse", function()
    generated.each(400, function(v, i)
      local text = json.format(v, { pretty = i % 2 == 0, sorted = i % 3 == 0 })
      local back, message = json.parse(text)
      assert.is_true(value.equal(back, v), message or text)
    end)
  end)
end)
