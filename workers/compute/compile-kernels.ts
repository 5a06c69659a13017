/**
 * Compiles the AssemblyScript of kernels/ and tensor/kernels/ into kernels-binary.ts beside each
 * (decision 12): `node workers/compute/compile-kernels.ts` after every change there.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const stateKernels = join(import.meta.dirname, "kernels");
const tensorKernels = join(import.meta.dirname, "tensor", "kernels");

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
async function compileKernels(sources: string, features: string): Promise<Uint8Array> {
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

/** What each generated file holds. */
export async function kernelsModules(): Promise<readonly { path: string; text: string }[]> {
  const base64 = async (sources: string, features: string): Promise<string> =>
    Buffer.from(await compileKernels(sources, features)).toString("base64");
  return [
    {
      path: join(import.meta.dirname, "kernels-binary.ts"),
      text: `/** Compiled from kernels/ by compile-kernels.ts: with 128-bit SIMD, and with relaxed SIMD too. */
export const kernelsBinary = {
  plain:
    "${await base64(stateKernels, "simd,threads")}",
  relaxed:
    "${await base64(stateKernels, "simd,threads,relaxed-simd")}",
};
`,
    },
    {
      path: join(import.meta.dirname, "tensor", "kernels-binary.ts"),
      text: `/** Compiled from kernels/ by ../compile-kernels.ts, with 128-bit SIMD. */
export const tensorKernelsBinary =
  "${await base64(tensorKernels, "simd,threads,bulk-memory")}";
`,
    },
  ];
}

if (import.meta.main) {
  for (const { path, text } of await kernelsModules()) writeFileSync(path, text);
}
