import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { identityOf, isIdentity, podDnsName, spiffeId } from "./spiffe-id.ts";

const namesOf = (uri: string, dns: string) => `URI:${uri}, DNS:${dns}`;
const uri = "spiffe://cluster.local/ns/shop/sa/web";
const dns = "web-0.shop.pod.cluster.local";

describe("identities in certificates", () => {
  it("come back as they went in, and no two are alike", () => {
    const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
    const dotted = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("."));
    const identity = fc.record({ namespace: name, serviceAccount: dotted, name: dotted });
    fc.assert(
      fc.property(identity, (each) => {
        expect(isIdentity(each)).toBe(true);
        expect(identityOf(namesOf(spiffeId(each), podDnsName(each)))).toEqual(each);
      }),
    );
  });

  it.each([
    ["no names", undefined],
    ["no URI", `DNS:${dns}`],
    ["no pod", `URI:${uri}`],
    ["two URIs", `URI:${uri}, ${namesOf(uri, dns)}`],
    ["an address besides", `${namesOf(uri, dns)}, IP Address:127.0.0.1`],
    ["another trust domain", namesOf(uri.replace("cluster", "other"), dns)],
    ["the authority's own", namesOf("spiffe://cluster.local", dns)],
    ["a pod of another namespace", namesOf(uri, dns.replace("shop", "data"))],
    ["a query", namesOf(`${uri}?a`, dns)],
    ["a longer path", namesOf(`${uri}/x`, dns)],
    ["capital letters", namesOf(uri.toUpperCase(), dns)],
    ["a name in quotes", `URI:"${uri}, URI:x", DNS:${dns}`],
  ])("%s: nobody", (_title, names) => {
    expect(identityOf(names)).toBeNull();
  });
});
