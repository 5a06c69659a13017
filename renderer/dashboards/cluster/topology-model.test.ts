import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nodeSize, pictureOf } from "./topology-model.ts";

const service = fc.record({
  namespace: fc.constantFrom("a", "b", "c"),
  zone: fc.constantFrom("x", "y", ""),
  pods: fc.nat(5),
});
const meshes = fc
  .record({
    services: fc.array(service, { minLength: 1, maxLength: 40 }),
    opened: fc.subarray(["a", "b", "c"]),
  })
  .chain(({ services, opened }) =>
    fc.record({
      opened: fc.constant(new Set(opened)),
      services: fc.constant(services.map((each, at) => ({ ...each, name: `s${at}`, ready: 0 }))),
      traffic: fc.array(
        fc.record({
          from: fc.nat(services.length - 1),
          to: fc.nat(services.length - 1),
          requestsPerSecond: fc.nat(100),
          errorsPerSecond: fc.nat(9),
          p50Ms: fc.constant(null),
          p99Ms: fc.nat(50),
        }),
        { maxLength: 60 },
      ),
    }),
  );

const callsOf = (traffic: readonly { readonly from: number; readonly to: number }[]) =>
  traffic.map(({ from, to }): [number, number] => [from, to]);

describe("the picture of the mesh", () => {
  it("draws each opened service and each closed group once, and no two on one place", () => {
    fc.assert(
      fc.property(meshes, ({ services, opened, traffic }) => {
        const { nodes } = pictureOf(services, traffic, callsOf(traffic), "namespace", opened);
        const expected = new Set(
          services.map(({ namespace, name }) =>
            opened.has(namespace) ? `${namespace}/${name}` : namespace,
          ),
        );
        expect(new Set(nodes.map(({ id }) => id))).toEqual(expected);
        expect(nodes).toHaveLength(expected.size);
        for (const [index, left] of nodes.entries()) {
          for (const right of nodes.slice(index + 1)) {
            const apart =
              Math.abs(left.x - right.x) >= nodeSize.width ||
              Math.abs(left.y - right.y) >= nodeSize.height;
            expect(apart).toBe(true);
          }
        }
      }),
    );
  });

  it("loses no request between what it shows, and moves nothing when only readings change", () => {
    fc.assert(
      fc.property(meshes, ({ services, opened, traffic }) => {
        const picture = pictureOf(services, traffic, callsOf(traffic), "namespace", opened);
        const endOf = (place: number) => {
          const { namespace, name } = services[place]!;
          return opened.has(namespace) ? `${namespace}/${name}` : namespace;
        };
        const between = traffic.filter(({ from, to }) => endOf(from) !== endOf(to));
        const sum = (edges: readonly { requestsPerSecond: number }[]) =>
          edges.reduce((total, { requestsPerSecond }) => total + requestsPerSecond, 0);
        expect(sum(picture.edges)).toBe(sum(between));
        const places = (nodes: typeof picture.nodes) => nodes.map(({ id, x, y }) => ({ id, x, y }));
        const quiet = pictureOf(
          services.map((each) => ({ ...each, ready: 1 })),
          [],
          callsOf(traffic),
          "namespace",
          opened,
        );
        expect(places(quiet.nodes)).toEqual(places(picture.nodes));
      }),
    );
  });
});
