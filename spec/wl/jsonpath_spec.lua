-- SPDX-License-Identifier: MIT
local jsonpath = require "wl.jsonpath"
local json = require "wl.json"

local LIST = json.parse [[{
  "kind": "List",
  "items": [
    {"metadata": {"name": "a", "labels": {"app.io/x": "1", "b": "2"}}, "n": 5,
     "status": {"conditions": [{"type": "Ready", "status": "True"},
                               {"type": "Live", "status": "False"}]}},
    {"metadata": {"name": "b"}, "n": 7, "flag": true, "empty": null}
  ]
}]]

describe("wl.jsonpath", function()
  for _, case in ipairs {
    { "{.kind}", "List" },
    { "kind is {.kind}!", "kind is List!" },
    { "{$.kind}{'-'}{@.kind}", "List-List" },
    { "{.items[0].metadata.name}", "a" },
    { "{.items[-1].metadata.name}", "b" },
    { "{.items[*].metadata.name}", "a b" },
    { "{.items[0:1].n}", "5" },
    { "{.items[0,1].n}", "5 7" },
    { "{.items[5].n}{.nothing.at.all}", "" },
    { "{.items[0].metadata['name']}", "a" },
    { "{.items[0].metadata.labels.app\\.io/x}", "1" },
    { '{.items[0].metadata.labels["app.io/x"]}', "1" },
    { "{..name}", "a b" },
    { "{.items[0].metadata.labels.*}", "1 2" },
    { '{.items[0].status.conditions[?(@.type=="Ready")].status}', "True" },
    { "{.items[?(@.n>5)].metadata.name}", "b" },
    { "{.items[?(@.n!=5)].metadata.name}", "b" },
    { "{.items[?(@.flag)].metadata.name}", "b" },
    { "{.items[?(@.flag==true)].metadata.name}", "b" },
    { '{range .items[*]}{.metadata.name}={.n}{"\\n"}{end}', "a=5\nb=7\n" },
    { "{range .items[*]}[{range .status.conditions[*]}{.type},{end}]{end}", "[Ready,Live,][]" },
    { "{.items[0].metadata}", '{"labels":{"app.io/x":"1","b":"2"},"name":"a"}' },
    { "{.items[1].flag} {.items[1].empty}", "true null" },
    { "no braces", "no braces" },
  } do
    it("makes of " .. case[1], function()
      assert.equal(case[2], assert(jsonpath.parse(case[1])):format(LIST))
    end)
  end

  for _, case in ipairs {
    { "{.a", "} expected" },
    { "{.a[}", "an index, a slice, %* or a quoted name expected" },
    { "{.a['b}", "a quote is never closed" },
    { "{range .items[*]}{.a}", "{range} without {end}" },
    { "{end}", "{end} without {range}" },
    { "{.a[?(@.b==c)]}", "c is no value %(quote texts%)" },
  } do
    it("refuses " .. case[1], function()
      local template, message, code = jsonpath.parse(case[1])
      assert.is_nil(template)
      assert.match("^jsonpath: " .. case[2], message)
      assert.equal("BadRequest", code)
    end)
  end

  for _, text in ipairs { ".items[0].n", "items[0].n", "{.items[0].n}" } do
    it("takes the relaxed form " .. text, function()
      assert.same({ 5 }, jsonpath.parse_relaxed(text):find(LIST))
    end)
  end
end)
