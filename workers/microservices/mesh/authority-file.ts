/** The authority's keys in the data folder, readable by their owner alone. */
import { chmodSync, readFileSync, renameSync, statSync } from "node:fs";
import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { writeSafely } from "../../service/safe-file.ts";
import type { AuthorityStore, RootGeneration } from "./authority.ts";

const signing = z.strictObject({
  certificatePem: z.string(),
  keyPem: z.string(),
  notBeforeMs: z.number(),
  notAfterMs: z.number(),
});
const content = z.strictObject({
  version: z.literal(1),
  generations: z.array(
    z.strictObject({
      root: signing,
      intermediate: signing,
      signsFromMs: z.number(),
      trustedUntilMs: z.number().nullable(),
    }),
  ),
});

const othersMask = 0o077;

/**
 * @param notice told when the file was damaged and moved aside, or open to others and closed
 * @throws what the file system throws, except that there is no file yet
 */
export function authorityFile(
  home: string,
  now: () => number,
  notice: (message: string) => void,
): AuthorityStore {
  const path = join(home, "mesh-authority.json");
  return {
    read: () => {
      let text: string;
      try {
        text = readFileSync(path, "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
        throw error;
      }
      const isOpen = process.platform !== "win32" && (statSync(path).mode & othersMask) !== 0;
      if (isOpen) {
        chmodSync(path, 0o600);
        notice(`${path} was open to other users, who may have copied the mesh's keys.`);
      }
      const generations = parse(text);
      if (generations !== null) return generations;
      const aside = `${path}.damaged-${now()}`;
      renameSync(path, aside);
      notice(`The mesh's keys were damaged; they are in ${aside} now, and a new root is made.`);
      return [];
    },
    write: (generations) => writeSafely(path, JSON.stringify({ version: 1, generations })),
  };
}

function parse(text: string): readonly RootGeneration[] | null {
  try {
    const { generations } = content.parse(JSON.parse(text));
    const isWhole = generations.every(({ root, intermediate }) => {
      const parent = new X509Certificate(root.certificatePem);
      return new X509Certificate(intermediate.certificatePem).verify(parent.publicKey);
    });
    return isWhole ? generations : null;
  } catch {
    // Not JSON, not of this form, or no certificates: each is a damaged file to the caller.
    return null;
  }
}
