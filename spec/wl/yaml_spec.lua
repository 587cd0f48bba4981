-- SPDX-License-Identifier: MIT
local generated = require "spec.support.generated"
local shared = require "spec.support.shared"
local value = require "wl.value"
local yaml = require "wl.yaml"

local MANIFESTS = {
  "article/cronjob-demo", "article/job", "cassandra-service", "cassandra-statefulset", "etcd-pdb",
  "etcd-service", "etcd-statefulset", "fluentd-daemonset", "guestbook-go-controller", "guestbook",
  "hello-cronjob-v1beta1", "indexed-job", "newrelic-daemonset", "nginx-deployment",
  "online-boutique", "pi-job", "pod-failure-policy-job", "redis-replica-controller",
  "vllm-deployment", "zookeeper-service", "zookeeper-statefulset",
}

local function lines(...)
  return table.concat({ ... }, "\n") .. "\n"
end

describe("wl.yaml", function()
  describe("parse", function()
    for _, case in ipairs {
      { "words", "[yes, Off, y, ~, 'no', tRue]", { true, false, true, value.null, "no", "tRue" } },
      { "whole numbers", "[0644, 0o17, 0x1F, 1_000, -0b11, 08]", { 420, 15, 31, 1000, -3, 8.0 } },
      { "doubles", "[1e3, .5, 1., 1.5e-3]", { 1000.0, 0.5, 1.0, 0.0015 } },
      { "strings", "[1:30, 2001-01-01, '5', !!str 5, 1e400]",
        { "1:30", "2001-01-01", "5", "5", "1e400" } },
      { "blocks", "[]\n", value.list {} },
    } do
      it("reads " .. case[1] .. " as Kubernetes does", function()
        assert.is_true(value.equal(yaml.parse(case[2]), value.of(case[3])))
      end)
    end

    it("keeps integers and doubles apart", function()
      local v = yaml.parse "{a: 3, b: 3.0}"
      assert.equal("integer", math.type(v.a))
      assert.equal("float", math.type(v.b))
    end)

    it("keeps the order of keys", function()
      local keys = {}
      for key in pairs(yaml.parse "{z: 1, a: 2, m: 3}") do
        keys[#keys + 1] = key
      end
      assert.same({ "z", "a", "m" }, keys)
    end)

    it("reads an empty text as null", function()
      assert.equal(value.null, yaml.parse "")
      assert.equal(value.null, yaml.parse "# nothing\n---\n")
    end)

    it("refuses a second document and says where it is", function()
      local v, message, code, place = yaml.parse("a: 1\n---\nb: 2\n", { file = "two.yaml" })
      assert.is_nil(v)
      assert.match("^two.yaml:3:1: a second document", message)
      assert.equal("Invalid", code)
      assert.same({ line = 3, column = 1 }, place)
    end)

    it("shows the line that is wrong", function()
      local _, message, code, place = yaml.parse("a:\n\tb: 1\n", { file = "x.yaml" })
      assert.equal("x.yaml:2:1: a tab indents this line: use spaces\n"
        .. "   2 | \tb: 1\n     | ^", message)
      assert.equal("BadRequest", code)
      assert.same({ line = 2, column = 1 }, place)
    end)

    it("puts the caret under wide characters", function()
      local _, message = yaml.parse "日本: b: c"
      assert.match("\n     |        %^$", message)
    end)

    for _, case in ipairs {
      { "a key twice", "a: 1\na: 2\n", '2:1: key "a" occurs twice' },
      { "a key twice after conversion", '1: a\n"1": b\n', '2:1: key "1" occurs twice' },
      { "a null key", "~: 1", "1:1: a key must not be null" },
      { "infinity", "a: .inf", "1:4: infinity and NaN" },
      { "what is no UTF-8", "a: \xff", "1:4: byte 0xff is not UTF%-8" },
      { "binary junk", "\0\1\2\3", "1:1: control character 0x00" },
      { "a value inside itself", "a: &x [*x]", "1:8: the value of anchor &x contains itself" },
      { "an unknown alias", "a: *x", "1:4: alias %*x has no anchor" },
      { "a star", "schedule: */5 * * * *", "1:11: text that begins with %* must be quoted" },
      { "a template", "a: {{ .x }}", "1:5: .* is a template" },
      { "an open quote", 'a: "b\nc: d\n', "1:4: this quote is never closed" },
      { "an open list", "a: [1\nb: 2\n", "2:2: expected , or %]: a list was opened" },
      { "a missing colon", "a: 1\nb\nc: 2\n", '2:1: expected "key: value"' },
      { "deep nesting", ("["):rep(10000) .. ("]"):rep(10000), "nested deeper than 1000 levels" },
    } do
      it("refuses " .. case[1], function()
        local v, message, code = yaml.parse(case[2])
        assert.is_nil(v)
        assert.match(case[3], message)
        assert.is_string(code)
      end)
    end

    it("refuses an alias bomb", function()
      local text = { "a0: &a0 [x, x, x, x, x, x, x, x, x]" }
      for i = 1, 9 do
        local items = ("*a%d, "):format(i - 1):rep(9)
        text[#text + 1] = ("a%d: &a%d [%s]"):format(i, i, items)
      end
      local v, message, code = yaml.parse(lines(table.unpack(text)))
      assert.is_nil(v)
      assert.match("aliases stand for more than", message)
      assert.equal("RequestEntityTooLarge", code)
    end)

    it("refuses nesting by aliases beyond the limit", function()
      local deep = ("["):rep(600) .. ("]"):rep(600)
      local text = "a: &a " .. deep .. "\nb: " .. ("["):rep(600) .. "*a" .. ("]"):rep(600) .. "\n"
      local _, message = yaml.parse(text)
      assert.match("nested deeper", message)
    end)

    it("merges << in the order of the text", function()
      local v = yaml.parse(lines("base: &b {x: 1, y: 2}", "after: {<<: *b, x: 5}",
        "before: {x: 5, <<: *b}", "list: {<<: [{p: 1}, {p: 2, q: 2}]}"))
      assert.equal(5, v.after.x)
      assert.equal(1, v.before.x)
      assert.equal(1, v.list.p)
      assert.equal(2, v.list.q)
    end)
  end)

  describe("parse_all", function()
    it("gives the documents and their lines, without the empty ones", function()
      local all = yaml.parse_all "a: 1\n---\n# b\n---\n- c\n...\n"
      assert.equal(2, #all)
      assert.equal(1, all[1].a)
      assert.equal("c", all[2][1])
      assert.same({ 1, 5 }, all.lines)
    end)

    it("takes nothing of a text with one bad document", function()
      local all, message = yaml.parse_all("a: 1\n---\nb: 1\nb: 2\n", { file = "x.yaml" })
      assert.is_nil(all)
      assert.match('^x.yaml:4:1: key "b" occurs twice', message)
    end)

    for _, name in ipairs(MANIFESTS) do
      it("reads and writes " .. name, function()
        local text = shared.text("manifests/" .. name .. ".yaml")
        for _, document in ipairs(text and assert(yaml.parse_all(text)) or {}) do
          assert.is_string(document.kind)
          assert.is_true(value.equal(document, yaml.parse(yaml.format(document))))
        end
      end)
    end

    it("explains what is wrong with the article's Job", function()
      local text = shared.text "manifests/article/job-as-printed.yaml"
      local all, message = yaml.parse_all(text or "a: 1\n  spec:\n", { file = "job.yaml" })
      assert.is_nil(all)
      assert.match("^job.yaml:%d+:%d: this line is indented as if it were inside", message)
    end)
  end)

  describe("format", function()
    for _, case in ipairs {
      { "lists under their key", "a:\n- b: 1\n  c:\n  - 2\n- 3\n" },
      { "empty collections", "a: []\nb: {}\n" },
      { "strings that look like others",
        'a: "yes"\nb: "1"\nc: ""\nd: "null"\ne: "1e3"\nf: "2001-01-01"\n"y": "0x1F"\n' },
      { "strings with signs", "a: 'b: c'\nd: '*e'\nf: 'g #h'\ni: it's\n" },
      { "line breaks", "a: |\n  x\n  y\nb: |-\n  x\n   y\nc: |+\n  x\n\n" },
      { "tabs and controls", 'a: "x\\ty"\nb: "\\0\\x7F"\n' },
      { "long lines", "a: " .. ("word "):rep(15) .. "word\n  " .. ("word "):rep(10) .. "word\n" },
      { "numbers", "a: 1\nb: 1.0\nc: 1e+21\nd: -0.25\n" },
      { "nested lists", "- - 1\n  - 2\n- - 3\n" },
    } do
      it("writes " .. case[1] .. " as kubectl does", function()
        assert.equal(case[2], yaml.format(yaml.parse(case[2])))
      end)
    end

    it("sorts keys as kubectl does", function()
      assert.equal("_x: 1\na2: 1\na10: 1\nab: 1\n",
        yaml.format({ a10 = 1, a2 = 1, ab = 1, _x = 1 }, { sorted = true }))
    end)

    it("keeps bytes that are no text", function()
      assert.equal("!!binary gP8=\n", yaml.format "\x80\xff")
      assert.equal("\x80\xff", yaml.parse "!!binary gP8=\n")
    end)

    it("is undone by parse", function()
      generated.each(400, function(v, i)
        local text = yaml.format(v, { sorted = i % 2 == 0 })
        local back, message = yaml.parse(text)
        assert.is_true(value.equal(back, v), message or text)
      end)
    end)
  end)

  describe("locate", function()
    local text = lines("kind: A", "---", "kind: B", "spec:", "  list:", "  - name: x",
      "    port: 80", "  labels: {a.b/c: d}")

    for _, case in ipairs {
      { 1, "kind", 1, 7 }, { 2, "kind", 3, 7 }, { 2, "spec.list[0].port", 7, 11 },
      { 2, "spec.list[0].missing", 6, 5 }, { 2, "spec.list", 5, 3 },
      { 2, "spec.labels[a.b/c]", 8, 19 }, { 2, "status", 3, 1 },
    } do
      it(("finds %s of document %d"):format(case[2], case[1]), function()
        assert.same({ case[3], case[4] }, { yaml.locate(text, case[1], case[2]) })
      end)
    end

    it("gives nothing for a document that is not there", function()
      assert.is_nil(yaml.locate(text, 3, "kind"))
    end)
  end)

  it("raises on a wrong call", function()
    assert.error(function() yaml.parse() end)
    assert.error(function() yaml.parse("a", 1) end)
    assert.error(function() yaml.locate("a", 0, "b") end)
    assert.error(function() yaml.format(print) end)
  end)
end)
