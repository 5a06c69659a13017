/**
 * Places known by name: cities with large internet exchanges or cloud regions. City coordinates in
 * degrees, rounded to two decimals (about a kilometre).
 */
import type { Position } from "../contract.ts";

export interface Place extends Position {
  readonly name: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
}

const table: readonly (readonly [string, string, number, number])[] = [
  ["Amsterdam", "NL", 52.37, 4.9],
  ["Ashburn", "US", 39.04, -77.49],
  ["Atlanta", "US", 33.75, -84.39],
  ["Auckland", "NZ", -36.85, 174.76],
  ["Bogota", "CO", 4.71, -74.07],
  ["Buenos Aires", "AR", -34.6, -58.38],
  ["Cairo", "EG", 30.04, 31.24],
  ["Cape Town", "ZA", -33.92, 18.42],
  ["Chicago", "US", 41.88, -87.63],
  ["Dallas", "US", 32.78, -96.8],
  ["Dubai", "AE", 25.2, 55.27],
  ["Dublin", "IE", 53.35, -6.26],
  ["Frankfurt", "DE", 50.11, 8.68],
  ["Helsinki", "FI", 60.17, 24.94],
  ["Hong Kong", "HK", 22.32, 114.17],
  ["Istanbul", "TR", 41.01, 28.98],
  ["Jakarta", "ID", -6.21, 106.85],
  ["Johannesburg", "ZA", -26.2, 28.05],
  ["Lagos", "NG", 6.52, 3.38],
  ["Lima", "PE", -12.05, -77.04],
  ["London", "GB", 51.51, -0.13],
  ["Los Angeles", "US", 34.05, -118.24],
  ["Madrid", "ES", 40.42, -3.7],
  ["Marseille", "FR", 43.3, 5.37],
  ["Mexico City", "MX", 19.43, -99.13],
  ["Miami", "US", 25.76, -80.19],
  ["Milan", "IT", 45.46, 9.19],
  ["Montreal", "CA", 45.5, -73.57],
  ["Mumbai", "IN", 19.08, 72.88],
  ["Nairobi", "KE", -1.29, 36.82],
  ["Osaka", "JP", 34.69, 135.5],
  ["Paris", "FR", 48.86, 2.35],
  ["Santiago", "CL", -33.45, -70.67],
  ["Sao Paulo", "BR", -23.55, -46.63],
  ["Seattle", "US", 47.61, -122.33],
  ["Seoul", "KR", 37.57, 126.98],
  ["Singapore", "SG", 1.35, 103.82],
  ["Stockholm", "SE", 59.33, 18.07],
  ["Sydney", "AU", -33.87, 151.21],
  ["Tokyo", "JP", 35.68, 139.69],
  ["Toronto", "CA", 43.65, -79.38],
  ["Vienna", "AT", 48.21, 16.37],
  ["Warsaw", "PL", 52.23, 21.01],
  ["Zurich", "CH", 47.38, 8.54],
];

export const places: readonly Place[] = table.map(([name, country, latitude, longitude]) => ({
  name,
  country,
  latitude,
  longitude,
}));

/** Where clients are that name no place. */
export const defaultClientPlace = "Frankfurt";

/** Where nodes stand when the platform starts. */
export const firstPlaces = [
  "Frankfurt",
  "London",
  "Ashburn",
  "Los Angeles",
  "Sao Paulo",
  "Singapore",
  "Tokyo",
  "Johannesburg",
] as const;

/** Case, accents, spaces and punctuation do not tell places apart. */
export function foldName(name: string): string {
  return name
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

const byName = new Map(places.map((place) => [foldName(place.name), place]));

export function findPlace(name: string): Place | undefined {
  return byName.get(foldName(name));
}

/** The known names that a misspelt one comes closest to. */
export function similarPlaces(name: string, count: number): string[] {
  const wanted = foldName(name);
  return places
    .map((place) => ({ name: place.name, edits: editDistance(wanted, foldName(place.name)) }))
    .toSorted((a, b) => a.edits - b.edits || (a.name < b.name ? -1 : 1))
    .slice(0, count)
    .map((place) => place.name);
}

/** Levenshtein distance by one row of the table. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + change));
    }
    row = next;
  }
  return row[b.length]!;
}
