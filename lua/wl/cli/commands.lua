-- SPDX-License-Identifier: MIT
--- The commands of wlrun and their options: parsing, help, completion of the
-- shells and the manual page are all made from this table.
--
-- An option: `short` letter; `value` how the help calls its value (nil: a flag);
-- `type` of the value, see wl.cli.options (any text when left out); `many`: may
-- be repeated; `key` in the parsed options (its name when left out); `complete`:
-- "file", "dir" or a list of words, what the shells offer; `help`.
--
-- A command: `usage` after its name; `summary` in one line; `about`, paragraphs;
-- `options`, names in the order of the help; `arguments`: what the shells offer,
-- as `complete` above, or "kinds"; `least` arguments, `wants` in words; `ends_at_scenario`:
-- what follows the name of a scenario is for the scenario; `examples`, each what
-- it does and the line. Command NAME is run by wl.cli.NAME.
local commands = {}

--- The output formats of `-o`.
commands.OUTPUTS = { "table", "wide", "yaml", "json", "name", "jsonpath=", "custom-columns=" }

--- Option by long name.
commands.options = {
  ["all-namespaces"] = { short = "A", key = "all_namespaces",
    help = "manifests: show the objects of all namespaces" },
  ["artifacts"] = { value = "DIR", complete = "dir",
    help = "where a failed test leaves its trace and output (default wlrun-failures)" },
  ["fail-fast"] = { key = "fail_fast", help = "start no more tests after the first failure" },
  ["filename"] = { short = "f", value = "FILE", many = true, complete = "file",
    help = "apply this manifest first, or all manifests of a directory; may be repeated" },
  ["filter"] = { value = "TEXT", help = "run only tests whose name contains this text" },
  ["for"] = { value = "DURATION", type = "duration", key = "length",
    help = "manifests: let at most so much virtual time pass (default 1h)" },
  ["help"] = { short = "h", help = "print help" },
  ["home"] = { value = "DIR", complete = "dir",
    help = "read lua/ and stdlib/ from this directory, not from the program; must come first" },
  ["interactive"] = { short = "i", help = "then go on at the prompt" },
  ["jobs"] = { short = "j", value = "N", type = "count",
    help = "how many tests run at a time (default: one a processor)" },
  ["junit"] = { value = "FILE", complete = "file", help = "write the results as JUnit XML" },
  ["load"] = { value = "FILE", many = true, complete = "file",
    help = "have the kinds and policies that a Lua file returns; may be repeated" },
  ["man"] = { help = "print the manual page, as troff" },
  ["namespace"] = { short = "n", value = "NAME",
    help = "the namespace of what says none (default: default)" },
  ["nodes"] = { value = "N", type = "number",
    help = "nodes of the cluster (default 3); goes before what a scenario says" },
  ["only"] = { value = "TEST", help = "scenarios: run only the test of this name" },
  ["output"] = { short = "o", value = "FORMAT", type = "output", complete = commands.OUTPUTS,
    help = "manifests: how the outcome is printed: table, wide, yaml, json, name, "
      .. "jsonpath=TEMPLATE or custom-columns=TITLE:PATH,...; go-template is not supported" },
  ["promise"] = { value = "NAME", many = true,
    help = "with --runs: switch on a promise that ships, or `all`; may be repeated" },
  ["replay"] = { value = "FILE", complete = "file",
    help = "with --runs: where a run that failed is written (default SCENARIO.replay.json)" },
  ["runs"] = { value = "N", type = "count",
    help = "run one scenario so many times, with other seeds and orders of what happens at the "
      .. "same time" },
  ["share"] = { value = "K/N", hidden = true, help = "only every N-th run, from the K-th on" },
  ["quiet"] = { short = "q", help = "print no warnings and nothing of what happens" },
  ["recursive"] = { help = "the fields of the fields, too" },
  ["report"] = { value = "FILE", complete = "file",
    help = "write what happened as one HTML file, also when the run fails" },
  ["results"] = { value = "FILE", hidden = true, help = "write what became of each test" },
  ["seed"] = { value = "N", type = "integer",
    help = "the seed of all chance (default 1): same seed, same run" },
  ["selector"] = { short = "l", value = "LABELS",
    type = "selector", help = "manifests: show only what has these labels" },
  ["show-labels"] = { key = "show_labels", help = "manifests: a column with all labels" },
  ["sort-by"] = { value = "PATH", key = "sort_by",
    help = "manifests: sort by a field, such as .metadata.creationTimestamp" },
  ["tap"] = { help = "print the results in the Test Anything Protocol" },
  ["timeout"] = { value = "DURATION", type = "duration",
    help = "end a test that takes longer, in real time (default 5m)" },
  ["trace"] = { value = "FILE", complete = "file",
    help = 'write every write as a line of JSON ("-": standard output)' },
  ["verbose"] = { short = "v", help = "tell each event as it happens, on standard error" },
  ["version"] = { help = "print the version" },
  ["with"] = { value = "FILE", complete = "file",
    help = "what the pods do and what strikes: behave, metric, chaos, at, every, as in a "
      .. "scenario; moments count from the apply" },
}

