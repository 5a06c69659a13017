import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from "@codemirror/language";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import classes from "./json-editor.module.css";
import { jsonColors } from "./json-colors.ts";

export interface JsonEditorProps {
  readonly label: string;
  readonly value: string;
  /** Without it the text can be read and folded only. */
  readonly onChange?: (value: string) => void;
  readonly heightMax?: number;
}

/** CodeMirror draws only what is visible, so that answers of several megabytes stay smooth. */
export default function JsonEditor({ label, value, onChange, heightMax = 320 }: JsonEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const change = useRef(onChange);
  const editable = onChange !== undefined;
  useEffect(() => {
    change.current = onChange;
  }, [onChange]);

  useEffect(() => {
    if (!host.current) return;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        extensions: extensions(label, editable, (text) => change.current?.(text)),
      }),
    });
    view.current = editor;
    return () => {
      editor.destroy();
      view.current = null;
    };
  }, [label, editable]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value, label, editable]);

  return <div ref={host} className={classes.editor} style={{ "--height-max": `${heightMax}px` }} />;
}

function extensions(
  label: string,
  editable: boolean,
  onChange: (text: string) => void,
): Extension[] {
  return [
    lineNumbers(),
    foldGutter(),
    json(),
    jsonColors,
    bracketMatching(),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": label }),
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
