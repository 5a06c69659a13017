/** Where every port listens; null for a subsystem without one. */
import { subsystems, type SubsystemId } from "./contract.ts";

export type PortTable = Readonly<Record<SubsystemId, number | null>>;

export function portTable(portBase: number): PortTable {
  const entries = subsystems.map(({ id, portOffset }) => [
    id,
    portOffset === null ? null : portBase + portOffset,
  ]);
  return Object.fromEntries(entries) as PortTable;
}
