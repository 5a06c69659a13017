import { BlockList } from "node:net";
import fc from "fast-check";
import type { NetworkPolicySpec } from "kubernetes-types/networking/v1";
import { describe, expect, it } from "vitest";
import { isInBlock } from "./ip-block.ts";
import { NetworkPolicies } from "./network-policies.ts";
import { strangerPod, type MeshPod } from "./pod.ts";

const pod = (namespace: string, app: string, ip: string | null = null): MeshPod => ({
  ...strangerPod({ namespace, serviceAccount: "default", name: app }),
  labels: { app },
  namespaceLabels: { team: namespace },
  ip,
  namedPorts: { http: 8_080 },
});
const db = pod("data", "db");
const web = pod("shop", "web", "10.1.2.3");
const api = pod("data", "api");
const policy = (spec: NetworkPolicySpec, namespace = "data") => ({
  metadata: { name: "policy", namespace },
  spec,
});
const all = { podSelector: {} };
const ofDb = { podSelector: { matchLabels: { app: "db" } } };

describe("network policies, as the Kubernetes documentation tells them", () => {
  const cases: [string, [MeshPod, MeshPod, number], NetworkPolicySpec[], string | null][] = [
    ["without a policy everything may pass", [web, db, 80], [], null],
    ["default deny all ingress", [web, db, 80], [all], "ingress"],
    ["default deny all egress", [db, web, 80], [{ ...all, policyTypes: ["Egress"] }], "egress"],
    [
      "egress rules alone do not isolate ingress",
      [web, db, 80],
      [{ ...all, policyTypes: ["Egress"], egress: [] }],
      null,
    ],
    [
      "by default a policy with egress rules isolates both",
      [web, db, 80],
      [{ ...all, egress: [{}] }],
      "ingress",
    ],
    ["allow all ingress", [web, db, 80], [{ ...all, ingress: [{}] }], null],
    [
      "what one policy allows the others do not refuse",
      [web, db, 80],
      [all, { ...all, ingress: [{}] }],
      null,
    ],
    ["a policy that selects other pods", [web, api, 80], [ofDb], null],
    [
      "podSelector means pods of the policy's namespace",
      [api, db, 80],
      [{ ...ofDb, ingress: [{ from: [{ podSelector: { matchLabels: { app: "api" } } }] }] }],
      null,
    ],
    [
      "and of no other one",
      [web, db, 80],
      [{ ...ofDb, ingress: [{ from: [{ podSelector: { matchLabels: { app: "web" } } }] }] }],
      "ingress",
    ],
    [
      "namespaceSelector means all pods of the namespaces",
      [web, db, 80],
      [
        {
          ...ofDb,
          ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: "shop" } } }] }],
        },
      ],
      null,
    ],
    [
      "namespaces have their name as a label",
      [web, db, 80],
      [
        {
          ...ofDb,
          ingress: [
            {
              from: [
                { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "shop" } } },
              ],
            },
          ],
        },
      ],
      null,
    ],
    [
      "both selectors in one entry must hold",
      [web, db, 80],
      [
        {
          ...ofDb,
          ingress: [
            {
              from: [
                {
                  namespaceSelector: { matchLabels: { team: "shop" } },
                  podSelector: { matchLabels: { app: "cart" } },
                },
              ],
            },
          ],
        },
      ],
      "ingress",
    ],
    [
      "in two entries either will do",
      [web, db, 80],
      [
        {
          ...ofDb,
          ingress: [
            {
              from: [
                { namespaceSelector: { matchLabels: { team: "shop" } } },
                { podSelector: { matchLabels: { app: "cart" } } },
              ],
            },
          ],
        },
      ],
      null,
    ],
    ["a port", [web, db, 5_432], [{ ...ofDb, ingress: [{ ports: [{ port: 5_432 }] }] }], null],
    ["another port", [web, db, 80], [{ ...ofDb, ingress: [{ ports: [{ port: 1 }] }] }], "ingress"],
    [
      "a range of ports",
      [web, db, 85],
      [{ ...ofDb, ingress: [{ ports: [{ port: 80, endPort: 90 }] }] }],
      null,
    ],
    [
      "beyond the range",
      [web, db, 91],
      [{ ...ofDb, ingress: [{ ports: [{ port: 80, endPort: 90 }] }] }],
      "ingress",
    ],
    [
      "a port by its name",
      [web, db, 8_080],
      [{ ...ofDb, ingress: [{ ports: [{ port: "http" }] }] }],
      null,
    ],
    [
      "a name that the pod lacks",
      [web, db, 8_080],
      [{ ...ofDb, ingress: [{ ports: [{ port: "toString" }] }] }],
      "ingress",
    ],
    [
      "UDP is not TCP",
      [web, db, 80],
      [{ ...ofDb, ingress: [{ ports: [{ protocol: "UDP" }] }] }],
      "ingress",
    ],
    [
      "ipBlock",
      [web, db, 80],
      [{ ...ofDb, ingress: [{ from: [{ ipBlock: { cidr: "10.0.0.0/8" } }] }] }],
      null,
    ],
    [
      "ipBlock's exceptions",
      [web, db, 80],
      [
        {
          ...ofDb,
          ingress: [{ from: [{ ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] } }] }],
        },
      ],
      "ingress",
    ],
    [
      "ipBlock means nobody without an address",
      [api, db, 80],
      [{ ...ofDb, ingress: [{ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }] }],
      "ingress",
    ],
    [
      "matchExpressions",
      [web, db, 80],
      [
        {
          ...ofDb,
          ingress: [
            {
              from: [
                {
                  namespaceSelector: {},
                  podSelector: {
                    matchExpressions: [{ key: "app", operator: "In", values: ["web", "cart"] }],
                  },
                },
              ],
            },
          ],
        },
      ],
      null,
    ],
    [
      "egress to a port",
      [db, web, 443],
      [{ ...all, policyTypes: ["Egress"], egress: [{ ports: [{ port: 443 }] }] }],
      null,
    ],
  ];
  it.each(cases)("%s", (_title, [source, destination, port], specs, refusedBy) => {
    const policies = new NetworkPolicies(specs.map((spec) => policy(spec)));
    for (let time = 0; time < 2; time++) {
      expect(policies.decide(source, destination, port).refusedBy).toBe(refusedBy);
    }
    const reversed = new NetworkPolicies(specs.toReversed().map((spec) => policy(spec)));
    expect(reversed.decide(source, destination, port).refusedBy).toBe(refusedBy);
  });
});

