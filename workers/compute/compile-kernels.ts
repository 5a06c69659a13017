/**
 * Compiles the AssemblyScript of kernels/ into kernels-binary.ts (decision 12):
 * `node workers/compute/compile-kernels.ts` after every change there.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const sources = join(import.meta.dirname, "kernels");
const target = join(import.meta.dirname, "kernels-binary.ts");

/** A name that the type checker does not follow: the package's types redeclare Array and others. */
const compiler: string = "assemblyscript/asc";

interface Compiler {
  readonly main: (
    options: readonly string[],
    host: {
      readFile(name: string): string | null;
      writeFile(name: string, contents: string | Uint8Array): void;
      listFiles(): readonly string[];
    },
  ) => Promise<{ readonly error: Error | null; readonly stderr: { toString(): string } }>;
}

/** 4 GiB, all that 32-bit addresses reach. */
const pagesMax = 65_536;

const options =
  "index.ts --outFile kernels.wasm -O3 --noAssert --runtime stub --importMemory --sharedMemory " +
  `--initialMemory 1 --maximumMemory ${pagesMax}`;

/** @throws Error with the compiler's message */
export async function compileKernels(features: string): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { main } = (await import(compiler)) as Compiler;
  const { error, stderr } = await main(`${options} --enable ${features}`.split(" "), {
    // The compiler wants .ts; the sources are .as, so that no tool takes them for TypeScript.
    readFile: (name) => {
      if (!/^[a-z]+\.ts$/.test(basename(name))) return null;
      try {
        return readFileSync(join(sources, basename(name).replace(/ts$/, "as")), "utf8");
      } catch {
        return null;
      }
    },
    writeFile: (_, contents) => {
      if (typeof contents !== "string") binary = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === undefined) {
    throw new Error(`the kernels do not compile: ${error?.message ?? ""}\n${stderr.toString()}`);
  }
  return binary;
}

export async function kernelsModule(): Promise<string> {
  const plain = Buffer.from(await compileKernels("simd,threads")).toString("base64");
  const relaxed = Buffer.from(await compileKernels("simd,threads,relaxed-simd")).toString("base64");
  return `/** Compiled from kernels/ by compile-kernels.ts: with 128-bit SIMD, and with relaxed SIMD too. */
export const kernelsBinary = {
  plain:
    "${plain}",
  relaxed:
    "${relaxed}",
};
`;
}

if (import.meta.main) writeFileSync(target, await kernelsModule());