--- Commands in the order of the help.
commands.list = {
  {
    name = "run", summary = "run a scenario, or manifests (also without the word `run`)",
    usage = { "[options] SCENARIO.lua [argument ...]", "[options] MANIFEST.yaml ..." },
    about = {
      "A scenario is run to its end; what follows its name is for the scenario.",
      "Manifests are applied to a cluster of 3 nodes, which runs until nothing changes any more; "
        .. "then it is shown what became of them. `-` is the standard input.",
      "Options that begin with `manifests:` are not for scenarios, which say it themselves: "
        .. 'run "10m", show("pods", { output = "wide" }).',
    },
    options = { "filename", "seed", "nodes", "for", "namespace", "load", "trace", "report",
      "output", "all-namespaces", "selector", "sort-by", "show-labels", "only", "filter", "quiet",
      "verbose", "results" },
    arguments = "file", ends_at_scenario = true, least = 1,
    wants = "a scenario (.lua) or manifests (.yaml)",
    examples = {
      { "a scenario", "wlrun examples/rolling-update.lua" },
      { "a scenario of yours on given manifests, with another seed",
        "wlrun -f web.yaml --seed 7 node-dies.lua" },
      { "what becomes of manifests on five nodes", "wlrun --nodes 5 deployment.yaml service.yaml" },
      { "where the pods are after a minute",
        "wlrun --for 1m -o wide -l app=web deployment.yaml" },
      { "what happened, as a page with charts",
        "wlrun --report out.html examples/node-failure.lua" },
      { "one field of the outcome",
        "wlrun -o jsonpath='{.items[*].status.readyReplicas}' deployment.yaml" },
    },
  },
  {
    name = "repl", summary = "a prompt (also without any word)",
    usage = { "[options] [SCENARIO.lua [argument ...]]" },
    about = {
      "Scenarios typed line by line, and kubectl's words. A scenario is run first, if there is "
        .. "one; -i SCENARIO.lua is the same.",
      "From a pipe the lines are read without a prompt, and the exit status is 1 when one of them "
        .. "failed.",
    },
    options = { "interactive", "filename", "seed", "nodes", "namespace", "load", "trace", "quiet",
      "verbose" },
    arguments = "file", ends_at_scenario = true, least = 0, wants = "a scenario (.lua)",
    examples = {
      { "a cluster of five nodes to play with", "wlrun repl --nodes 5" },
      { "where a scenario ends, at a prompt", "wlrun -i examples/rolling-update.lua" },
      { "one look", "echo 'get pods' | wlrun repl -f web.yaml" },
    },
  },
  {
    name = "check", summary = "run scenarios as tests, several at a time",
    usage = { "[options] FILE|DIR ...", "--runs N [options] SCENARIO.lua [argument ...]" },
    about = {
      "A scenario file is a test; in a directory all *.lua below it are, but those that only "
        .. "return something (kinds, policies, helpers). A manifest that is named is one, "
        .. "too: it passes when everything in it becomes available. Blocks "
        .. 'test("name", function() ... end) in a scenario are tests of their own, each with a '
        .. "fresh cluster.",
      "Of a test that fails, the trace of its writes, a picture of how it went and all that it "
        .. "printed stay in a directory, which is named, beside the command that runs it again.",
      "With --runs one scenario is run many times, each time with another seed, and in another "
        .. "order of what happens at the same time. The first run that breaks a promise is made "
        .. "smaller, told, and written to a file that `wlrun replay` runs again.",
    },
    options = { "jobs", "filter", "fail-fast", "timeout", "junit", "tap", "artifacts", "runs",
      "promise", "replay", "seed", "nodes", "load", "quiet", "verbose", "share", "results" },
    says = { quiet = "tell only what failed", verbose = "tell what tests printed, too" },
    arguments = "file", least = 1, wants = "scenarios (.lua), manifests or directories",
    examples = {
      { "a thousand runs of one, with all promises that ship",
        "wlrun check --runs 1000 --promise all rollout.lua" },
      { "all scenarios of a directory", "wlrun check scenarios/" },
      { "in CI", "wlrun check --junit results.xml --artifacts out scenarios/" },
      { "those about rollouts, until one fails",
        "wlrun check --filter rollout --fail-fast scenarios/" },
    },
  },
  {
    name = "replay", summary = "run again what failed under `check --runs`",
    usage = { "[options] FILE" },
    about = { "Tells the way to the failure. The exit status is 1 when it fails as it did then, "
      .. "2 when it is another run." },
    options = { "report", "verbose" }, arguments = "file", least = 1, most = 1,
    wants = "a file that `wlrun check --runs` wrote",
    examples = { { "with a picture", "wlrun replay --report out.html rollout.replay.json" } },
  },
  {
    name = "plan", summary = "what applying new manifests may come to, before it is done",
    usage = { "[options] OLD.yaml NEW.yaml ..." },
    about = {
      "For each of many seeds the old manifests are applied and settle; then the new ones are "
        .. "applied, and time passes until every workload is rolled out, ready or complete. It "
        .. "says how long that takes, how few pods are available, how many there are at once and "
        .. "what they request, what quotas refuse, and what keeps it from its end and how often. "
        .. "Several new manifests are compared under the same seeds.",
      "--report draws the worst run: the first that did not finish, else the longest. A directory "
        .. "stands for the manifests in it. The exit status is 1 when some run did not finish.",
    },
    options = { "runs", "seed", "with", "for", "nodes", "namespace", "load", "output", "report" },
    says = {
      runs = "how many seeds (default 50)",
      seed = "the first of the seeds (default 1)",
      ["for"] = "let at most so much virtual time pass in a run (default 1h)",
      output = "table or json",
      report = "draw the worst run as one HTML file",
    },
    arguments = "file", least = 2, wants = "the manifests that there are, and new ones",
    examples = {
      { "a rollout, over 50 seeds", "wlrun plan deployed.yaml new.yaml" },
      { "two strategies, while nodes fail",
        "wlrun plan --with faults.lua deployed.yaml fast.yaml careful.yaml" },
      { "for a program", "wlrun plan -o json --runs 200 deployed.yaml new.yaml" },
    },
  },
  {
    name = "lint", says = { quiet = "print nothing: the exit status says it" },
    summary = "what is valid in manifests, and still wrong",
    usage = { "[options] MANIFEST.yaml ..." },
    about = {
      "The manifests are looked at together: selectors that match nothing or each other's pods, "
        .. "budgets that allow nothing, schedules that never fire or that a change of the clock "
        .. "strikes, and so on. Each finding has its place, the field, the reason, and what to "
        .. "write instead. A directory stands for the manifests in it.",
      "The exit status is 1 when there are errors or warnings; notes do not count.",
    },
    options = { "quiet" }, arguments = "file", least = 1, wants = "manifests (.yaml)",
    examples = { { "all manifests of a directory, together", "wlrun lint deploy" } },
  },
  {
    name = "explain", summary = "what a kind's fields mean",
    usage = { "[options] KIND[.FIELD...]" },
    about = { "Types, what is required, defaults and allowed values, as wlrun checks them." },
    options = { "recursive", "load" },
    arguments = "kinds", least = 1, most = 1, wants = "a kind or a field, as in deploy.spec",
    examples = {
      { "a kind", "wlrun explain deployment" },
      { "a field", "wlrun explain deploy.spec.strategy" },
      { "all that is below it", "wlrun explain --recursive cronjob.spec" },
      { "a kind of yours", "wlrun explain --load backup.lua backup.spec" },
    },
  },
  {
    name = "completion", summary = "what a shell needs to complete wlrun's words",
    usage = { "bash|zsh|fish" },
    about = { "Prints a script for the shell." },
    options = {}, arguments = { "bash", "zsh", "fish" }, least = 1, most = 1,
    wants = "a shell: bash, zsh or fish",
    examples = {
      { "bash, for this shell", "source <(wlrun completion bash)" },
      { "zsh, for good", "wlrun completion zsh > ~/.zfunc/_wlrun" },
      { "fish, for good",
        "wlrun completion fish > ~/.config/fish/completions/wlrun.fish" },
    },
  },
  {
    name = "help", summary = "help on a command", usage = { "[COMMAND]" },
    options = { "man" }, arguments = "commands", least = 0, most = 1, wants = "a command",
    examples = {
      { "read the manual page", "wlrun help --man | man -l -" },
    },
  },
}

