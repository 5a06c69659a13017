import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cableKm, greatCircleKm, roundTripMs } from "./network-model.ts";
import { findPlace, firstPlaces, places, similarPlaces } from "./places.ts";

const position = fc.record({
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
});

describe("great-circle distance", () => {
  it("agrees with the angle between two vectors", () => {
    fc.assert(
      fc.property(position, position, (a, b) => {
        const vector = ({ latitude, longitude }: typeof a) => {
          const [north, east] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180];
          return [
            Math.cos(north) * Math.cos(east),
            Math.cos(north) * Math.sin(east),
            Math.sin(north),
          ] as const;
        };
        const [u, v] = [vector(a), vector(b)];
        const dot = u[0] * v[0] + u[1] * v[1] + u[2] * v[2];
        const cross = Math.hypot(
          u[1] * v[2] - u[2] * v[1],
          u[2] * v[0] - u[0] * v[2],
          u[0] * v[1] - u[1] * v[0],
        );
        // A millimetre; next to antipodes the haversine formula itself is good to a metre or so.
        const tolerance = dot < -0.999_999 ? 0.01 : 1e-6;
        const expected = 6_371.008_8 * Math.atan2(cross, dot);
        expect(Math.abs(greatCircleKm(a, b) - expected)).toBeLessThan(tolerance);
      }),
    );
  });

  it("is a quarter of the equator from pole to equator", () => {
    const pole = { latitude: 90, longitude: 0 };
    const equator = { latitude: 0, longitude: 123 };
    expect(greatCircleKm(pole, equator)).toBeCloseTo((Math.PI / 2) * 6_371.008_8, 6);
  });
});

describe("the network model", () => {
  it("lengthens routes as ITU-T Y.1541 appendix III.1 does", () => {
    expect([400, 999, 1_000, 1_100, 1_200, 2_000].map(cableKm)).toEqual([
      600, 1_498.5, 1_500, 1_500, 1_500, 2_500,
    ]);
  });

  it("never answers faster than light in fibre, nor a farther place sooner", () => {
    const distance = fc.double({ min: 0, max: 20_015, noNaN: true });
    fc.assert(
      fc.property(distance, distance, (a, b) => {
        expect(roundTripMs(a)).toBeGreaterThan((2 * a) / 200);
        if (a <= b) expect(roundTripMs(a)).toBeLessThanOrEqual(roundTripMs(b));
      }),
    );
  });
});

describe("places", () => {
  it("are some forty, each once, with coordinates on Earth", () => {
    expect(places.length).toBeGreaterThanOrEqual(40);
    expect(new Set(places.map(({ name }) => name)).size).toBe(places.length);
    for (const { latitude, longitude, country } of places) {
      expect(Math.abs(latitude)).toBeLessThanOrEqual(90);
      expect(Math.abs(longitude)).toBeLessThanOrEqual(180);
      expect(country).toMatch(/^[A-Z]{2}$/);
    }
    expect(firstPlaces.every((name) => findPlace(name) !== undefined)).toBe(true);
  });

  it("are as far apart as atlases say", () => {
    const between = (a: string, b: string) => greatCircleKm(findPlace(a)!, findPlace(b)!);
    expect(between("London", "Paris")).toBeCloseTo(344, -1);
    expect(between("Tokyo", "Los Angeles") / 8_815).toBeCloseTo(1, 2);
    expect(between("Sydney", "Auckland") / 2_156).toBeCloseTo(1, 2);
  });

  it("are found whatever their case, accents and spaces, and suggested when misspelt", () => {
    expect(findPlace("  são-PAULO ")?.name).toBe("Sao Paulo");
    expect(findPlace("Zürich")?.name).toBe("Zurich");
    expect(findPlace("Atlantis")).toBeUndefined();
    expect(similarPlaces("Frankfrut", 1)).toEqual(["Frankfurt"]);
  });
});
