/** Colours of TypeScript by class. A scanner of tokens is enough for a file of some hundred lines. */
import { RangeSetBuilder } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";

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

const marks = {
  comment: Decoration.mark({ class: "code-comment" }),
  string: Decoration.mark({ class: "json-string" }),
  word: Decoration.mark({ class: "json-word" }),
  number: Decoration.mark({ class: "json-number" }),
} as const;

export const typescriptColors = ViewPlugin.define(
  (view) => {
    const plugin = {
      decorations: decorate(view),
      update(update: ViewUpdate) {
        if (update.docChanged) plugin.decorations = decorate(update.view);
      },
    };
    return plugin;
  },
  { decorations: (plugin) => plugin.decorations },
);

function decorate(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const found of view.state.doc.toString().matchAll(token)) {
    for (const [kind, text] of Object.entries(found.groups ?? {})) {
      if (text === undefined) continue;
      builder.add(found.index, found.index + text.length, marks[kind as keyof typeof marks]);
    }
  }
  return builder.finish();
}
