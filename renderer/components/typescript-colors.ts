/** Colours of TypeScript by class. A scanner of tokens is enough for a file of some hundred lines. */
import { editorColors, tokensIn } from "./editor-colors.ts";

const words =
  "as async await break case catch class const continue default delete do else export extends false finally for from function get if implements import in instanceof interface let new null of private public readonly return set static super switch this throw true try type typeof undefined void while yield";
const token = new RegExp(
  [
    String.raw`(?<comment>\/\/.*|\/\*[^]*?\*\/)`,
    String.raw`(?<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\`(?:\\.|[^\`\\])*\`)`,
    String.raw`(?<word>\b(?:${words.replaceAll(" ", "|")})\b)`,
    String.raw`(?<number>\b\d[\w.]*)`,
  ].join("|"),
  "g",
);

export const typescriptColors = editorColors(({ state }) =>
  tokensIn(state.doc.toString(), token, 0),
);
