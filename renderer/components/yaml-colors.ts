/** Colours of YAML by class, of the lines in view. */
import type { EditorView } from "@codemirror/view";
import { editorColors, tokensIn } from "./editor-colors.ts";

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

export const yamlColors = editorColors(function* colored({ state, visibleRanges }: EditorView) {
  let place = 0;
  for (const { from, to } of visibleRanges) {
    place = Math.max(place, from);
    while (place <= to) {
      const line = state.doc.lineAt(place);
      yield* tokensIn(line.text, token, line.from);
      place = line.to + 1;
    }
  }
});
