-- SPDX-License-Identifier: MIT
--- The API server of a cluster: objects on their way into the store and out.
--
-- A write goes through admission (defaults, validation, what the API server
-- sets itself) and then to the store, or is refused with everything that is
-- wrong with it. Objects come out as views.
--
-- Kinds are registered with the store when they are first needed.
local Moulds = require "wl.moulds"
local admission = require "wl.admission"
local admission_rules = require "wl.admission_rules"
local apierror = require "wl.apierror"
local deletion = require "wl.deletion"
local facet = require "wl.facet"
local scope = require "wl.policy.scope"
local store = require "wl.store"
local time = require "wl.time"
local value = require "wl.value"

local Server = {}
Server.__index = Server

--- @tparam table options
--   registry  of kinds
--   seed      integer
--   history   writes that are kept
-- @treturn Server
function Server.new(options)
  return setmetatable({
    registry = options.registry,
    store = store.open { seed = options.seed, history = options.history },
    numbers = {},    -- kind -> its number in the store
    kinds = {},      -- number -> kind
    moulds = Moulds.new(),
    sums = 0,        -- functions of sum facets so far
    prototypes = {}, -- number -> what was created last in bulk: the next shares its parts
    expected_namespaces = {}, -- by name: they come with the objects that need them
    policies = {},   -- those registered in the cluster: "sort/Name" -> policy
    on_kind = {},    -- called with each kind that is registered
    admit = {},      -- further admission; see wl.admission_rules
    admit_update = {}, -- the same for changes; they get what is stored, too
    admit_delete = {}, -- the same for deletions: functions(kind, object)
    -- How many of n alike may be made, or may a change (then n is 1): function(server, kind,
    -- draft, n, old); the number, and the refusal of the others.
    charge = function(_, _, _, n) return n end,
  }, Server)
end

-- ---- kinds ----

--- The kind that a word or a manifest's kind means.
-- @tparam string|kind word
-- @treturn ?kind or nil, message, code
function Server:kind(word)
  if type(word) ~= "string" then return word end
  return self.registry:resolve(word)
end

