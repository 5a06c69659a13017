/** Failures that are not the content's, after which a replica must not go on as if nothing was. */

/** A stored state that does not hold together. */
export class StateDamaged extends Error {
  override readonly name = "StateDamaged";
}

/** Whether the database failed, so that another replica may have come to something else. */
export function isStoreFailure(error: unknown): boolean {
  return error instanceof StateDamaged || (error as { code?: string }).code === "ERR_SQLITE_ERROR";
}