describe("address blocks", () => {
  const octets = fc
    .array(fc.nat(255), { minLength: 4, maxLength: 4 })
    .map((all4) => all4.join("."));
  it.each([
    ["ipv4", octets, 32],
    ["ipv6", fc.ipV6().filter((text) => !text.includes(".")), 128],
  ] as const)("agree with Node's own, %s", (family, address, bits) => {
    fc.assert(
      fc.property(address, address, fc.nat(bits), fc.boolean(), (net, other, prefix, same) => {
        const list = new BlockList();
        list.addSubnet(net, prefix, family);
        const asked = same ? net : other;
        expect(isInBlock(asked, `${net}/${prefix}`)).toBe(list.check(asked, family));
      }),
    );
  });

  it.each([
    ["10.0.0.1", "10.0.0.0"],
    ["10.0.0.1", "10.0.0.0/33"],
    ["10.0.0.1", "10.0.0/8"],
    ["10.0.0.01", "10.0.0.0/8"],
    ["10.0.0.256", "10.0.0.0/8"],
    ["::1", "0.0.0.0/0"],
    ["1:2:3:4:5:6:7", "::/0"],
    ["1::2::3", "::/0"],
    ["", "::/0"],
  ])("what cannot be read is of no block: %s in %s", (address, cidr) => {
    expect(isInBlock(address, cidr)).toBe(false);
  });
});
