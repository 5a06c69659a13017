/** Colours of Solidity by class, so that they follow the theme. */
import { RangeSetBuilder } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
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

export const solidityColors = ViewPlugin.define(
  (view) => {
    const plugin = {
      decorations: decorate(view),
      update(update: ViewUpdate) {
        if (update.docChanged || update.viewportChanged) {
          plugin.decorations = decorate(update.view);
        }
      },
    };
    return plugin;
  },
  { decorations: (plugin) => plugin.decorations },
);

/** Read from the start, for comments that began above; marked only where it is seen. */
function decorate(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  const { from, to } = view.viewport;
  for (const token of solidityTokens(view.state.doc.sliceString(0, to))) {
    if (token.to > from) builder.add(token.from, token.to, marks[token.kind]);
  }
  return builder.finish();
}
