import { type SubsystemId, subsystemIdSchema, subsystems } from "../../workers/service/contract.ts";

/** The thread that served this page: the server writes its id into the document. */
export const servingSubsystem: SubsystemId = subsystemIdSchema
  .catch("gateway")
  .parse(globalThis.document?.documentElement.dataset["subsystem"]);

export function subsystemTitle(id: SubsystemId): string {
  return subsystems.find((row) => row.id === id)?.title ?? id;
}

/** Where a bare `/` leads on the port of a subsystem; null when it stays. */
export function entryRedirect(pathname: string, search: string, id: SubsystemId): string | null {
  const dashboard: string = subsystems.find((row) => row.id === id)?.dashboard ?? "/";
  return pathname === "/" && search === "" && dashboard !== "/" ? dashboard : null;
}