--- A kind's number in the store, which it gets now if it has none.
-- @tparam kind kind
-- @treturn integer
function Server:number(kind)
  local number = self.numbers[kind]
  if number then return number end
  local facets = table.move(deletion.facets, 1, #deletion.facets, 1, {})
  table.move(kind.facets or {}, 1, #(kind.facets or {}), #facets + 1, facets)
  local description, sums = facet.compile(facets, self.sums)
  self.sums = self.sums + #sums
  number = self.store:kind {
    name = kind.name, resource = kind.resource, namespaced = kind.namespaced,
    facets = description, sums = sums, indexed = kind.indexed, keeping = kind.keeping,
  }
  self.numbers[kind], self.kinds[number] = number, kind
  for _, tell in ipairs(self.on_kind) do tell(kind, number) end
  return number
end

--- Tell of the first n kinds, which were registered when there was nobody to tell.
-- @tparam integer n
function Server:announce(n)
  for number = 1, n do
    for _, tell in ipairs(self.on_kind) do tell(self.kinds[number], number) end
  end
end

local function number_of(self, word)
  local kind, message, code = self:kind(word)
  if not kind then error(message or ("no kind " .. tostring(word)), 3) end
  return self:number(kind), kind, code
end

-- ---- reading ----

--- One object.
-- @tparam string|kind word
-- @tparam ?string namespace nil for cluster-wide kinds
-- @tparam string name
-- @return a view; or nil, message, "NotFound"
function Server:get(word, namespace, name)
  local number, kind = number_of(self, word)
  if self.reads then
    self.reads(number, kind.namespaced and (namespace or "default") or nil, name)
  end
  local id = self.store:find(number, kind.namespaced and (namespace or "default") or "", name)
  if id then return self.store:get(id), id end
  return apierror.returned(apierror.not_found(kind.resource, name))
end

--- The object with this uid.
-- @tparam string uid
-- @return a view, and its id; or nil
function Server:by_uid(uid)
  local id = self.store:find_uid(uid)
  if id then return self.store:get(id), id end
end

local function by_name(a, b)
  local x, y = a.metadata, b.metadata
  if x.namespace ~= y.namespace then return (x.namespace or "") < (y.namespace or "") end
  return x.name < y.name
end

--- Objects, sorted by namespace and name as the API server lists them.
-- @tparam string|kind word
-- @tparam ?table options namespace, selector (text, selector or LabelSelector), field (text)
-- @treturn {view,...}
function Server:list(word, options)
  options = options or {}
  local number, kind = number_of(self, word)
  if self.reads then self.reads(number) end
  local batch = self.store:select(number, kind.namespaced and options.namespace or nil,
    options.selector)
  local fields = options.field and require("wl.selector").fields(options.field)
  local list = {}
  for object in batch:each() do
    if not fields or fields:matches(object) then list[#list + 1] = object end
  end
  table.sort(list, by_name)
  return list
end

--- The id under which the store knows an object.
-- @param object a view or table with kind and metadata
-- @treturn ?integer nil when it is gone: a new object of the same name is another one
function Server:id(object)
  local uid = object.metadata.uid
  if uid then return self.store:find_uid(uid) end
  local kind = self.registry:find(object.apiVersion, object.kind)
  local space = kind.namespaced and (object.metadata.namespace or "default") or ""
  return self.store:find(self:number(kind), space, object.metadata.name)
end

-- ---- creating ----

local function known_kind(self, object)
  if not value.is_map(object) then
    return apierror.returned(apierror.bad_request("an object is a map with apiVersion and kind"))
  end
  return self.registry:find(object.apiVersion, object.kind)
end

-- A moment of creation that a client may say: the store notes its own.
local function is_time(text)
  local seconds = type(text) == "string" and time.parse(text)
  return seconds and time.format(seconds) == text
end

-- Namespace, generated name and uid, before validation looks at them.
local function named(self, kind, object, uid)
  local number = self:number(kind)
  return value.update(value.of(object), function(draft)
    if draft.metadata == nil then draft.metadata = {} end
    local metadata = draft.metadata
    if not value.is_map(metadata) then return end
    if kind.namespaced and (metadata.namespace == nil or metadata.namespace == "") then
      metadata.namespace = "default"
    end
    local prefix = metadata.generateName
    local unnamed = metadata.name == nil or metadata.name == ""
    if type(prefix) == "string" and prefix ~= "" and unnamed then
      metadata.name = self.store:free_name(number, metadata.namespace, prefix)
    end
    if metadata.uid == nil then metadata.uid = uid end
    if is_time(metadata.creationTimestamp) then metadata.creationTimestamp = nil end
  end)
end

--- An object as `create` would store it.
-- @param object a view or table
-- @tparam ?table options allow_unknown, warn: as for wl.admission
-- @return a view or table; or nil, message, code, causes
-- @treturn kind
function Server:admit_new(object, options)
  scope.use(self.policies)
  local kind, message, code = known_kind(self, object)
  if not kind then return nil, message, code end
  local uid = self.store:next_uid()
  local source = named(self, kind, object, uid)
  local function admit() return admission.create(kind, source, uid, options) end
  local causes
  if options then
    object, message, code, causes = admit()
  else
    object, message, code, causes = self.moulds:admit(kind, source, admit)
  end
  if not object then return nil, message, code, causes end
  object, message, code, causes = admission_rules.ask(self.admit, kind, object)
  if not object then return nil, message, code, causes end
  return object, kind
end

local function without_name(object)
  return value.update(value.of(object), function(draft) draft.metadata.name = nil end)
end

--- Store a new object.
-- @param object a view or table
-- @tparam ?table options as for admit_new
-- @return a view, its id; or nil, message, code, causes
function Server:create(object, options)
  local draft, kind, code, causes = self:admit_new(object, options)
  if not draft then return nil, kind, code, causes end
  local count, refusal = self:charge(kind, draft, 1)
  if count < 1 then return apierror.returned(refusal) end
  return self.store:create(self:number(kind), draft)
end

--- Store many objects that differ in name only.
-- @param object with metadata.generateName
-- @tparam integer n
-- @tparam ?table columns path -> list of values, one an object; nothing of
--   metadata, and nothing that admission would change
-- @treturn ?batch what was created, also when not all was; or nil
-- @treturn ?string message, when not all was created
-- @treturn ?string code
function Server:create_many(object, n, columns)
  local draft, kind, code, causes = self:admit_new(object)
  if not draft then return nil, kind, code, causes end
  local count, refusal = self:charge(kind, draft, n)
  if count == 0 and refusal then return apierror.returned(refusal) end
  local number = self:number(kind)
  local prototype = value.share(without_name(draft), self.prototypes[number])
  self.prototypes[number] = prototype
  local batch, message
  batch, message, code = self.store:create_many(number, prototype, count, columns)
  if refusal and not message then message, code = refusal.message, refusal.code end
  return batch, message, code
end

--- Store many objects that differ in little: what the API server accepts of the
-- first it accepts of all.
-- @param object with metadata.generateName
-- @tparam integer n
-- @tparam function vary(draft, i) makes the i-th of them
-- @treturn ?batch what was created, also when not all was; or nil
-- @treturn ?string message, when not all was created
-- @treturn ?string code
function Server:create_each(object, n, vary)
  local first = value.update(value.of(object), function(draft) vary(draft, 1) end)
  local draft, kind, code, causes = self:admit_new(first)
  if not draft then return nil, kind, code, causes end
  local number, like = self:number(kind), without_name(draft)
  local batch = self.store:all(number):batch(nil, 0)
  local count, refused = self:charge(kind, draft, n)
  if count == 0 and refused then return apierror.returned(refused) end
  for i = 1, count do
    local made, id, refusal = self.store:create(number, i == 1 and like
      or value.update(like, function(one) vary(one, i) end))
    if not made then return batch, id, refusal end
    batch:add(id)
  end
  if refused then return batch, refused.message, refused.code end
  return batch
end

-- ---- changing ----

local function gone(object)
  return apierror.returned(apierror.not_found(object.kind:lower() .. "s", object.metadata.name))
end

local function stored(self, object)
  local id = self:id(object)
  return id and self.store:get(id), id
end

--- Store a new version of an object.
-- @param object with the resourceVersion it is based on; without one it is meant
--   for whatever is stored
-- @tparam ?table options as for wl.admission
-- @return a view, its id; or nil, message, code, causes
function Server:update(object, options)
  scope.use(self.policies)
  local kind, message, code = known_kind(self, object)
  if not kind then return nil, message, code end
  local old, id = stored(self, object)
  if not old then return gone(object) end
  local draft, causes
  draft, message, code, causes = admission.update(kind, object, old, options)
  if not draft then return nil, message, code, causes end
  draft, message, code, causes = admission_rules.ask(self.admit_update, kind, draft, old)
  if not draft then return nil, message, code, causes end
  local count, refusal = self:charge(kind, draft, 1, old)
  if count < 1 then return apierror.returned(refusal) end
  return self.store:update(id, draft)
end

--- Change an object through a draft of it.
-- @param object the view that the change is based on
-- @tparam function change(draft)
-- @return a view, its id; or nil, message, code, causes
function Server:change(object, change)
  local new = value.update(object, change)
  if value.equal(new, object) then return object, self:id(object) end
  return self:update(new)
end

--- Replace an object's status.
-- @param object the view that it is based on
-- @param status a table, or function(draft of the status, draft of the object)
-- @return a view, its id; or nil, message, code
function Server:update_status(object, status)
  local id = self:id(object)
  if not id then return gone(object) end
  local new
  if type(status) == "function" then
    new = value.update(object, function(draft)
      if draft.status == nil then draft.status = {} end
      status(draft.status, draft)
    end)
  else
    new = value.with(object, "status", status)
  end
  return self.store:update(id, new)
end

-- ---- deleting ----

local PROPAGATIONS = { Background = true, Foreground = true, Orphan = true }

local function check_propagation(options)
  local given = options.propagation
  if given == nil or PROPAGATIONS[given] then return true end
  return apierror.returned(apierror.bad_request(('propagation %q: write "Background", '
    .. '"Foreground" or "Orphan"'):format(tostring(given))))
end

-- Seconds that a deletion waits for the object to end by itself.
local function grace_of(kind, object, facet_holds, given)
  if not kind.grace or not facet_holds then return kind.grace and 0 or -1 end
  return given or value.get(object, kind.grace.path) or 0
end

-- What is to be done about dependents is kept as a finalizer.
local function prepare_delete(self, kind, object, id, options)
  local finalizers = deletion.finalizers(object, options, kind.dependents)
  if not finalizers and not kind.prepare_delete then return true end
  return self.store:change(id, function(draft)
    if finalizers then draft.metadata.finalizers = #finalizers > 0 and finalizers or nil end
    if kind.prepare_delete then kind.prepare_delete(draft) end
  end)
end

--- May an object be deleted?
-- @tparam kind kind
-- @param object
-- @return true; or nil, message, code
function Server:admit_deletion(kind, object)
  for _, admit in ipairs(self.admit_delete) do
    local admitted, message, code = admit(kind, object)
    if not admitted then return nil, message, code end
  end
  return true
end

--- Delete an object.
-- @param object a view or table
-- @tparam ?table options
--   grace        seconds, in place of what the object says
--   propagation  "Background", "Foreground" or "Orphan"; see wl.deletion
-- @return true; or nil, message, code
function Server:delete(object, options)
  options = options or {}
  local valid, message, code = check_propagation(options)
  if not valid then return nil, message, code end
  local current, id = stored(self, object)
  if not current then return gone(object) end
  local kind = self.kinds[self.store:kind_of(id)]
  valid, message, code = self:admit_deletion(kind, current)
  if not valid then return nil, message, code end
  local holds = kind.grace and self.store:where(self:number(kind), kind.grace.facet):has(id)
  local grace = grace_of(kind, current, holds, options.grace)
  valid, message, code = prepare_delete(self, kind, current, id, options)
  if not valid then return nil, message, code end
  if not self.store:get(id) then return true end
  return self.store:delete(id, grace)
end

local function delete_each(self, batch, options)
  local count = 0
  for object in batch:each() do
    if self:delete(object, options) then count = count + 1 end
  end
  return count
end

--- Delete each member of a batch of one kind.
-- @tparam batch batch
-- @tparam ?table options as for `delete`
-- @treturn integer how many there were
function Server:delete_many(batch, options)
  if #batch == 0 then return 0 end
  local number = self.store:kind_of(batch:id(1))
  local kind = self.kinds[number]
  local propagation = options and options.propagation
  if propagation and propagation ~= "Background"
    or not propagation and kind and kind.dependents == "OrphanDependents" then
    return delete_each(self, batch, options)
  end
  if not kind or not kind.grace then return self.store:delete_many(batch, -1) end
  local slow, quick = batch:split(kind.grace.facet)
  local count = self.store:delete_many(quick, 0)
  for _, group in ipairs(slow:group_by(kind.grace.path)) do
    local grace = options and options.grace or group[1] or 0
    count = count + self.store:delete_many(group.batch, grace)
  end
  return count
end

return Server
