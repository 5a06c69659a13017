/** Colours of Solidity by class, so that they follow the theme. */
import { Decoration } from "@codemirror/view";
import { editorColors } from "../../components/editor-colors.ts";
import { solidityTokens, type TokenKind } from "./solidity-tokens.ts";

const marks: Readonly<Record<TokenKind, Decoration>> = {
  comment: Decoration.mark({ class: "sol-comment" }),
  text: Decoration.mark({ class: "sol-text" }),
  number: Decoration.mark({ class: "sol-number" }),
  unit: Decoration.mark({ class: "sol-number" }),
  word: Decoration.mark({ class: "sol-word" }),
  type: Decoration.mark({ class: "sol-type" }),
  known: Decoration.mark({ class: "sol-type" }),
};

/** Read from the start, for comments that began above; marked only where it is seen. */
export const solidityColors = editorColors(function* colored({ state, viewport: { from, to } }) {
  for (const token of solidityTokens(state.doc.sliceString(0, to))) {
    if (token.to > from) yield marks[token.kind].range(token.from, token.to);
  }
});
