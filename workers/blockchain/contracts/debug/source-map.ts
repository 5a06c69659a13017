/** Source maps of the compiler, unpacked (its manual, "Source Mappings"), and where instructions begin. */

export interface CodeLocation {
  /** Bytes into the source. */
  readonly start: number;
  readonly length: number;
  /** By the compilation's numbers; -1 belongs to no source. */
  readonly file: number;
  /** Into a function, out of one, or neither. */
  readonly jump: "i" | "o" | "-";
  /** How many modifiers are entered. */
  readonly modifierDepth: number;
}

/** One location for each instruction; an empty field repeats the one before. */
export function decodeSourceMap(sourceMap: string): CodeLocation[] {
  if (sourceMap === "") return [];
  const last = {
    start: 0,
    length: 0,
    file: -1,
    jump: "-" as CodeLocation["jump"],
    modifierDepth: 0,
  };
  return sourceMap.split(";").map((entry) => {
    const [start, length, file, jump, modifierDepth] = entry.split(":");
    if (start) last.start = Number(start);
    if (length) last.length = Number(length);
    if (file) last.file = Number(file);
    if (jump) last.jump = jump as CodeLocation["jump"];
    if (modifierDepth) last.modifierDepth = Number(modifierDepth);
    return { ...last };
  });
}

const push1 = 0x60;
const push32 = 0x7f;

/** @returns for each byte of code the number of the instruction that begins there, -1 for data */
export function instructionsByPc(code: Uint8Array): Int32Array {
  const numbers = new Int32Array(code.length).fill(-1);
  let number = 0;
  for (let pc = 0; pc < code.length; pc++) {
    numbers[pc] = number++;
    const op = code[pc] as number;
    if (op >= push1 && op <= push32) pc += op - push1 + 1;
  }
  return numbers;
}