--- Options that every command takes.
commands.general = { "help", "version", "home" }

--- Exit statuses and what they mean.
commands.EXIT = {
  { 0, "all is as expected" },
  { 1, "an expectation or invariant failed, a workload did not become available, a test failed, "
    .. "lint found something" },
  { 2, "bad input or usage, told on standard error as file:line:column: what is wrong" },
  { 130, "interrupted by Ctrl-C" },
}

--- Variables of the environment.
commands.ENVIRONMENT = {
  { "NO_COLOR", "when it is set and not empty, nothing is coloured" },
  { "WLRUN_HOME", "as --home" },
}

--- The command of a name.
-- @tparam string name
-- @treturn ?table
function commands.find(name)
  for _, command in ipairs(commands.list) do
    if command.name == name then return command end
  end
end

--- The names of all commands, as the help has them.
-- @treturn {string,...}
function commands.names()
  local names = {}
  for i, command in ipairs(commands.list) do names[i] = command.name end
  return names
end

--- The options of a command, those of all commands last; without the hidden ones.
-- @tparam table command
-- @treturn {{name=string,...},...}
function commands.options_of(command)
  local list = {}
  for _, names in ipairs { command.options, commands.general } do
    for _, name in ipairs(names) do
      local option = commands.options[name]
      if not option.hidden then
        list[#list + 1] = setmetatable({ name = name, help = command.says and command.says[name] },
          { __index = option })
      end
    end
  end
  return list
end

return commands
