-- SPDX-License-Identifier: MIT
--- Pods that want to be near others, or away from them, within a domain; and
-- pods that others want to be away from.
-- Source: kube-scheduler plugin InterPodAffinity.
local Domain = require "wl.scheduler.domain"
local selector = require "wl.selector"
local list = require("wl.value").list

local REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
local PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"

local function namespaces_of(term, pod, nodes)
  local names, seen = {}, {}
  local function add(name)
    if not seen[name] then
      seen[name] = true
      names[#names + 1] = name
    end
  end
  for _, name in ipairs(term.namespaces or {}) do
    add(name)
  end
  if term.namespaceSelector then
    local options = { selector = term.namespaceSelector }
    for _, namespace in ipairs(nodes.ctx:list("Namespace", options)) do
      add(namespace.metadata.name)
    end
  elseif #names == 0 then
    add(pod.metadata.namespace)
  end
  return names, seen
end

-- Does a pod's term speak of another one, or of itself?
local function applies(term, pod, other, nodes)
  local _, set = namespaces_of(term, pod, nodes)
  return term.labelSelector ~= nil and set[other.metadata.namespace] == true
    and selector.from(term.labelSelector):matches(other.metadata.labels or {})
end

-- A term about the pod's neighbours: who counts, where they are, and whether
-- the pod is one of them.
local function read_term(term, pod, nodes)
  local names = namespaces_of(term, pod, nodes)
  local domain = Domain.new(term.topologyKey)
  for node in nodes:each() do
    if node.labels[domain.key] then
      domain:know(node.labels[domain.key])
    end
  end
  domain:add_found(term.labelSelector and nodes:matching(names, term.labelSelector) or {})
  return domain, applies(term, pod, pod, nodes) and 1 or 0
end

local function affinity_rules(terms, pod, nodes)
  local rules, total, all_itself = {}, 0, true
  for i, term in ipairs(terms or {}) do
    local domain, itself = read_term(term, pod, nodes)
    total, all_itself = total + domain.total, all_itself and itself == 1
    rules[i] = {
      key = domain.key,
      check = function(value)
        -- The first of pods that want to be together may go anywhere.
        local first = total == 0 and all_itself
        if not value or (domain:count(value) or 0) == 0 and not first then
          return "node(s) didn't match pod affinity rules", true
        end
      end,
      placed = function(value)
        domain:add(value, itself)
        total = total + itself
      end,
    }
  end
  return rules
end

local function anti_affinity_rules(terms, pod, nodes)
  local rules = {}
  for i, term in ipairs(terms or {}) do
    local domain, itself = read_term(term, pod, nodes)
    rules[i] = {
      key = domain.key,
      check = function(value)
        if (domain:count(value) or 0) > 0 then
          return "node(s) didn't match pod anti-affinity rules"
        end
      end,
      placed = function(value)
        domain:add(value, itself)
      end,
    }
  end
  return rules
end

local function preferred_rules(terms, sign, pod, nodes)
  local rules = {}
  for i, weighted in ipairs(terms or {}) do
    local domain, itself = read_term(weighted.podAffinityTerm, pod, nodes)
    rules[i] = {
      key = domain.key,
      score = function(value)
        return sign * weighted.weight * (domain:count(value) or 0)
      end,
      placed = function(value)
        domain:add(value, itself)
      end,
    }
  end
  return rules
end

-- The domains that pods already placed keep this one out of, by key.
local function forbidden(pod, nodes)
  local keys, by_key = {}, {}
  for _, group in ipairs(nodes.ctx:where("Pod", "anti_affine"):batch()
                         :group_by("spec.affinity", "spec.nodeName", "metadata.namespace")) do
    local other, node = group.batch[1], nodes.by_name[group[2] or ""]
    for _, term in ipairs(node and other.spec.affinity.podAntiAffinity
                          .requiredDuringSchedulingIgnoredDuringExecution or {}) do
      local value = node.labels[term.topologyKey]
      if value and applies(term, other, pod, nodes) then
        if not by_key[term.topologyKey] then
          by_key[term.topologyKey] = {}
          keys[#keys + 1] = term.topologyKey
        end
        by_key[term.topologyKey][value] = true
      end
    end
  end
  return keys, by_key
end

local function existing_rules(pod, nodes)
  local rules = {}
  local keys, by_key = forbidden(pod, nodes)
  for i, key in ipairs(keys) do
    rules[i] = {
      key = key,
      check = function(value)
        if value and by_key[key][value] then
          return "node(s) didn't satisfy existing pods anti-affinity rules"
        end
      end,
    }
  end
  return rules
end

-- ---- which pods are alike ----

-- The terms by which pods, placed or not, want to be apart from others.
local function terms_of_others(nodes)
  return nodes:once("anti-affinity", function()
    local terms = {}
    for _, group in ipairs(nodes.ctx:where("Pod", "anti_affine"):batch()
                           :group_by("spec.affinity.podAntiAffinity", "metadata.namespace")) do
      for _, term in ipairs(group[1][REQUIRED]) do
        terms[#terms + 1] = { term = term, pod = group.batch[1] }
      end
    end
    return terms
  end)
end

local function own_terms(pod)
  local affinity, terms = pod.spec.affinity or {}, {}
  for _, sort in ipairs { affinity.podAffinity or {}, affinity.podAntiAffinity or {} } do
    for _, term in ipairs(sort[REQUIRED] or {}) do
      terms[#terms + 1] = term
    end
    for _, weighted in ipairs(sort[PREFERRED] or {}) do
      terms[#terms + 1] = weighted.podAffinityTerm
    end
  end
  return terms
end

local function reads(pod, nodes)
  local any = #own_terms(pod) > 0 or #terms_of_others(nodes) > 0
  return any and { "metadata.namespace", "metadata.labels" } or {}
end

-- Of a pod's labels, which terms speak of it: its own, by place, and those of others.
local function sees(pod, nodes)
  local own, others = own_terms(pod), {}
  for i, term in ipairs(own) do
    own[i] = applies(term, pod, pod, nodes)
  end
  for _, other in ipairs(terms_of_others(nodes)) do
    if applies(other.term, other.pod, pod, nodes) then
      others[#others + 1] = list { other.term, other.pod.metadata.namespace }
    end
  end
  return list { #own > 0 and pod.metadata.namespace or false, list(own),
                      list(others) }
end

local function is_spoken_of(pod, nodes)
  for _, other in ipairs(terms_of_others(nodes)) do
    if applies(other.term, other.pod, pod, nodes) then
      return true
    end
  end
  return false
end

-- ---- the rule ----

local function prepare(pod, nodes)
  local affinity = pod.spec.affinity or {}
  local near, apart = affinity.podAffinity or {}, affinity.podAntiAffinity or {}
  local domains = {}
  for _, rules in ipairs {
    affinity_rules(near[REQUIRED], pod, nodes),
    anti_affinity_rules(apart[REQUIRED], pod, nodes),
    existing_rules(pod, nodes),
    preferred_rules(near[PREFERRED], 1, pod, nodes),
    preferred_rules(apart[PREFERRED], -1, pod, nodes),
  } do
    table.move(rules, 1, #rules, #domains + 1, domains)
  end
  local fleeting = is_spoken_of(pod, nodes)
  return (#domains > 0 or fleeting) and { domains = domains, fleeting = fleeting } or nil
end

return { name = "InterPodAffinity", changes = "pods", weight = 2, reads = reads, sees = sees,
         prepare = prepare }
