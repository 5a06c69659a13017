/** Colours of an editor's text by class, so that they follow the theme. */
import { type Range, RangeSet } from "@codemirror/state";
import { Decoration, type EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";

/** The classes of the small languages, whose token patterns name them as groups. */
const marks: Readonly<Record<string, Decoration>> = {
  comment: Decoration.mark({ class: "code-comment" }),
  name: Decoration.mark({ class: "json-name" }),
  string: Decoration.mark({ class: "json-string" }),
  word: Decoration.mark({ class: "json-word" }),
  number: Decoration.mark({ class: "json-number" }),
};

/**
 * @param colored the ranges to mark, in their order
 * @param needsMore whether an update asks for them anew besides changes of text and view
 */
export function editorColors(
  colored: (view: EditorView) => Iterable<Range<Decoration>>,
  needsMore: (update: ViewUpdate) => boolean = () => false,
) {
  const decorate = (view: EditorView) => RangeSet.of([...colored(view)]);
  return ViewPlugin.define(
    (view) => {
      const plugin = {
        decorations: decorate(view),
        update(update: ViewUpdate) {
          if (update.docChanged || update.viewportChanged || needsMore(update)) {
            plugin.decorations = decorate(update.view);
          }
        },
      };
      return plugin;
    },
    { decorations: (plugin) => plugin.decorations },
  );
}

/** @param token a global pattern whose groups are named as the classes @param start of `text` */
export function* tokensIn(
  text: string,
  token: RegExp,
  start: number,
): Generator<Range<Decoration>> {
  for (const found of text.matchAll(token)) {
    for (const [kind, part] of Object.entries(found.groups ?? {})) {
      const mark = marks[kind];
      if (part === undefined || part === "" || mark === undefined) continue;
      yield mark.range(start + found.index, start + found.index + part.length);
    }
  }
}
