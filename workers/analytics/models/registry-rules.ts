/** What the registry has room for, and what a deletion leaves. */
import type { Lineage } from "../contract-registry.ts";
import type { Reference } from "../core/serving/model-monitor.ts";
import { analyticsProblem } from "../errors.ts";
import { registryLimits } from "./models-limits.ts";
import type { AliasRow, VersionRow } from "./registry-table.ts";

export interface NewVersion {
  readonly name: string;
  /** An ONNX file. */
  readonly bytes: Uint8Array;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly lineage?: Partial<Lineage> & Pick<Lineage, "kind">;
  /** Names of the classes, in the order of the model's numbers. */
  readonly labels?: readonly string[];
  /** What the inputs looked like in training, by column: `input[0]`, ... as drift names them. */
  readonly reference?: Reference;
}

/** A version that a request goes to, and by which alias. */
export interface Resolved {
  readonly row: VersionRow;
  readonly alias: AliasRow | null;
}

/** What a request without a version goes to, where it exists. */
export const servedAlias = "champion";

/** What may change of a version; its file never does. */
export interface VersionChange {
  readonly description?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly loaded?: boolean;
}

interface Room {
  readonly name: string;
  readonly bytes: number;
  readonly models: number;
  readonly isNew: boolean;
  readonly versions: number;
  readonly held: number;
}

/** @throws MODEL_REFUSED, REGISTRY_FULL */
export function refuseWhenFull({ name, bytes, models, isNew, versions, held }: Room): void {
  const { modelsMax, versionsPerModelMax, fileBytesMax, filesBytesMax } = registryLimits;
  if (bytes > fileBytesMax) {
    throw analyticsProblem(
      "MODEL_REFUSED",
      `The file has ${bytes} bytes; ${fileBytesMax} are let in.`,
    );
  }
  if (isNew && models >= modelsMax) throw full(`${modelsMax} models are there`);
  if (versions >= versionsPerModelMax) throw full(`"${name}" has ${versionsPerModelMax} versions`);
  if (held + bytes > filesBytesMax) {
    throw full(`the files take ${held} of ${filesBytesMax} bytes`);
  }
}

export const full = (what: string) =>
  analyticsProblem(
    "REGISTRY_FULL",
    `There is no room: ${what}, counting what can still be restored.`,
  );

/** What is left of an alias; null when nothing is, or all of the model goes. */
export function withoutVersion(alias: AliasRow, version: number | undefined): AliasRow | null {
  if (version === undefined) return null;
  const targets = alias.targets.filter((target) => target.version !== version);
  if (targets.every(({ weight }) => weight === 0)) return null;
  return { ...alias, targets, shadow: alias.shadow === version ? null : alias.shadow };
}
