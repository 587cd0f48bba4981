-- SPDX-License-Identifier: MIT
-- What a Service may say. A case: what it is about, YAML, what is said against it.
-- (pkg/apis/core/validation: ValidateService, ValidateServiceUpdate)
local refusals = require "spec.support.refusals"

local NEW = "apiVersion: v1\nkind: Service"
local PORT = "ports: [{ port: 80 }]"

local function spec(fields) return ("spec: { %s, %s }"):format(PORT, fields) end

describe("a Service:", function()
  refusals.created(NEW, {
    { "ports", "spec: { ports: [{ port: 0 }, { name: a, port: 1, targetPort: 70000 }, "
        .. "{ name: a, port: 1, protocol: X }] }",
      "spec.ports[0].name required", "spec.ports[0].port invalid",
      "spec.ports[0].targetPort invalid", "spec.ports[1].targetPort invalid",
      "spec.ports[2].name duplicate", "spec.ports[2].protocol unsupported" },
    { "names of ports", "spec: { ports: [{ name: A_b, port: 1, targetPort: a_b, "
        .. "appProtocol: 'a b' }] }",
      "spec.ports[0].name invalid", "spec.ports[0].targetPort invalid",
      "spec.ports[0].appProtocol invalid" },
    { "a port twice", "spec: { ports: [{ name: a, port: 1 }, { name: b, port: 1 }, "
        .. "{ name: c, port: 1, protocol: UDP }] }", "spec.ports[1] duplicate" },
    { "a node port twice", "spec: { type: NodePort, ports: [{ name: a, port: 1, nodePort: 30001 "
        .. "}, { name: b, port: 2, nodePort: 30001 }] }", "spec.ports[1].nodePort duplicate" },
    { "no ports", "spec: { selector: { a: b } }", "spec.ports required" },
    { "no ports, and no address", "spec: { clusterIP: None, selector: { a: b } }" },
    { "a selector", spec "selector: { 'a b': c }", "spec.selector invalid" },
    { "an affinity", spec "sessionAffinity: X", "spec.sessionAffinity unsupported" },
    { "an affinity's time", spec("sessionAffinity: ClientIP, sessionAffinityConfig: { clientIP: "
        .. "{ timeoutSeconds: 86401 } }"), "spec.sessionAffinityConfig.clientIP.timeoutSeconds "
        .. "invalid" },
    { "node ports without a node", "spec: { ports: [{ port: 1, nodePort: 30000 }] }",
      "spec.ports[0].nodePort forbidden" },
    { "a name that is no label of DNS", "metadata: { name: 1a }\n" .. spec "type: ClusterIP",
      "metadata.name invalid" },
    { "a type", spec "type: X", "spec.type unsupported" },
    { "addresses", spec "clusterIP: a, externalIPs: [127.0.0.1, b]", "spec.clusterIPs[0] invalid",
      "spec.externalIPs[0] invalid", "spec.externalIPs[1] invalid" },
    { "addresses that disagree", spec "clusterIP: 10.0.0.1, clusterIPs: [10.0.0.2]",
      "spec.clusterIPs invalid" },
    { "three addresses", spec "clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1, 'fd00::1', 10.0.0.2]",
      "spec.clusterIPs invalid" },
    { "families", spec "ipFamilies: [IPv4, IPv4], ipFamilyPolicy: X",
      "spec.ipFamilies[1] duplicate", "spec.ipFamilyPolicy unsupported" },
    { "none and one", spec "clusterIP: None, clusterIPs: [None, 10.0.0.1]",
      "spec.clusterIPs invalid" },
  })

  refusals.changed(NEW .. "\n" .. spec
      "clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1], ipFamilies: [IPv4]", {
    { "its address", "spec: { clusterIP: 10.0.0.2, clusterIPs: [10.0.0.2] }",
      "spec.clusterIPs[0] invalid" },
    { "its family", "spec: { ipFamilies: [IPv6] }", "spec.clusterIPs[0] invalid",
      "spec.ipFamilies[0] invalid" },
    { "to an external name", "spec: { type: ExternalName, externalName: a.example.com, "
        .. "ports: null }" },
    { "ports", "spec: { ports: [] }", "spec.ports required" },
  })

  refusals.changed(NEW .. "\n" .. spec("clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1, 'fd00::1'], "
      .. "ipFamilies: [IPv4, IPv6], ipFamilyPolicy: RequireDualStack"), {
    { "one address less", "spec: { clusterIPs: [10.0.0.1], ipFamilies: [IPv4] }",
      "spec.ipFamilyPolicy invalid" },
    { "one address less, as it says",
      "spec: { clusterIPs: [10.0.0.1], ipFamilies: [IPv4], ipFamilyPolicy: SingleStack }" },
  })
end)

