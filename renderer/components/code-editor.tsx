import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from "@codemirror/language";
import { EditorState, type Extension, Transaction } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import classes from "./code-editor.module.css";
import { jsonColors } from "./json-colors.ts";
import { typescriptColors } from "./typescript-colors.ts";
import { yamlColors } from "./yaml-colors.ts";

/** A text that was set rather than typed: not reported back, and not undone. */
const fromOutside = [Transaction.remote.of(true), Transaction.addToHistory.of(false)];

export interface CodeEditorProps {
  readonly label: string;
  readonly value: string;
  /** Without it the text can be read and folded only. */
  readonly onChange?: (value: string) => void;
  readonly language?: "json" | "text" | "typescript" | "yaml";
  readonly heightMin?: number;
  readonly heightMax?: number;
}

/**
 * CodeMirror draws only what is visible, so that answers of several megabytes stay smooth. A text
 * area does not: Chromium takes some 20 s to paste 4,096 lines into one.
 */
export default function CodeEditor(props: CodeEditorProps) {
  const { label, value, onChange, language = "json", heightMin = 0, heightMax = 320 } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef({ value, onChange });
  const editable = onChange !== undefined;
  useEffect(() => {
    latest.current = { value, onChange };
  }, [value, onChange]);

  useEffect(() => {
    if (!host.current) return undefined;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: extensions(label, language, editable, (text) =>
          latest.current.onChange?.(text),
        ),
      }),
    });
    view.current = editor;
    return () => {
      editor.destroy();
      view.current = null;
    };
  }, [label, language, editable]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({
      changes: { from: 0, to: editor.state.doc.length, insert: value },
      annotations: fromOutside,
    });
  }, [value]);

  return (
    <div
      ref={host}
      className={classes.editor}
      style={{ "--height-min": `${heightMin}px`, "--height-max": `${heightMax}px` }}
    />
  );
}

function extensions(
  label: string,
  language: NonNullable<CodeEditorProps["language"]>,
  editable: boolean,
  onChange: (text: string) => void,
): Extension[] {
  return [
    lineNumbers(),
    language === "json" ? [foldGutter(), json(), jsonColors, bracketMatching()] : [],
    language === "typescript" ? [typescriptColors, bracketMatching()] : [],
    language === "yaml" ? [yamlColors, bracketMatching()] : [],
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
    // Tab is left to the focus order; indentation follows the line above.
    keymap.of([...defaultKeymap.filter(({ key }) => key !== "Mod-Enter"), ...historyKeymap]),
    keymap.of(foldKeymap),
    editable
      ? [
          history(),
          indentOnInput(),
          EditorView.updateListener.of((update) => {
            const typed = update.transactions.some((one) => !one.annotation(Transaction.remote));
            if (update.docChanged && typed) onChange(update.state.doc.toString());
          }),
        ]
      : [EditorState.readOnly.of(true)],
  ];
}
