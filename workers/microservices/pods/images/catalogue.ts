/** The image catalogue: small real programs. */
import { busybox } from "./busybox.ts";
import { echo } from "./echo.ts";
import { failing } from "./failing.ts";
import type { Image } from "./image.ts";
import { keyValue } from "./key-value.ts";
import { loadGenerator } from "./load-generator.ts";
import { memoryHungry } from "./memory-hungry.ts";
import { nginx } from "./nginx.ts";
import { queueWorker } from "./queue-worker.ts";
import { relay } from "./relay.ts";
import { script } from "./script.ts";
import { slow } from "./slow.ts";
import { spin } from "./spin.ts";

export const imageCatalogue: readonly Image[] = [
  nginx,
  echo,
  keyValue,
  queueWorker,
  loadGenerator,
  relay,
  slow,
  failing,
  memoryHungry,
  spin,
  busybox,
  script,
];

export interface ResolvedImage {
  readonly image: Image;
  readonly tag: string;
}

/**
 * Finds an image by its reference, e.g. nginx, nginx:1.27 or docker.io/library/nginx:latest; null when
 * the catalogue does not have it, which is ErrImagePull.
 */
export function resolveImage(reference: string): ResolvedImage | null {
  const short = reference.replace(/^(?:docker\.io\/)?(?:library\/)?/, "");
  const match = /^([a-z0-9][a-z0-9._/-]*)(?::([\w.-]{1,128}))?$/.exec(short);
  if (match === null) return null;
  const [, name = "", given] = match;
  const image = imageCatalogue.find(
    (candidate) => candidate.name === name || candidate.aliases.includes(name),
  );
  if (image === undefined) return null;
  const tag = given ?? image.tags?.[0] ?? "latest";
  return image.tags === null || image.tags.includes(tag) ? { image, tag } : null;
}

/** Why an image is not found, in a registry's words. */
export function pullFailure(reference: string): string {
  const known = imageCatalogue.map(({ name }) => name).join(", ");
  return `failed to resolve reference "${reference}": not found; the catalogue has ${known}`;
}
