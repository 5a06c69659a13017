/** A contract to begin with, and its tests. */
import type { Sources } from "../artefact.ts";

export interface Template {
  readonly id: string;
  readonly title: string;
  /** What it does, in a sentence or two. */
  readonly summary: string;
  /** The contract that one deploys, as file:name. */
  readonly contract: string;
  readonly sources: Sources;
}

const head = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
`;

export function solidity(code: string): string {
  return `${head}${code}`;
}
