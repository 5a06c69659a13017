/** Reads and writes .dem texts (Stim, doc/file_format_dem_detector_error_model.md). */
import { observablesMax, stimIndexMax } from "./limits.ts";
import type { ModelBlock, ModelInstruction, ModelText } from "./model.ts";
import {
  numbersText,
  printBlocks,
  readBlocks,
  type Statement,
  tagText,
  type Word,
} from "./statements.ts";
import { StimError } from "./stim-error.ts";

/** @throws StimError at the first mistake, with line, column and a hint */
export function parseDem(text: string): ModelText {
  return { body: readBlocks(text, readInstruction) };
}

function readInstruction({ name, tag, numbers, words }: Statement): ModelInstruction {
  switch (name.text.toLowerCase()) {
    case "error":
      return { kind: "error", tag, probability: chanceOf(numbers, name), parts: partsOf(words) };
    case "detector":
      return { kind: "detector", tag, coordinates: numbers, detectors: words.map(detectorOf) };
    case "logical_observable": {
      if (numbers.length > 0) throw new StimError(name, "logical_observable takes no arguments");
      return { kind: "observable", tag, observables: words.map(observableOf) };
    }
    case "shift_detectors": {
      const [count = { text: "0", line: name.line, column: name.column }, more] = words;
      if (more !== undefined) throw new StimError(more, "shift_detectors takes one count");
      return { kind: "shift", tag, coordinates: numbers, detectors: indexOf(count.text, count) };
    }
    default:
      throw new StimError(
        name,
        `there is no instruction ${name.text.slice(0, 60)}`,
        "Models have error, detector, logical_observable, shift_detectors and repeat.",
      );
  }
}

function chanceOf(numbers: readonly number[], name: Word): number {
  const [chance, more] = numbers;
  if (chance === undefined || more !== undefined || chance < 0 || chance > 1) {
    throw new StimError(name, "an error takes one probability from 0 to 1");
  }
  return chance;
}

function partsOf(words: readonly Word[]) {
  const parts: { detectors: number[]; observables: number[] }[] = [];
  let isOpen = false;
  for (const [at, word] of words.entries()) {
    if (word.text === "^") {
      if (!isOpen || at === words.length - 1) {
        throw new StimError(word, "^ stands between two parts of an error");
      }
      isOpen = false;
      continue;
    }
    if (!isOpen) parts.push({ detectors: [], observables: [] });
    isOpen = true;
    if (/^[Dd]/.test(word.text)) parts.at(-1)!.detectors.push(detectorOf(word));
    else parts.at(-1)!.observables.push(observableOf(word));
  }
  return parts;
}

function detectorOf(word: Word): number {
  if (!/^[Dd]\d/.test(word.text)) throw new StimError(word, "a detector is expected", "D3");
  return indexOf(word.text.slice(1), word);
}

function observableOf(word: Word): number {
  if (!/^[Ll]\d/.test(word.text)) throw new StimError(word, "an observable is expected", "L0");
  const observable = indexOf(word.text.slice(1), word);
  if (observable >= observablesMax) {
    throw new StimError(word, `an observable is an integer from 0 to ${observablesMax - 1}`);
  }
  return observable;
}

function indexOf(text: string, word: Word): number {
  const index = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(index <= stimIndexMax)) {
    throw new StimError(word, `an integer from 0 to ${stimIndexMax} is expected`);
  }
  return index;
}

/** Reading the text again gives the same model. */
export function printDem(model: ModelText): string {
  return printBlocks(model.body, "repeat", isBlock, instructionText);
}

const isBlock = (item: ModelInstruction | ModelBlock): item is ModelBlock => item.kind === "repeat";

function instructionText(instruction: ModelInstruction): string {
  const tag = tagText(instruction.tag);
  switch (instruction.kind) {
    case "error": {
      const parts = instruction.parts.map(({ detectors, observables }) =>
        [...detectors.map((at) => `D${at}`), ...observables.map((at) => `L${at}`)].join(" "),
      );
      return ["error", tag, `(${instruction.probability})`, parts.length > 0 ? " " : ""]
        .join("")
        .concat(parts.join(" ^ "));
    }
    case "detector": {
      const detectors = instruction.detectors.map((at) => ` D${at}`).join("");
      return `detector${tag}${numbersText(instruction.coordinates)}${detectors}`;
    }
    case "observable":
      return `logical_observable${tag}${instruction.observables.map((at) => ` L${at}`).join("")}`;
    default:
      return `shift_detectors${tag}${numbersText(instruction.coordinates)} ${instruction.detectors}`;
  }
}
