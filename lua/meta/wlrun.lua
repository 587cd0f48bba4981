-- SPDX-License-Identifier: MIT
---@meta wlrun
-- What wlrun's scenarios, kinds and policies see, for editors with a Lua language
-- server. Written by `make annotations` from the program itself: do not edit.

---An object as the API has it: a view, which reads like a table.
---@class wl.Object
---@field apiVersion string
---@field kind string
---@field metadata table
---@field spec? table
---@field status? table

---@class wl.Kind
---@class wl.Type
---@class wl.Policy

-- ---- verbs ----

---@class wl.ClusterOptions
---@field nodes? integer
---@field seed? integer
---@field start? string a time
---@field history? integer writes that are kept
---@field policy_limits? {instructions?: integer, memory?: integer} of one call of a policy

---Makes a cluster; the first becomes the default one.
---@param options? wl.ClusterOptions
---@return wl.Cluster
function cluster(options) end

---Has a kind or a policy, or a list of them, in the clusters.
---@param given wl.Kind|wl.Policy|(wl.Kind|wl.Policy)[]
function define(given) end

---Reads files of definitions again whose text has changed.
---@return string[] files
function reload() end

---Declares a test of this file: `wlrun test` runs it in a cluster of its own.
---@param name string
---@param body function
function test(name, body) end

---The arguments after the scenario's name.
---@type string[]
arg = {}

---As `kubectl rollout`; each takes "deploy/web".
---@type table<string, fun(workload: any, options?: table): any>
rollout = {}


---Do something so long from now.
---@param wait any
---@param call? any
---@return any
function after(wait, call) end

---It must be so from now on, after each write.
---@param name string what is so
---@param holds function returns whether it is so; or nothing, when it expects
---@return any
function always(name, holds) end

---Set and remove annotations.
---@param given any
---@param changes? any
---@param options? any
---@return any
function annotate(given, changes, options) end

---Make the cluster have what a manifest says.
---@param given any the path of a file, YAML text, an object, or a list of objects
---@param options? table allow_unknown: keep fields that the kind does not have
---@return any
function apply(given, options) end

---Do something at a moment: at("30s", f) counts from the beginning of the run;
---at("2024-01-01T00:05:00Z", f) is that moment.
---@param when any
---@param call? any
---@return any
function at(when, call) end

---It may become so only so often.
---@param times integer|string or "once", "twice"
---@param name string
---@param holds function
---@return any
function at_most(times, name, holds) end

---Say how the containers of the pods that match behave, from now on.
---@param selector string "app=web"; "" for all
---@param definition any table or function(pod), see wl.behaviour
---@param options? table namespace
function behave(selector, definition, options) end

