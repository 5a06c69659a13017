/** The overloads of Hardhat's `console.log`. */

const basic = ["uint256", "string", "bool", "address"] as const;

const argumentsMax = 4;

/** Every list of up to four of the basic types: 341 of them, the empty one first. */
export function consoleTypes(): string[][] {
  const lists: string[][] = [[]];
  let longest: string[][] = [[]];
  for (let count = 1; count <= argumentsMax; count++) {
    longest = longest.flatMap((list) => basic.map((type) => [...list, type]));
    lists.push(...longest);
  }
  return lists;
}

/** Types with a function of their own, such as logBytes32. */
export const bareTypes: readonly string[] = [
  "int256",
  "uint256",
  "string",
  "bool",
  "address",
  "bytes",
  ...Array.from({ length: 32 }, (_, index) => `bytes${index + 1}`),
];
