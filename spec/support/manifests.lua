-- SPDX-License-Identifier: MIT
--- Manifests that many specs apply.
local manifests = {}

--- A Deployment `web` of nginx.
-- @tparam ?{[string]=string} change gsub patterns and replacements
function manifests.web(change)
  local text = [[
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - name: web
        image: nginx:1.14
]]
  for pattern, replacement in pairs(change or {}) do
    local count
    text, count = text:gsub(pattern, replacement)
    assert(count == 1, pattern .. " is not in the manifest just once")
  end
  return text
end

--- A ConfigMap.
function manifests.config(name)
  return ("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s\n"):format(name)
end

return manifests
