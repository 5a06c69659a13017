/** Writes .stim circuits; reading them again gives the same circuit. */
import type { StimBlock, StimCircuit, StimInstruction, StimTarget } from "./circuit.ts";
import { numbersText, printBlocks, tagText } from "./statements.ts";

export function printStim(circuit: StimCircuit): string {
  return printBlocks(circuit.body, "REPEAT", isBlock, instructionText);
}

const isBlock = (item: StimInstruction | StimBlock): item is StimBlock => item.kind === "repeat";

function instructionText({ instruction, tag, numbers, targets }: StimInstruction): string {
  let text = `${instruction.name}${tagText(tag)}${numbersText(numbers)}`;
  let joins = false;
  for (const target of targets) {
    if (target.kind === "times") {
      text += "*";
      joins = true;
      continue;
    }
    text += `${joins ? "" : " "}${targetText(target)}`;
    joins = false;
  }
  return text;
}

function targetText(target: Exclude<StimTarget, { kind: "times" }>): string {
  switch (target.kind) {
    case "qubit":
      return `${target.inverted ? "!" : ""}${target.qubit}`;
    case "pauli":
      return `${target.inverted ? "!" : ""}${target.basis}${target.qubit}`;
    case "record":
      return `rec[-${target.back}]`;
    default:
      return `sweep[${target.bit}]`;
  }
}
