/**
 * How long a request travels. Route length and propagation follow ITU-T Y.1541 (12/2011) appendix
 * III.1: cables are longer than the great circle by 1.5 up to 1,000 km, then at least 1,500 km, and
 * by 1.25 beyond 1,200 km; light takes 5 microseconds a kilometre in fibre (ITU-T G.114, annex A).
 * The cost of routers is an assumption of ours, far below the 2 to 10 ms of that appendix, which
 * counts the queues of 2011.
 */
import type { Position } from "../contract.ts";

/** IUGG mean radius R1. */
const earthRadiusKm = 6_371.008_8;
const propagationMsPerKm = 0.005;
const routerMs = 0.1;
/** At either end of any route. */
const accessRouters = 2;
const kmPerCoreRouter = 1_000;

/** Great-circle distance by the haversine formula, which stays exact for small distances. */
export function greatCircleKm(a: Position, b: Position): number {
  const radians = Math.PI / 180;
  const north = (b.latitude - a.latitude) * radians;
  const east = (b.longitude - a.longitude) * radians;
  const chord =
    Math.sin(north / 2) ** 2 +
    Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * Math.sin(east / 2) ** 2;
  return 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/** Y.1541 appendix III.1. */
export function cableKm(distanceKm: number): number {
  if (distanceKm < 1_000) return 1.5 * distanceKm;
  return distanceKm <= 1_200 ? 1_500 : 1.25 * distanceKm;
}

/** There and back, without any queue at the far end. */
export function roundTripMs(distanceKm: number): number {
  const cable = cableKm(distanceKm);
  const routers = accessRouters + Math.ceil(cable / kmPerCoreRouter);
  return 2 * (cable * propagationMsPerKm + routers * routerMs);
}
