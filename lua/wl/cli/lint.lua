-- SPDX-License-Identifier: MIT
--- `wlrun lint MANIFEST.yaml ...`.
local lint = require "wl.lint"
local manifest_files = require "wl.manifest_files"
local report = require "wl.cli.report"

local command = {}

--- @tparam table options see wl.cli.commands
-- @treturn integer exit status
function command.main(options)
  local ok, documents = pcall(manifest_files.read, options.files)
  if not ok then return (report.bad_input(tostring(documents))) end
  local findings = lint.documents(documents)
  if not options.quiet then io.write(lint.format(findings)) end
  return lint.failed(findings) and 1 or 0
end

return command
