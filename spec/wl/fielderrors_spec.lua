-- SPDX-License-Identifier: MIT
local apierror = require "wl.apierror"
local fielderrors = require "wl.fielderrors"
local value = require "wl.value"

local function message(add)
  local errors = fielderrors.new()
  add(errors)
  return errors[1].message, errors[1].reason, errors[1].field
end

describe("a field error", function()
  for _, case in ipairs {
    { "required", "FieldValueRequired", "Required value",
      function(e) e:required("a.b") end },
    { "required, with detail", "FieldValueRequired", "Required value: say it",
      function(e) e:required("a.b", "say it") end },
    { "forbidden", "FieldValueForbidden", "Forbidden: not now",
      function(e) e:forbidden("a.b", "not now") end },
    { "invalid text", "FieldValueInvalid", 'Invalid value: "x\\"\\n": must be y',
      function(e) e:invalid("a.b", 'x"\n', "must be y") end },
    { "invalid number", "FieldValueInvalid", "Invalid value: -1: must be more",
      function(e) e:invalid("a.b", -1, "must be more") end },
    { "invalid boolean", "FieldValueInvalid", "Invalid value: true: must be false",
      function(e) e:invalid("a.b", true, "must be false") end },
    { "invalid map", "FieldValueInvalid", 'Invalid value: {"a":1}: field is immutable',
      function(e) e:invalid("a.b", { a = 1 }, "field is immutable") end },
    { "invalid list", "FieldValueInvalid", "Invalid value: [0,1]: must be ordered",
      function(e) e:invalid("a.b", value.list { 0, 1 }, "must be ordered") end },
    { "invalid nothing", "FieldValueInvalid", 'Invalid value: "null": field is immutable',
      function(e) e:invalid("a.b", nil, "field is immutable") end },
    { "invalid, not shown", "FieldValueInvalid", "Invalid value: it is secret",
      function(e) e:invalid("a.b", fielderrors.omitted, "it is secret") end },
    { "of a wrong type", "FieldValueTypeInvalid", 'Invalid value: "x": must be a number',
      function(e) e:type_invalid("a.b", "x", "must be a number") end },
    { "not supported", "FieldValueNotSupported",
      'Unsupported value: "C": supported values: "A", "B"',
      function(e) e:not_supported("a.b", "C", { "A", "B" }) end },
    { "duplicate", "FieldValueDuplicate", 'Duplicate value: "x"',
      function(e) e:duplicate("a.b", "x") end },
    { "not found", "FieldValueNotFound", 'Not found: "x"',
      function(e) e:not_found("a.b", "x") end },
    { "too long", "FieldValueTooLong", "Too long: may not be more than 63 bytes",
      function(e) e:too_long("a.b", "x", 63) end },
    { "too long for one", "FieldValueTooLong", "Too long: may not be more than 1 byte",
      function(e) e:too_long("a.b", "x", 1) end },
    { "too many", "FieldValueTooMany", "Too many: 3: must have at most 2 items",
      function(e) e:too_many("a.b", 3, 2) end },
  } do
    it("that is " .. case[1], function()
      local text, reason, field = message(case[4])
      assert.equal(case[3], text)
      assert.equal(case[2], reason)
      assert.equal("a.b", field)
    end)
  end

  it("stands at paths that count from zero", function()
    assert.equal("spec.containers[0]", fielderrors.at("spec.containers", 1))
    assert.equal("metadata.labels[a/b]", fielderrors.key("metadata.labels", "a/b"))
  end)
end)

describe("a refused object", function()
  it("is not refused when nothing is wrong", function()
    local errors = fielderrors.new()
    assert.is_nil(errors:refusal("Pod", "p"))
    errors:raise_or_nil("Pod", "p")
  end)

  it("names its one fault", function()
    local errors = fielderrors.new()
    errors:required("spec.selector")
    assert.equal('Deployment.apps "web" is invalid: spec.selector: Required value',
      tostring(errors:refusal("Deployment.apps", "web")))
  end)

  it("names all faults, each once", function()
    local errors = fielderrors.new()
    errors:required("a")
    errors:required("b", "or else")
    errors:required("a")
    local refusal = errors:refusal("Pod", "p")
    assert.equal('Pod "p" is invalid: [a: Required value, b: Required value: or else]',
      tostring(refusal))
    assert.equal(3, #refusal.causes)
    assert.same({ field = "b", reason = "FieldValueRequired",
      message = "Required value: or else" }, refusal.causes[2])
  end)

  it("is raised as a value that scripts can test", function()
    local errors = fielderrors.new()
    errors:invalid("spec.replicas", -1, "must be greater than or equal to 0")
    local ok, err = pcall(errors.raise_or_nil, errors, "Deployment.apps", "web")
    assert.is_false(ok)
    assert.is_true(apierror.is(err, "Invalid"))
    assert.equal(422, err.status)
    assert.equal("spec.replicas", err.causes[1].field)
  end)
end)

describe("an API error", function()
  for _, case in ipairs {
    { "NotFound", 404, 'deployments.apps "web" not found',
      apierror.not_found("deployments.apps", "web") },
    { "AlreadyExists", 409, 'pods "web" already exists', apierror.already_exists("pods", "web") },
    { "Conflict", 409, 'Operation cannot be fulfilled on deployments.apps "web": the object has '
      .. "been modified; please apply your changes to the latest version and try again",
      apierror.conflict("deployments.apps", "web") },
    { "Conflict", 409, 'Operation cannot be fulfilled on pods "p": not you',
      apierror.conflict("pods", "p", "not you") },
    { "Forbidden", 403, 'pods "p" is forbidden: exceeded quota',
      apierror.forbidden("pods", "p", "exceeded quota") },
    { "Forbidden", 403, "pods is forbidden: no", apierror.forbidden("pods", nil, "no") },
    { "BadRequest", 400, "what?", apierror.bad_request("what?") },
    { "Expired", 410, "too old", apierror.expired("too old") },
  } do
    it("prints as " .. case[3], function()
      local err = case[4]
      assert.equal(case[3], tostring(err))
      assert.equal(case[1], err.code)
      assert.equal(case[2], err.status)
      assert.is_true(apierror.is(err))
      assert.same({ nil, case[3], case[1], {} }, { apierror.returned(err) })
    end)
  end

  it("is none when it is text", function() assert.is_false(apierror.is("no")) end)
end)
