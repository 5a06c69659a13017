/**
 * Completes package-lock.json: npm leaves out the optional packages of other systems when the
 * registry at hand does not carry them, and `npm ci` then refuses the lock file. Run it after every
 * change of the dependencies: `npm run lock`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface LockEntry {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
interface LockFile {
  packages: Record<string, LockEntry>;
}
interface Missing {
  readonly name: string;
  readonly version: string;
}

const file = join(import.meta.dirname, "..", "package-lock.json");
const systems = [
  "android",
  "darwin",
  "freebsd",
  "linux",
  "openharmony",
  "win32",
  "netbsd",
  "openbsd",
  "sunos",
  "aix",
];
const processors = /(wasm32|arm64|x64|ia32|ppc64|riscv64|s390x|loong64|arm)(?=-|$|eabi)/;

/** Optional packages that an entry names and no folder above it provides. */
export function missingOptional({ packages }: LockFile): Missing[] {
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !provided(packages, path, name))
      .map(([name, version]) => ({ name, version })),
  );
}

function provided(packages: LockFile["packages"], from: string, name: string): boolean {
  for (
    let folder = from;
    ;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))
  ) {
    const path = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (path in packages) return true;
    if (folder === "") return false;
  }
}

function entryFor({ name, version }: Missing): object {
  if (!/^\d/.test(version)) throw new Error(`${name}@${version} is a range; add it by hand.`);
  const os = systems.find((system) => name.includes(system));
  const cpu = processors.exec(name)?.[1];
  const libc = /-(musl|musleabihf)$/.test(name)
    ? "musl"
    : /-(gnu|gnueabihf)$/.test(name)
      ? "glibc"
      : undefined;
  return {
    version,
    ...(cpu && { cpu: [cpu] }),
    dev: true,
    ...(libc && os === "linux" && { libc: [libc] }),
    optional: true,
    ...(os && { os: [os] }),
  };
}

if (import.meta.main) {
  const lock = JSON.parse(readFileSync(file, "utf8")) as LockFile;
  const missing = missingOptional(lock);
  for (const each of missing) lock.packages[`node_modules/${each.name}`] = entryFor(each);
  const sorted = Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1));
  lock.packages = Object.fromEntries(sorted);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`Added ${missing.length} optional packages of other systems.`);
}
