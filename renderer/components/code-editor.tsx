import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from "@codemirror/language";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import classes from "./code-editor.module.css";
import { jsonColors } from "./json-colors.ts";

export interface CodeEditorProps {
  readonly label: string;
  readonly value: string;
  /** Without it the text can be read and folded only. */
  readonly onChange?: (value: string) => void;
  readonly language?: "json" | "text";
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
  const change = useRef(onChange);
  const editable = onChange !== undefined;
  useEffect(() => {
    change.current = onChange;
  }, [onChange]);

  useEffect(() => {
    if (!host.current) return undefined;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        extensions: extensions(label, language, editable, (text) => change.current?.(text)),
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
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
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
  language: "json" | "text",
  editable: boolean,
  onChange: (text: string) => void,
): Extension[] {
  return [
    lineNumbers(),
    language === "json" ? [foldGutter(), json(), jsonColors, bracketMatching()] : [],
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
            if (update.docChanged) onChange(update.state.doc.toString());
          }),
        ]
      : [EditorState.readOnly.of(true)],
  ];
}
