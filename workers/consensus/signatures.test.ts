import { describe, expect, it } from "vitest";
import { decodeSigned, encodeSigned, signedText } from "./service/agreed-request.ts";
import { digestOf, Signer, verify } from "./signatures.ts";

describe("digestOf", () => {
  it.each([
    ["a", 0, 7929297801672961],
    ["b", 0, 8684336938537663],
    ["revenge", 0, 4051478007546757],
    ["revenue", 0, 8309097637345594],
    ["revenue", 1, 8697026808958300],
    ["revenue", 2, 2021074995066978],
  ])("has the published values of cyrb53: %s, seed %i", (text, seed, digest) => {
    expect(digestOf(text, seed)).toBe(digest);
  });
});

describe("Signer", () => {
  it("signs for one node and one text", () => {
    const signature = new Signer(2).sign("yes");
    expect(verify(2, "yes", signature)).toBe(true);
    expect([
      verify(1, "yes", signature),
      verify(2, "no", signature),
      verify(2, "yes", signature + 1),
    ]).toEqual([false, false, false]);
  });
});

describe("a request that its client has signed", () => {
  const body = 'run 5 1 {"op":"put","key":"k","value":"a b\n c"}';
  const signature = new Signer(7).sign(signedText(3, body));
  const request = { client: 7, request: 3, signature, body };

  it("survives the log, spaces and all", () => {
    expect(decodeSigned(encodeSigned(request))).toEqual(request);
  });

  it.each([
    ["by another client", { ...request, client: 8 }],
    ["under another number", { ...request, request: 4 }],
    ["with another body", { ...request, body: body.replace("put", "cas") }],
  ])("is worth nothing %s", (_title, forged) => {
    expect(decodeSigned(encodeSigned(forged))).toBeNull();
  });

  it("is told from what is no request", () => {
    for (const text of ["", "open", "7 0 3 open", "x y z open", `7 ${signature} 3`]) {
      expect(decodeSigned(text)).toBeNull();
    }
  });
});