---Let faults strike from now on; see wl.chaos and wl.chaos.spell.
---@param given table { node_crash = "1 every 10m for 5m", api_conflict = 0.05, selector =,
function chaos(given) end

---Start a Job of a CronJob now, as `kubectl create job NAME --from=cronjob/...`.
---@param name string of the Job
---@param options table from = "cronjob/backup"; namespace
---@return any
function create_job(name, options) end

---See the README.
---@param cluster any
---@param ... any
function cron(cluster, ...) end

---Print them.
---@param what any
---@param options? any
function decisions(what, options) end

---Delete an object.
---@param given any "deploy/web"
---@param options? table namespace; grace ("30s" or seconds); propagation "Background"
function delete(given, options) end

---Print objects as `kubectl describe` does.
---@param words any "deploy/web", or all objects of kinds: "deploy,rs"
---@param options? table selector, field, namespace
function describe(words, options) end

---Print what is different.
---@param given any a manifest as for apply; "deploy/web"; or how long ago, "30s"
---@param ago? string|number with "deploy/web"
---@param options? table namespace
---@return boolean
function diff(given, ago, options) end

---Print events as `kubectl get events` does.
---@param given any
---@param options? any
function events(given, options) end

---It must be so at some moment, before the run ends.
---@param name any
---@param holds? any
---@return any
function eventually(name, holds) end

---Do something again and again, the first time one period from now.
---@param period any
---@param call? any
---@return any
function every(period, call) end

---Is there such an object?
---@param given any
---@param options? any
---@return boolean
function exists(given, options) end

---Begin an expectation: `expect(x).is(3)`.
---@param seen any anything
---@param about? string what it is, for the message
function expect(seen, about) end

---Print what a kind or a field is, as `kubectl explain` does.
---@param path string "deploy.spec.strategy"
---@param options? table recursive
function explain(path, options) end

---Fail the run.
---@param message string
function fail(message) end

---One object as it is now.
---@param given any "deploy/web"
---@param options? table namespace
---@return wl.Object
function get(given, options) end

---It must be so until something else is, which must come.
---@param name string
---@param holds function
---@param released function
---@return any
function holds_until(name, holds, released) end

---Set and remove labels: "tier=web,old-", or { tier = "web", old = false }.
---@param given any
---@param changes? any
---@param options? any
---@return any
function label(given, changes, options) end

---Objects of a kind, sorted by namespace and name.
---@param word string|wl.Kind "pods"
---@param options? string|table a label selector; or namespace (nil: all), selector, field
---@return wl.Object[]
function list(word, options) end

---Say what a metric is from now on. What is said later goes before what was said.
---@param name string "cpu", "memory", or any other
---@param about? string a label selector (each pod that matches), or an object "ingress/web";
---@param source any a number, a quantity, function(seconds since the run began, pod), or
---@param options? table namespace
function metric(name, about, source, options) end

---It must not be so from now on.
---@param name any
---@param holds? any
function never(name, holds) end

---A node to do something with.
---@param name string
function node(name) end

---Virtual seconds since the run began.
function now() end

---Change an object.
---@param given any "deploy/web"
---@param change any a function(draft), or a strategic merge patch
---@param options? table namespace; type: "strategic" (default), "merge" or "json"
---@return any
function patch(given, change, options) end

---Forecast an apply over many seeds, and print it. Nothing is applied to this cluster.
---@param ... any manifests as for apply, each a plan of its own; and at the end options: runs (50),
---@return table
function plan(...) end

---Switch on promises that are declared.
---@param ... any names of those that ship, "all", or promises that a script declares
function promise(...) end

---Write what happened as one HTML file that opens from disk.
---@param path string "out.html"
---@param options? table title
function report(path, options) end

---Let time pass: run "10m". Without a length: until nothing changes any more.
---@param length? number|string seconds or a duration
function run(length) end

---Set the number of replicas.
---@param given any "deploy/web"
---@param replicas integer
---@param options? table namespace
---@return any
function scale(given, replicas, options) end

---Set images of containers.
---@param given any "deploy/web"
---@param text string "web=nginx:1.28,log=fluentd:2"; "*=..." is every container
---@param options? table namespace
---@return any
function set_image(given, text, options) end

---Print objects as `kubectl get` does; the arguments are those of `text`.
---@param words any
---@param options? any
function show(words, options) end

---Let the next thing happen that has an effect, and tell what it was: who was at work,
---what it wrote, and what it said.
---@param count? integer of things, 1 when left out
function step(count) end

---Print how a workload went over virtual time: its pods by revision, what was available,
---its budget and events; a Job's pods; a CronJob's runs; or the pods by node.
---@param words string "deploy/web", "job/pi", "cronjob/backup" or "nodes"
---@param options? table width (columns), ascii, from, to ("30s", since the beginning)
function timeline(words, options) end

---Print what is asked of nodes, or by pods.
---@param words string "nodes" or "pods"
---@param options? table selector, namespace; sort_by: "cpu" or "memory", most first
function top(words, options) end

---Print an object with its owners above and what it owns below.
---@param given any "deploy/web"
---@param options? table namespace; all: also where there are many of one kind
function tree(given, options) end

---Let time pass until nothing changes any more, and tell when that was.
---@param longest? number|string time, "1h" when left out
function until_settled(longest) end

---Let time pass until something is so.
---@param given any "deploy/web"
---@param wanted any "rolled out", "ready", "available", "complete", "deleted"; a condition's type
---@param timeout? number|string "5m" when left out
---@param options? table namespace
---@return any
function wait(given, wanted, timeout, options) end

---Print a row at each change, from now on.
---@param words string "deploy,rs" or "deploy/web"
---@param options? string|table a label selector; or selector, namespace
---@return any
function watch(words, options) end

---It must be so at some moment within a time from now.
---@param length number|string seconds or "5m"
---@param name string
---@param holds function
---@return any
function within(length, name, holds) end

---A cluster: the verbs are its methods.
---@class wl.Cluster
---@field rollout table the verbs of rollouts
local Cluster = {}

---Do something so long from now.
---@param wait any
---@param call? any
---@return any
function Cluster:after(wait, call) end

---It must be so from now on, after each write.
---@param name string what is so
---@param holds function returns whether it is so; or nothing, when it expects
---@return any
function Cluster:always(name, holds) end

---Set and remove annotations.
---@param given any
---@param changes? any
---@param options? any
---@return any
function Cluster:annotate(given, changes, options) end

---Make the cluster have what a manifest says.
---@param given any the path of a file, YAML text, an object, or a list of objects
---@param options? table allow_unknown: keep fields that the kind does not have
---@return any
function Cluster:apply(given, options) end

---Do something at a moment: at("30s", f) counts from the beginning of the run;
---at("2024-01-01T00:05:00Z", f) is that moment.
---@param when any
---@param call? any
---@return any
function Cluster:at(when, call) end

---It may become so only so often.
---@param times integer|string or "once", "twice"
---@param name string
---@param holds function
---@return any
function Cluster:at_most(times, name, holds) end

---Say how the containers of the pods that match behave, from now on.
---@param selector string "app=web"; "" for all
---@param definition any table or function(pod), see wl.behaviour
---@param options? table namespace
function Cluster:behave(selector, definition, options) end

---Let faults strike from now on; see wl.chaos and wl.chaos.spell.
---@param given table { node_crash = "1 every 10m for 5m", api_conflict = 0.05, selector =,
function Cluster:chaos(given) end

---Start a Job of a CronJob now, as `kubectl create job NAME --from=cronjob/...`.
---@param name string of the Job
---@param options table from = "cronjob/backup"; namespace
---@return any
function Cluster:create_job(name, options) end

---Print them.
---@param what any
---@param options? any
function Cluster:decisions(what, options) end

---Delete an object.
---@param given any "deploy/web"
---@param options? table namespace; grace ("30s" or seconds); propagation "Background"
function Cluster:delete(given, options) end

---Print objects as `kubectl describe` does.
---@param words any "deploy/web", or all objects of kinds: "deploy,rs"
---@param options? table selector, field, namespace
function Cluster:describe(words, options) end

---Print what is different.
---@param given any a manifest as for apply; "deploy/web"; or how long ago, "30s"
---@param ago? string|number with "deploy/web"
---@param options? table namespace
---@return boolean
function Cluster:diff(given, ago, options) end

---Print events as `kubectl get events` does.
---@param given any
---@param options? any
function Cluster:events(given, options) end

---It must be so at some moment, before the run ends.
---@param name any
---@param holds? any
---@return any
function Cluster:eventually(name, holds) end

---Do something again and again, the first time one period from now.
---@param period any
---@param call? any
---@return any
function Cluster:every(period, call) end

---Is there such an object?
---@param given any
---@param options? any
---@return boolean
function Cluster:exists(given, options) end

---Print what a kind or a field is, as `kubectl explain` does.
---@param path string "deploy.spec.strategy"
---@param options? table recursive
function Cluster:explain(path, options) end

---One object as it is now.
---@param given any "deploy/web"
---@param options? table namespace
---@return wl.Object
function Cluster:get(given, options) end

---It must be so until something else is, which must come.
---@param name string
---@param holds function
---@param released function
---@return any
function Cluster:holds_until(name, holds, released) end

---Set and remove labels: "tier=web,old-", or { tier = "web", old = false }.
---@param given any
---@param changes? any
---@param options? any
---@return any
function Cluster:label(given, changes, options) end

---Objects of a kind, sorted by namespace and name.
---@param word string|wl.Kind "pods"
---@param options? string|table a label selector; or namespace (nil: all), selector, field
---@return wl.Object[]
function Cluster:list(word, options) end

---Say what a metric is from now on. What is said later goes before what was said.
---@param name string "cpu", "memory", or any other
---@param about? string a label selector (each pod that matches), or an object "ingress/web";
---@param source any a number, a quantity, function(seconds since the run began, pod), or
---@param options? table namespace
function Cluster:metric(name, about, source, options) end

---It must not be so from now on.
---@param name any
---@param holds? any
function Cluster:never(name, holds) end

---A node to do something with.
---@param name string
function Cluster:node(name) end

---Virtual seconds since the run began.
function Cluster:now() end

---Change an object.
---@param given any "deploy/web"
---@param change any a function(draft), or a strategic merge patch
---@param options? table namespace; type: "strategic" (default), "merge" or "json"
---@return any
function Cluster:patch(given, change, options) end

---Forecast an apply over many seeds, and print it. Nothing is applied to this cluster.
---@param ... any manifests as for apply, each a plan of its own; and at the end options: runs (50),
---@return table
function Cluster:plan(...) end

---Switch on promises that are declared.
---@param ... any names of those that ship, "all", or promises that a script declares
function Cluster:promise(...) end

---Write what happened as one HTML file that opens from disk.
---@param path string "out.html"
---@param options? table title
function Cluster:report(path, options) end

---Let time pass: run "10m". Without a length: until nothing changes any more.
---@param length? number|string seconds or a duration
function Cluster:run(length) end

---Set the number of replicas.
---@param given any "deploy/web"
---@param replicas integer
---@param options? table namespace
---@return any
function Cluster:scale(given, replicas, options) end

---Set images of containers.
---@param given any "deploy/web"
---@param text string "web=nginx:1.28,log=fluentd:2"; "*=..." is every container
---@param options? table namespace
---@return any
function Cluster:set_image(given, text, options) end

---Print objects as `kubectl get` does; the arguments are those of `text`.
---@param words any
---@param options? any
function Cluster:show(words, options) end

---Let the next thing happen that has an effect, and tell what it was: who was at work,
---what it wrote, and what it said.
---@param count? integer of things, 1 when left out
function Cluster:step(count) end

---Print how a workload went over virtual time: its pods by revision, what was available,
---its budget and events; a Job's pods; a CronJob's runs; or the pods by node.
---@param words string "deploy/web", "job/pi", "cronjob/backup" or "nodes"
---@param options? table width (columns), ascii, from, to ("30s", since the beginning)
function Cluster:timeline(words, options) end

---Print what is asked of nodes, or by pods.
---@param words string "nodes" or "pods"
---@param options? table selector, namespace; sort_by: "cpu" or "memory", most first
function Cluster:top(words, options) end

---Print an object with its owners above and what it owns below.
---@param given any "deploy/web"
---@param options? table namespace; all: also where there are many of one kind
function Cluster:tree(given, options) end

---Let time pass until nothing changes any more, and tell when that was.
---@param longest? number|string time, "1h" when left out
function Cluster:until_settled(longest) end

---Let time pass until something is so.
---@param given any "deploy/web"
---@param wanted any "rolled out", "ready", "available", "complete", "deleted"; a condition's type
---@param timeout? number|string "5m" when left out
---@param options? table namespace
---@return any
function Cluster:wait(given, wanted, timeout, options) end

---Print a row at each change, from now on.
---@param words string "deploy,rs" or "deploy/web"
---@param options? string|table a label selector; or selector, namespace
---@return any
function Cluster:watch(words, options) end

---It must be so at some moment within a time from now.
---@param length number|string seconds or "5m"
---@param name string
---@param holds function
---@return any
function Cluster:within(length, name, holds) end

-- ---- kinds: constructors that apply ----

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function ClusterRole(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function ClusterRoleBinding(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function ConfigMap(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function ControllerRevision(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function CronJob(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function DaemonSet(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function Deployment(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function EndpointSlice(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function Endpoints(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function Event(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function HorizontalPodAutoscaler(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function Ingress(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function IngressClass(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function Job(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function Lease(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function LimitRange(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function Namespace(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function NetworkPolicy(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function Node(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function PersistentVolume(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function PersistentVolumeClaim(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function Pod(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function PodDisruptionBudget(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function PriorityClass(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function Release(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function ReplicaSet(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function ReplicationController(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function ResourceQuota(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function Role(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function RoleBinding(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function Secret(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function Service(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function ServiceAccount(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function StatefulSet(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function StorageClass(name, fields) end

---@param name string
---@param fields? table
---@return wl.Object
---@overload fun(name: string): fun(fields: table): wl.Object
function Workflow(name, fields) end

-- ---- declaring a kind ----

---@class wl.Kind.Declaration
---@field api string "apps/v1"; the core group's is "v1"
---@field categories? table { "all" }: what `get all` shows
---@field columns? table { { "NAME", ".metadata.name" }, ... }
---@field default? function (draft): what depends on other fields
---@field dependents? string of one deleted without a word about them: "DeleteDependents" (by
---@field describe? function (object, ctx)
---@field doc? string one sentence
---@field facets? table counted in live sets
---@field grace? table { facet =, path = }: deletion waits, where the facet holds, as many
---@field indexed? table paths whose text has live sets: { "spec.nodeName" }
---@field keeping? table paths where something keeps an object that is being deleted, as
---@field legacy? table apiVersion -> function(draft, warn), into the current form
---@field namespaced? boolean by default true
---@field naming? string the rule of wl.names for its names; "dns_subdomain"
---@field owns? table kinds whose changes wake their owner of this kind: names, or
---@field plural? string "deployments"; by default the name, in lower case, and "s"
---@field policies? table sorts of policies it can be given by name
---@field preparation? table the three that follow: { create =, update =, status = }
---@field prepare_create? function (draft): what the API server sets and resets
---@field prepare_delete? function (draft): what a request to delete it sets
---@field prepare_status? function (draft, old)
---@field prepare_update? function (draft, old)
---@field reconcile? fun(ctx: wl.Ctx, object: wl.Object): number?, string? (ctx, object)
---@field scale? table { replicas = ".spec.replicas", ... } for `scale`
---@field schema? wl.Type of the whole object
---@field setup? function (ctx): once, when the cluster starts
---@field short? table { "deploy" }
---@field singular? string "deployment"; by default the name in lower case
---@field spec? table or only the fields of its spec
---@field status? table and of its status
---@field validate? function (object, errors)
---@field validate_status? function (new, old, errors)
---@field validate_update? function (new, old, errors): also what validate says
---@field validation? table the three that follow, in one table
---@field varying? table fields where objects of a template differ; see wl.moulds
---@field watches? table { { kind =, map = function(ctx, object) } }; map reads, never writes;

---The words in which the shape of objects and parameters is declared.
---@class wl.Types
---@field always function
---@field any wl.Type
---@field bool wl.Type
---@field bytes wl.Type
---@field count wl.Type
---@field count64 wl.Type
---@field describe function
---@field extend function
---@field flag wl.Type
---@field int wl.Type
---@field int32 wl.Type
---@field int64 wl.Type
---@field int_or_string wl.Type
---@field is_type function
---@field lazy function
---@field list function
---@field map function
---@field merged function
---@field micro_time wl.Type
---@field named function
---@field number wl.Type
---@field object function
---@field parameters function
---@field quantity wl.Type
---@field required function
---@field resolve function
---@field resources wl.Type
---@field set function
---@field str wl.Type
---@field time wl.Type
---@field word wl.Type

---@class wl.KindDeclarator: wl.Types
---@overload fun(name: string): fun(fields: wl.Kind.Declaration): wl.Kind
kind = {}

-- ---- what a controller may do ----

---@class wl.LiveSet
---@field batch fun(self: wl.LiveSet, ...): any
---@field changes fun(self: wl.LiveSet, ...): any
---@field close fun(self: wl.LiveSet, ...): any
---@field count fun(self: wl.LiveSet, ...): any
---@field count_before fun(self: wl.LiveSet, ...): any
---@field counts fun(self: wl.LiveSet, ...): any
---@field each fun(self: wl.LiveSet, ...): any
---@field first fun(self: wl.LiveSet, ...): any
---@field has fun(self: wl.LiveSet, ...): any
---@field next_time fun(self: wl.LiveSet, ...): any
---@field subscribe fun(self: wl.LiveSet, ...): any
---@field sum fun(self: wl.LiveSet, ...): any
---@field unsubscribe fun(self: wl.LiveSet, ...): any
---@field version fun(self: wl.LiveSet, ...): any
---@field written_since fun(self: wl.LiveSet, ...): any

---@class wl.Batch
---@field add fun(self: wl.Batch, ...): any
---@field distinct fun(self: wl.Batch, ...): any
---@field each fun(self: wl.Batch, ...): any
---@field group_by fun(self: wl.Batch, ...): any
---@field id fun(self: wl.Batch, ...): any
---@field pluck fun(self: wl.Batch, ...): any
---@field slice fun(self: wl.Batch, ...): any
---@field split fun(self: wl.Batch, ...): any
---@field without fun(self: wl.Batch, ...): any

---What reconcile is given first.
---@class wl.Ctx
---@field now number seconds since the epoch
local Ctx = {}

---Make `controller` the controller of an object that has none.
---@param controller any
---@param object? any
---@return wl.Object
function Ctx:adopt(controller, object) end

---Live set of all objects of a kind.
---@param kind any
function Ctx:all(kind) end

---The object with this uid.
---@param uid any
---@return wl.Object
function Ctx:by_uid(uid) end

---Has an object of the kind been written since this ctx asked last?
---@param kind any
function Ctx:changed(kind) end

---Create an object.
---@param object any
---@return wl.Object
function Ctx:create(object) end

---Create n objects that differ in little: `vary(draft, i)` makes the i-th of them.
---The API server judges the first.
---@param object any
---@param n? any
---@param vary? any
---@return integer
function Ctx:create_each(object, n, vary) end

---Create n objects that differ in name only (metadata.generateName), and in what
---columns say: path -> list of values, one an object.
---@param object any
---@param n? any
---@param columns? any
---@return integer
function Ctx:create_many(object, n, columns) end

---Delete an object.
---@param object any
---@param options? table grace (seconds), propagation
---@return any
function Ctx:delete(object, options) end

---Delete each member of a batch.
---@param batch any
---@param options? any
---@return integer
function Ctx:delete_many(batch, options) end

---Have an object reconciled.
---@param object any a view, or a kind followed by namespace and name
---@param ... any
function Ctx:enqueue(object, ...) end

---Tell people something about an object.
---@param object any
---@param type string "Normal" or "Warning"
---@param reason string
---@param message string
function Ctx:event(object, type, reason, message) end

---Tell the same about each of many; see wl.events.
---@param batch any
---@param type? any
---@param reason? any
---@param format? any
---@param about? any
function Ctx:event_many(batch, type, reason, format, about) end

---One object.
---@param kind any
---@param namespace? any
---@param name? any
---@return wl.Object
function Ctx:get(kind, namespace, name) end

---Objects sorted by namespace and name.
---@param kind string
---@param options? table namespace, selector, field
---@return wl.Object[]
function Ctx:list(kind, options) end

---Live set of the objects of a namespace that match a LabelSelector; a change
---of them wakes the object that is being reconciled.
---@param kind any
---@param namespace? any
---@param label_selector? any
function Ctx:matching(kind, namespace, label_selector) end

---Live set of the objects on a node (of the kind's first indexed path).
---@param node any
---@param kind? any
function Ctx:on_node(node, kind) end

---The same, but only objects without a controller.
---@param kind any
---@param namespace? any
---@param label_selector? any
function Ctx:orphans(kind, namespace, label_selector) end

---Live set of the objects whose controller is `object`.
---@param object any
---@param kind? any
function Ctx:owned(object, kind) end

---Those of a live set that go first, some at a time; see wl.picks.
---@param set any live set
---@param order any
---@param options table facet, total, round, take, related
---@return wl.Batch
function Ctx:pick(set, order, options) end

---The policy of a sort ("rollout", "deletion", "placement" ...) with this name.
---@param sort any
---@param name? any
function Ctx:policy(sort, name) end

---The members of a batch in a declared order; see wl.deletion_order.
---@param batch wl.Batch
---@param order any
---@param limit? integer only that many
---@param context? wl.Batch what "count:" keys count among
---@param round? integer find so many at a time: those found no longer count
---@return wl.Batch
function Ctx:rank(batch, order, limit, context, round) end

---Take `controller` out of an object's owners.
---@param controller any
---@param object? any
---@return wl.Object
function Ctx:release(controller, object) end

---A stream of chance of the cluster's seed.
---@param stream string its name: a stream does not depend on how others are used
---@return any
function Ctx:rng(stream) end

---The object that is being reconciled is as it should be, with all that this ctx
---has written meanwhile: these writes need not have it reconciled again.
function Ctx:settled() end

---A moment as the API writes it.
---@param seconds? number since the epoch; now when left out
---@return string
function Ctx:timestamp(seconds) end

---The texts at the kind's first indexed path (for pods: names of nodes) whose
---live sets gained or lost a member, or whose sums changed, since anybody asked last.
---@param kind any
---@return any
function Ctx:touched(kind) end

---Change an object through a draft.
---@param object any
---@param change? any
---@return wl.Object
function Ctx:update(object, change) end

---Apply a JSON merge patch to each member of a batch.
---@param batch wl.Batch
---@param patch? table
---@param columns? table path -> list of values, one a member: { ["spec.nodeName"] = { ... } }
---@return integer
function Ctx:update_many(batch, patch, columns) end

---Replace an object's status: a table, or function(draft of the status).
---@param object any
---@param status? any
---@return wl.Object
function Ctx:update_status(object, status) end

---Live set of all objects of a kind that pass a test facet; a change of them wakes
---the object that is being reconciled.
---@param kind any
---@param facet? any
function Ctx:watching(kind, facet) end

---Live set of all objects of a kind that pass a test facet.
---@param kind any
---@param facet? any
function Ctx:where(kind, facet) end

-- ---- policies ----

---@class wl.rollout.plan.View.new
---@field exists boolean false: no set of this template has been made yet
---@field name? string of the ReplicaSet
---@field hash? string of the template
---@field revision? integer of the template
---@field replicas integer pods wanted
---@field current integer pods that exist
---@field ready integer of these, ready
---@field available integer of these, ready for minReadySeconds
---@field terminating integer pods that are being deleted

---@class wl.rollout.plan.View.old
---@field exists boolean false: no set of this template has been made yet
---@field name? string of the ReplicaSet
---@field hash? string of the template
---@field revision? integer of the template
---@field replicas integer pods wanted
---@field current integer pods that exist
---@field ready integer of these, ready
---@field available integer of these, ready for minReadySeconds
---@field terminating integer pods that are being deleted

---@class wl.rollout.plan.View
---@field replicas integer pods wanted
---@field surge integer how many more than that may exist (maxSurge)
---@field unavailable integer how many fewer may be available (maxUnavailable)
---@field new wl.rollout.plan.View.new the set of the current template; all zero while `exists` is false
---@field old wl.rollout.plan.View.old[] the other sets that still want pods, oldest first
---@field total integer pods wanted by all sets together
---@field available integer available pods of all sets together
---@field old_pods integer pods of old sets that exist, those being deleted included
---@field exclusive boolean the strategy's own `exclusive`
---@field params? any the strategy's own block of the manifest
---@field now number the virtual time
---@field revision? string hash of the new template
---@field stable? string hash of the last that was healthy
---@field record? any of a script: status.rollout, as it was kept
---@field deadline? number with autoRollback: seconds without progress
---@field in_place? boolean pods are replaced one for one
---@field domains? any of a DaemonSet: a list of { name, replicas }
---@field measure? any function(name): a metric of the new pods
---@field selects? any function(name): the hash that a Service selects

---@class wl.rollout.plan.Result
---@field new? integer size of the new set; nil: leave it, and do not make it yet
---@field old? integer|integer[] sizes of the old sets in the order of view.old, or how many old pods to keep in all; nil: leave them
---@field requeue? number seconds until it wants to be asked again; nil: at a change
---@field message? string what it waits for, shown in the Progressing condition
---@field rollout? any of a script: what it keeps, tells and waits for

---@class wl.rollout.Fields
---@field plan? fun(view: wl.rollout.plan.View): wl.rollout.plan.Result asked at each sync: how many pods each set should have
---@field script? fun(step: wl.Step, params?: table) run from its start at each sync; its steps are those of wl.rollout.step
---@field budget? table
---@field domains? string
---@field exclusive? boolean
---@field kinds? table
---@field params? table<string, wl.Type>

---Declares how the pods of an old template give way to a new one.
---@class wl.rollout.Declarator: wl.Types
---@overload fun(name: string): fun(fields: wl.rollout.Fields): wl.Policy
strategy = {}

---@class wl.retry.decide.View
---@field failures integer failures so far, this one included; of the index, if any
---@field total integer failures of the whole Job so far, this one included
---@field recent number[] when pods of the workload failed, this one included: of all Jobs of a CronJob; the latest last
---@field exit_code? number of the container that failed
---@field container? string its name
---@field reason? string of the pod: Evicted, DeadlineExceeded ...
---@field index? integer of an Indexed Job's pod
---@field failed_at number when it failed
---@field ran number how long it had run
---@field since_start number how long the Job has run
---@field params? any the policy's own block of the manifest
---@field now number the virtual time

---@class wl.retry.decide.Result
---@field action "retry"|"fail"|"ignore"|"fail_index" what to do
---@field after? number with retry: seconds until then
---@field message? string why, for people

---@class wl.retry.Fields
---@field decide? fun(view: wl.retry.decide.View): number|"retry"|"fail"|"ignore"|"fail_index"|wl.retry.decide.Result asked once for each failure
---@field params? table<string, wl.Type>

---Declares what to do about a failed pod of a Job.
---@class wl.retry.Declarator: wl.Types
---@overload fun(name: string): fun(fields: wl.retry.Fields): wl.Policy
retry = {}

---@class wl.concurrency.choose.View
---@field due number[] when runs were due that have not started, the oldest first; of very many the latest 100
---@field active integer runs that are active
---@field params? any the policy's own block of the manifest
---@field now number the virtual time

---@class wl.concurrency.decide.View
---@field active integer runs that are active
---@field scheduled number the moment at which the run was due
---@field params? any the policy's own block of the manifest
---@field now number the virtual time

---@class wl.concurrency.Fields
---@field choose? fun(view: wl.concurrency.choose.View): number|boolean asked first: which of the runs that are due; without it, the latest
---@field decide? fun(view: wl.concurrency.decide.View): "start"|"skip"|"replace" asked when a run is due
---@field params? table<string, wl.Type>

---Declares what to do when a run of a CronJob is due.
---@class wl.concurrency.Declarator: wl.Types
---@overload fun(name: string): fun(fields: wl.concurrency.Fields): wl.Policy
concurrency = {}

---@class wl.placement.Fields

---Declares which rules choose a node for a pod.
---@class wl.placement.Declarator: wl.Types
---@overload fun(name: string): fun(fields: table[]): wl.Policy
placement = {}

---@class wl.deletion.Fields

---Declares which pods go first when there are too many.
---@class wl.deletion.Declarator: wl.Types
---@overload fun(name: string): fun(fields: table[]): wl.Policy
deletion_order = {}

---@class wl.history.keep.View.items
---@field name string of the object
---@field at number when it ended; of a revision, when it was made
---@field failed boolean false for what succeeded, and for revisions
---@field revision? integer of a revision

---@class wl.history.keep.View
---@field items wl.history.keep.View.items[] what could go, the oldest first, without what is in use
---@field params? any the policy's own block of the manifest
---@field now number the virtual time

---@class wl.history.Fields
---@field keep? fun(view: wl.history.keep.View): integer|integer[] asked at each sync in which something could go
---@field params? table<string, wl.Type>

---Declares which finished Jobs or old revisions are kept.
---@class wl.history.Declarator: wl.Types
---@overload fun(name: string): fun(fields: wl.history.Fields): wl.Policy
history = {}

---The steps of a strategy's script: the first argument of `script`.
---@class wl.Step
---@field abort function
---@field analyse function
---@field ask function
---@field measure function
---@field note function
---@field pause function
---@field pods function
---@field promote function
---@field scale_down_delay function
---@field set_domains function
---@field set_replicas function
---@field set_weight function
---@field switch_service function
---@field wait_available function
---@field wait_ready function

-- ---- modules ----

---A rollout of numbers: see wl.policy_test.
---@class wl.Rollout
---@field new integer
---@field old integer
---@field now number
---@field phase string?
---@field message string?
---@field least integer
---@field most integer
local Rollout = {}

---Sync until nothing changes any more but with time.
---@return any
function Rollout:go() end

---Is all new?
---@return boolean
function Rollout:is_complete() end

---What people may want: go on from where it waits; to the end; back; once more.
function Rollout:promote() end

---One sync. Raises what the strategy does wrong.
---@return boolean
function Rollout:sync() end

---Let time pass, and go on whenever the strategy wants to be asked.
---@param length number|string seconds or "10m"
---@return any
function Rollout:wait(length) end

---@class wl.facet
local Facet = {}

---There is nothing at the path.
---@param path string
function Facet.absent(path) end

---All of these tests hold.
---@param tests any|any
function Facet.all(tests) end

---At least one of these tests holds.
---@param tests any|any
function Facet.any(tests) end

---The declaration as the store takes it.
---@param facets? any
---@param calls integer how many functions the store has already
---@return table
function Facet.compile(facets, calls) end

---The list at the path has at least one of these.
---@param path string
---@param ... any
function Facet.contains(path, ...) end

---What is at the path is this.
---@param path string
---@param expected? any
function Facet.equals(path, expected) end

---The test does not hold.
---@param negated any|string
function Facet.negate(negated) end

---What is at the path is none of these; also when nothing is.
---@param path string
---@param ... any
function Facet.none_of(path, ...) end

---What is at the path is one of these.
---@param path string
---@param ... any
function Facet.one_of(path, ...) end

---There is something at the path: not null, "", or an empty list or map.
---@param path string
function Facet.present(path) end

---Add up: the integer at a path; or what a function makes of the parts at
---some paths, asked once for each distinct combination of parts.
---@param ... string paths
function Facet.sum(...) end

---Count per second of the timestamp at the path: `set:count_before("readySince", seconds)`.
---@param path string
---@param where? string a test: other objects are not counted
function Facet.time(path, where) end

---Count per text at the path: `set:count("phase", "Running")`.
---@param path string
---@param where? string a test: other objects are not counted
function Facet.value(path, where) end

---@class wl.test
local Test = {}

---A ctx on given objects, to try parts of a controller on.
---@param options table as for reconcile
---@return any
function Test.open(options) end

---Run one reconcile.
---@param options table
---@return table
function Test.reconcile(options) end

---@class wl.policy_test
local PolicyTest = {}

---What a policy decides. Raises what it does wrong.
---@param p any a policy, or the path of its file
---@param name string of the function: "plan", "decide" ...
---@param view? table fields of the contract
---@return any
function PolicyTest.call(p, name, view) end

---A rollout of numbers, which does what a strategy plans.
---@param p any a strategy, or the path of its file
---@param world? table replicas, surge, unavailable, params; metrics: name -> number or
---@return any
function PolicyTest.rollout(p, world) end

---The same; or nil, message with file:line, reason ("PolicyError", "PolicyInvalid" ...).
---@param p any
---@param name? any
---@param view? any
function PolicyTest.try(p, name, view) end

---@class wl.intstr
local Intstr = {}

---A value read from JSON or YAML as such a field takes it: a string, or an
---integer of 32 bits.
---@param value any
---@return any
function Intstr.check(value) end

---What a text means where a field takes both: an integer if it is one of 32
---bits, else the text itself. (intstr.Parse)
---@param text string
---@return integer|string
function Intstr.parse(text) end

---The number that a field comes to, given what a percentage is of.
---@param value integer|string
---@param total integer 100%
---@param round_up? boolean else down
---@return any?
function Intstr.resolve(value, total, round_up) end

---What a field holds, taken apart.
---@param value integer|string
---@return integer?
function Intstr.split(value) end

---@class wl.duration
local Duration = {}

---An age as kubectl prints it: two units while they matter, then one.
---(k8s.io/apimachinery/pkg/util/duration.HumanDuration)
---@param seconds number
---@return string
function Duration.format(seconds) end

---A duration as Go prints it, which is how it stands in many messages of
---Kubernetes ("back-off 5m0s restarting failed container"). (time.Duration.String)
---@param seconds number
---@return string
function Duration.go(seconds) end

---A text as seconds.
---@param text string
---@return number?
function Duration.parse(text) end

---The seconds of a duration that a script gave: a text, or seconds already.
---Raises at the script's line when it is neither.
---@param given string|number
---@param level? integer of the caller to blame, as in error; 2 is the caller
---@return number
function Duration.seconds(given, level) end

---An age in one unit. (duration.ShortHumanDuration of the same package)
---@param seconds number
---@return string
function Duration.short(seconds) end

---@class wl.quantity
local Quantity = {}

---Whether x is a quantity of this module.
---@param x any
function Quantity.is(x) end

---The quantity in thousandths, rounded up.
function Quantity.milli() end

---value * 10^scale as a quantity.
---@param value any an integer
---@param scale any the power of ten, 0 when left out
---@param format any "DecimalSI" (the default), "BinarySI" or "DecimalExponent"
function Quantity.new(value, scale, format) end

---Reads a quantity.
---@param text any a string, or a number as YAML may give one
---@return any
function Quantity.parse(text) end

---The quantity in units, rounded up.
function Quantity.value() end

---@overload fun(name: "wl.facet"): wl.facet
---@overload fun(name: "wl.test"): wl.test
---@overload fun(name: "wl.policy_test"): wl.policy_test
---@overload fun(name: "wl.intstr"): wl.intstr
---@overload fun(name: "wl.duration"): wl.duration
---@overload fun(name: "wl.quantity"): wl.quantity
---@overload fun(name: "wl.strategy"): wl.rollout.Declarator
---@overload fun(name: "wl.retry"): wl.retry.Declarator
---@overload fun(name: "wl.concurrency"): wl.concurrency.Declarator
---@overload fun(name: "wl.placement"): wl.placement.Declarator
---@overload fun(name: "wl.deletion_order"): wl.deletion.Declarator
---@overload fun(name: "wl.history"): wl.history.Declarator
---@overload fun(name: "wl.kind"): wl.KindDeclarator
---@param name string
---@return any
function require(name) end