describe("a Service of another type:", function()
  refusals.created(NEW, {
    { "an external name", "spec: { type: ExternalName }", "spec.externalName required" },
    { "an external name that is none", "spec: { type: ExternalName, externalName: A_ }",
      "spec.externalName invalid" },
    { "an external name with a dot", "spec: { type: ExternalName, externalName: a.b. }" },
    { "an external name with an address",
      "spec: { type: ExternalName, externalName: a, clusterIP: 10.0.0.1 }",
      "spec.clusterIPs forbidden" },
    { "a balancer without address", spec "type: LoadBalancer, clusterIP: None",
      "spec.clusterIPs[0] invalid" },
    { "the kubelets' port", "spec: { type: LoadBalancer, ports: [{ port: 10250 }] }",
      "spec.ports[0] invalid" },
    { "who may come in", spec "type: LoadBalancer, loadBalancerSourceRanges: [x, ' 10.0.0.0/8']",
      "spec.LoadBalancerSourceRanges[0] invalid" },
    { "who may come in, where nobody does", spec "loadBalancerSourceRanges: [10.0.0.0/8]",
      "spec.LoadBalancerSourceRanges forbidden" },
    { "who may come in, of long ago", "metadata: { annotations: { "
        .. "service.beta.kubernetes.io/load-balancer-source-ranges: '10.0.0.0/8, x' } }\n"
        .. spec "type: LoadBalancer",
      "metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges] invalid" },
    { "a balancer's fields", spec "allocateLoadBalancerNodePorts: true, loadBalancerClass: a",
      "spec.allocateLoadBalancerNodePorts forbidden", "spec.loadBalancerClass forbidden" },
    { "policies", spec("type: NodePort, externalTrafficPolicy: X, internalTrafficPolicy: W, "
        .. "trafficDistribution: Z"),
      "spec.externalTrafficPolicy unsupported", "spec.internalTrafficPolicy unsupported",
      "spec.trafficDistribution unsupported" },
    { "a policy for nobody", spec "externalTrafficPolicy: Local",
      "spec.externalTrafficPolicy invalid" },
    { "a port for health checks", spec "type: LoadBalancer, healthCheckNodePort: 30000",
      "spec.healthCheckNodePort invalid" },
  })

  refusals.changed(NEW .. "\n" .. spec "type: LoadBalancer, loadBalancerClass: a.b/c", {
    { "its class", "spec: { loadBalancerClass: a.b/d }", "spec.loadBalancerClass invalid" },
    { "its type", "spec: { type: ClusterIP }" },
  })

  refusals.reported(NEW .. "\n" .. spec "type: LoadBalancer", {
    { "where it is", "status: { loadBalancer: { ingress: [{ ip: x }, { hostname: A_ }, "
        .. "{ hostname: 10.0.0.1 }] } }",
      "status.loadBalancer.ingress[0].ip invalid", "status.loadBalancer.ingress[1].hostname "
      .. "invalid", "status.loadBalancer.ingress[2].hostname invalid" },
  })
end)
