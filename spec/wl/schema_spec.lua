-- SPDX-License-Identifier: MIT
local schema = require "wl.schema"
local value = require "wl.value"

local object, list, map, merged, required = schema.object, schema.list, schema.map, schema.merged,
  schema.required
local str, word, int32, flag, bool = schema.str, schema.word, schema.int32, schema.flag,
  schema.bool

local Container = object {
  name = required(str), image = str, ports = list(object { port = int32 }),
}

local Web = object {
  metadata = object { name = str, labels = map(str), created = schema.time },
  spec = object {
    replicas = int32 { default = 1 }, paused = flag, active = bool,
    limits = map(schema.quantity), budget = schema.int_or_string, note = schema.any,
    template = object { spec = object { containers = merged(Container, "name") } },
  },
}

local function messages(t, x, options)
  local found = {}
  for i, problem in ipairs(schema.check(t, x, options)) do found[i] = problem.message end
  return table.concat(found, "\n")
end

describe("schema.check", function()
  for _, case in ipairs {
    { "names an unknown field and the nearest one", { spec = { replica = 1 } },
      'unknown field "spec.replica"; did you mean "replicas"?' },
    { "finds a field that belongs deeper", { spec = { containers = value.list {} } },
      'unknown field "spec.containers"; did you mean "spec.template.spec.containers"?' },
    { "finds a field that belongs higher", { spec = { template = { spec = { paused = true } } } },
      'unknown field "spec.template.spec.paused"; did you mean "spec.paused"?' },
    { "counts items from zero",
      { spec = { template = { spec = { containers = { { name = "a" }, { nam = "b" } } } } } },
      'unknown field "spec.template.spec.containers[1].nam"; did you mean "name"?' },
    { "refuses text for a number", { spec = { replicas = "3" } },
      'spec.replicas: expected integer, got string "3"; remove the quotes' },
    { "refuses a number for text", { metadata = { labels = { version = 2 } } },
      'metadata.labels.version: expected string, got integer 2; write it in quotes: "2"' },
    { "explains YAML's booleans", { metadata = { labels = { on = true } } },
      "metadata.labels.on: expected string, got boolean true; in YAML, write it in quotes "
      .. "(on, off, yes, no, true and false are booleans)" },
    { "refuses a fraction", { spec = { replicas = 1.5 } },
      "spec.replicas: expected integer, got number 1.5" },
    { "refuses what does not fit", { spec = { replicas = 3000000000 } },
      "spec.replicas: 3000000000 does not fit in int32" },
    { "refuses what fits no integer", { spec = { replicas = 1e30 } },
      "spec.replicas: 1e+30 does not fit in int32" },
    { "refuses an object for a list",
      { spec = { template = { spec = { containers = { a = 1 } } } } },
      'spec.template.spec.containers: expected list, got an object; in YAML, each item of a list '
      .. 'begins with "- "' },
    { "refuses a list for an object", { spec = { template = { 1 } } },
      "spec.template: expected object, got a list" },
    { "refuses a quantity with a wrong suffix", { spec = { limits = { cpu = "1x" } } },
      'spec.limits.cpu: expected quantity such as "500m" or "128Mi", got string "1x"' },
    { "refuses a time in another form", { metadata = { created = "yesterday" } },
      'metadata.created: expected time such as "2024-01-01T00:00:00Z", got string "yesterday"' },
    { "puts odd keys in brackets", { metadata = { labels = { ["a.b/c"] = 1 } } },
      'metadata.labels[a.b/c]: expected string, got integer 1; write it in quotes: "1"' },
    { "takes null for absent", { metadata = value.null, spec = { replicas = value.null } }, "" },
    { "takes a whole number written as a fraction", { spec = { replicas = 3.0 } }, "" },
    { "takes a number for a quantity", { spec = { limits = { cpu = 0.5, memory = 1 } } }, "" },
    { "takes a percentage or a number", { spec = { budget = "25%" } }, "" },
    { "takes an empty table for a list", { spec = { template = { spec = { containers = {} } } } },
      "" },
    { "takes anything where anything goes", { spec = { note = { 1, { x = 2 } } } }, "" },
  } do
    it(case[1], function()
      assert.equal(case[3], messages(Web, case[2]))
      assert.equal(case[3], messages(Web, value.of(case[2])))
    end)
  end

  it("reports everything, not only the first", function()
    local found = schema.check(Web, { spec = { replicas = "x", paused = 1, nope = 1 } })
    assert.equal(3, #found)
  end)

  it("gives field and reason apart", function()
    local problem = schema.check(Web, { spec = { replicas = true } })[1]
    assert.equal("spec.replicas", problem.field)
    assert.equal("wrong type", problem.reason)
  end)

  it("lets unknown fields pass when told to", function()
    assert.equal("", messages(Web, { nope = 1 }, { allow_unknown = true }))
  end)

  it("follows a type that contains itself", function()
    local Tree
    Tree = object { name = str, children = list(schema.lazy(function() return Tree end)) }
    assert.equal('children[0].children[0].name: expected string, got integer 1; write it in '
      .. 'quotes: "1"', messages(Tree, { children = { { children = { { name = 1 } } } } }))
  end)
end)

describe("schema.normalise", function()
  local function stored(x) return value.of(schema.normalise(Web, x)) end

  for _, case in ipairs {
    { "drops null", { spec = { replicas = value.null } }, { spec = {} } },
    { "drops false where it means not given", { spec = { paused = false } }, { spec = {} } },
    { "keeps false where it is a value", { spec = { active = false } },
      { spec = { active = false } } },
    { "makes 3.0 the integer 3", { spec = { replicas = 3.0 } }, { spec = { replicas = 3 } } },
    { "writes quantities canonically", { spec = { limits = { cpu = "1000m", memory = 0.5 } } },
      { spec = { limits = { cpu = "1", memory = "500m" } } } },
    { "writes times in UTC", { metadata = { created = "2024-01-01T01:00:00.5+01:00" } },
      { metadata = { created = "2024-01-01T00:00:00Z" } } },
    { "drops empty lists and maps", { metadata = { labels = {} },
        spec = { template = { spec = { containers = {} } } } },
      { metadata = {}, spec = { template = { spec = {} } } } },
    { "keeps null in a map as the zero value", { metadata = { labels = { a = value.null } } },
      { metadata = { labels = { a = "" } } } },
    { "keeps what it does not know", { other = { 1, 2 } }, { other = { 1, 2 } } },
  } do
    it(case[1], function()
      assert.equal(value.of(case[3]), stored(case[2]))
      assert.equal(value.of(case[3]), stored(value.of(case[2])))
    end)
  end

  it("leaves the source alone", function()
    local source = { spec = { replicas = value.null } }
    schema.normalise(Web, source)
    assert.equal(value.null, source.spec.replicas)
  end)

  it("rounds a resource list up to thousandths", function()
    local t = object { limits = schema.resources }
    assert.equal("1m", schema.normalise(t, { limits = { cpu = "1u" } }).limits.cpu)
  end)
end)

describe("schema.default", function()
  it("fills in constants, then what depends on them, then what is inside", function()
    local Inner = object { n = int32 { default = 7 } }
    local Outer = object { kind = word { default = "Fast" }, inner = Inner } {
      complete = function(draft)
        if draft.kind == "Fast" then draft.inner = {} end
      end,
    }
    local draft = {}
    schema.default(Outer, draft)
    assert.equal(7, draft.inner.n)
  end)

  it("takes an empty word for a missing one", function()
    local draft = { mode = "" }
    schema.default(object { mode = word { default = "Fast" } }, draft)
    assert.equal("Fast", draft.mode)
  end)

  it("gives each object its own copy of a default", function()
    local t, a, b = object { at = object {} { default = {} } }, {}, {}
    schema.default(t, a)
    schema.default(t, b)
    assert.is_not.equal(a.at, b.at)
  end)

  it("works on drafts", function()
    local view = value.update(value.of { spec = {} }, function(draft)
      schema.default(Web, draft)
    end)
    assert.equal(1, view.spec.replicas)
  end)

  it("reaches into lists and maps", function()
    local Item = object { n = int32 { default = 1 } }
    local draft = { list = { {}, {} }, map = { a = {} } }
    schema.default(object { list = list(Item), map = map(Item) }, draft)
    assert.equal(1, draft.list[2].n)
    assert.equal(1, draft.map.a.n)
  end)
end)

describe("schema.field", function()
  for _, case in ipairs {
    { "spec.replicas", "integer" },
    { "spec.template.spec.containers", "[]Object" },
    { "spec.template.spec.containers.image", "string" },
    { "spec.template.spec.containers[0].ports[1].port", "integer" },
    { "spec.template.spec.containers[name=web].image", "string" },
    { "metadata.labels.app.kubernetes.io/name", "string" },
    { "metadata.labels", "map[string]string" },
  } do
    it("finds " .. case[1], function()
      assert.equal(case[2], tostring(schema.field(Web, case[1])))
    end)
  end

  it("says which field does not exist", function()
    local t, message, code = schema.field(Web, "spec.replica")
    assert.is_nil(t)
    assert.equal('field "spec.replica" does not exist; did you mean "replicas"?', message)
    assert.equal("NotFound", code)
  end)

  it("lists the names that may follow", function()
    assert.same({ "image", "name", "ports" },
      schema.field_names(Web, "spec.template.spec.containers"))
    assert.same({}, schema.field_names(Web, "spec.nope"))
  end)
end)

describe("schema.validate", function()
  local fielderrors = require "wl.fielderrors"
  local Backup = object {
    spec = object {
      schedule = required(str), keep = int32 { min = 1, max = 9 },
      mode = str { enum = { "Full", "Quick" } }, target = str { immutable = true },
    },
  }

  local function causes(judge)
    local errors, found = fielderrors.new(), {}
    judge(errors)
    for i, cause in ipairs(errors) do found[i] = cause.field .. ": " .. cause.message end
    return found
  end

  it("holds required, enum, min and max", function()
    assert.same({
      "spec.keep: Invalid value: 0: must be greater than or equal to 1",
      'spec.mode: Unsupported value: "Slow": supported values: "Full", "Quick"',
      "spec.schedule: Required value",
    }, causes(function(errors)
      schema.validate(Backup, { spec = { keep = 0, mode = "Slow" } }, errors)
    end))
  end)

  it("holds immutable on updates", function()
    assert.same({ 'spec.target: Invalid value: "b": field is immutable' },
      causes(function(errors)
        schema.validate_update(Backup, { spec = { target = "b" } }, { spec = { target = "a" } },
          errors)
      end))
  end)
end)

describe("a type", function()
  it("refuses an unknown option", function()
    assert.has_error(function() return str { defualt = 1 } end,
      'unknown option "defualt" of a type; did you mean "default"?')
  end)

  it("refuses a field that is no type", function()
    assert.has_error(function() return object { a = "string" } end,
      'object: field "a" is not a type')
  end)

  it("is not changed by options", function()
    local _ = int32 { default = 4 }
    assert.is_nil(int32.default)
  end)
end)
