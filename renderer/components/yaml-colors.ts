/** Colours of YAML by class, of the lines in view. */
import { RangeSetBuilder } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";

const token = new RegExp(
  [
    String.raw`(?<comment>(?:^|(?<=\s))#.*)`,
    String.raw`(?<name>(?<=^\s*(?:-\s+)*)(?:"(?:\\.|[^"\\])*"|'[^']*'|[^\s#'"\-:][^\s:]*(?: [^\s:#]+)*|-[^\s:]+)(?=:(?:\s|$)))`,
    String.raw`(?<string>"(?:\\.|[^"\\])*"|'(?:''|[^'])*')`,
    String.raw`(?<word>(?<=[:\-,[]\s*)(?:true|false|null|~)(?=\s*(?:[,\]}#]|$))|^---|^\.\.\.)`,
    String.raw`(?<number>(?<=[:\-,[]\s+)-?\d[\d.]*(?:e[-+]?\d+)?(?=\s*(?:[,\]}#]|$)))`,
  ].join("|"),
  "g",
);

const marks = {
  comment: Decoration.mark({ class: "code-comment" }),
  name: Decoration.mark({ class: "json-name" }),
  string: Decoration.mark({ class: "json-string" }),
  word: Decoration.mark({ class: "json-word" }),
  number: Decoration.mark({ class: "json-number" }),
} as const;

export const yamlColors = ViewPlugin.define(
  (view) => {
    const plugin = {
      decorations: decorate(view),
      update(update: ViewUpdate) {
        if (update.docChanged || update.viewportChanged) plugin.decorations = decorate(update.view);
      },
    };
    return plugin;
  },
  { decorations: (plugin) => plugin.decorations },
);

function decorate({ state, visibleRanges }: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  let place = 0;
  for (const { from, to } of visibleRanges) {
    place = Math.max(place, from);
    while (place <= to) {
      const line = state.doc.lineAt(place);
      for (const found of line.text.matchAll(token)) {
        for (const [kind, text] of Object.entries(found.groups ?? {})) {
          if (text === undefined) continue;
          const start = line.from + found.index;
          builder.add(start, start + text.length, marks[kind as keyof typeof marks]);
        }
      }
      place = line.to + 1;
    }
  }
  return builder.finish();
}
