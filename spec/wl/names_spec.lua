-- SPDX-License-Identifier: MIT
local fielderrors = require "wl.fielderrors"
local labels = require "wl.validate.labels"
local names = require "wl.names"
local shared = require "spec.support.shared"

-- The cases' words for the rules.
local RULES = {
  labelKey = "label_key",
  labelValue = "label_value",
  dnsLabel = "dns_label",
  dnsSubdomain = "dns_subdomain",
  dns1035Label = "dns1035_label",
  configMapKey = "config_map_key",
  portName = "port_name",
  portNum = "port_number",
  percent = "percent",
  fullyQualifiedName = "fully_qualified_name",
  wildcardDnsSubdomain = "wildcard_subdomain",
  cIdentifier = "c_identifier",
  pathSegmentName = "path_segment",
  decimalInteger = "decimal_integer",
}

local function annotations_of_sizes(sizes)
  local map = {}
  for i, size in ipairs(sizes) do
    map[string.char(96 + i):rep(size.keyLength)] = ("x"):rep(size.valueLength)
  end
  return map
end

local function errors_of(check, map)
  local errors = fielderrors.new()
  check(errors, "field", map)
  return errors
end

describe("names", function()
  shared.each("label_validation", nil, function(_, input, expected)
    local kind = input.kind
    if kind == "labelsMap" then
      local errors = errors_of(labels.map, input.value)
      assert.equal(#expected.errors, #errors)
    elseif kind == "annotationsMap" then
      assert.equal(expected.valid, #errors_of(labels.annotations, input.value) == 0)
    elseif kind == "annotationsMapSize" then
      local map = annotations_of_sizes(input.value)
      assert.equal(expected.valid, #errors_of(labels.annotations, map) == 0)
    else
      local valid, message, code = names[RULES[kind]](input.value)
      assert.equal(expected.valid, valid == true, message)
      if not valid then
        assert.is_string(message)
        assert.equal("Invalid", code)
      end
    end
  end)

  it("are refused in Kubernetes' words", function()
    local function message(rule, text)
      local _, problem = names[rule](text)
      return problem
    end
    assert.equal("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric "
      .. "characters, '-' or '.', and must start and end with an alphanumeric character (e.g. "
      .. "'example.com', regex used for validation is "
      .. [['[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')]],
      message("dns_subdomain", "A"))
    assert.equal("must not contain dots", message("dns_label", "a.b"))
    assert.equal("must not contain dots", message("dns_label", "a.b"))
    assert.equal("must be no more than 63 characters", message("dns_label", ("a"):rep(64)))
    assert.matches("^name part must consist of alphanumeric characters, .* %(e%.g%. 'MyName',  or "
      .. "'my%.name',  or '123%-abc', regex", message("label_key", "a b"))
    assert.matches("^prefix part must be non%-empty", message("label_key", "/a"))
    assert.matches("^a valid label must be an empty string or consist", message("label_value", "-"))
    assert.equal("must be between 1 and 65535, inclusive", message("port_number", 0))
  end)

  it("tell everything that is wrong at once", function()
    assert.same({
      "must be no more than 15 characters",
      "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
      "must contain at least one letter (a-z)",
      "must not contain consecutive hyphens",
      "must not begin or end with a hyphen",
    }, names.faults("port_name", "--_" .. ("1"):rep(13)))
    assert.same({}, names.faults("port_name", "http"))
    assert.equal(2, #names.faults("label_key", "example.com/"))
  end)

  it("follow rules that can be listed", function()
    for _, rule in ipairs(names.rules) do
      assert.is_function(names[rule])
      assert.is_table(names.faults(rule, "x"))
    end
  end)

  it("hold any bytes", function()
    for _, rule in ipairs(names.rules) do
      for byte = 0, 255 do
        names.faults(rule, "a" .. string.char(byte) .. "a")
      end
    end
    assert.is_nil((names.dns_label "a\0b"))
  end)

  it("differ where Kubernetes' rules differ", function()
    assert.is_true(names.annotation_key "Example.com/A")
    assert.is_nil((names.label_key "Example.com/A"))
    assert.is_nil((names.prefixed_key "a"))
    assert.is_true(names.prefixed_key "a.b/c")
    assert.is_nil((names.env_var_name "1A"))
    assert.is_true(names.relaxed_env_var_name "1 A")
    assert.is_nil((names.relaxed_env_var_name "A=B"))
    assert.is_true(names.fully_qualified_domain_name "a.b.")
    assert.is_nil((names.fully_qualified_domain_name "a."))
    assert.is_true(names.condition_reason "ReasonA:ReasonB")
    assert.is_nil((names.condition_reason "1"))
  end)

  it("raise when asked wrongly", function()
    assert.has_error(function() names.dns_label(nil) end)
    assert.has_error(function() names.faults("no such rule", "x") end)
    assert.has_error(function() names.port_number "http" end)
  end)
end)
