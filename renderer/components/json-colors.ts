/** Colours of JSON by class, so that they follow the theme: CodeMirror's own are for one theme. */
import { syntaxTree } from "@codemirror/language";
import type { Range } from "@codemirror/state";
import { Decoration } from "@codemirror/view";
import { editorColors } from "./editor-colors.ts";

const marks: Readonly<Record<string, Decoration>> = {
  PropertyName: Decoration.mark({ class: "json-name" }),
  String: Decoration.mark({ class: "json-string" }),
  Number: Decoration.mark({ class: "json-number" }),
  True: Decoration.mark({ class: "json-word" }),
  False: Decoration.mark({ class: "json-word" }),
  Null: Decoration.mark({ class: "json-word" }),
};

export const jsonColors = editorColors(
  ({ state, visibleRanges }) => {
    const found: Range<Decoration>[] = [];
    for (const { from, to } of visibleRanges) {
      syntaxTree(state).iterate({
        from,
        to,
        enter: (node) => {
          const mark = marks[node.name];
          if (mark) found.push(mark.range(node.from, node.to));
        },
      });
    }
    return found;
  },
  // The text is parsed in pieces, after it came.
  ({ startState, state }) => syntaxTree(startState) !== syntaxTree(state),
);
