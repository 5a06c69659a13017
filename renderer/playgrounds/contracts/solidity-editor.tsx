import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { EditorState, type Extension, Transaction } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { type EditorMarks, lineMarks, marksExtension, setMarks } from "./editor-marks.ts";
import classes from "./editor.module.css";
import { solidityColors } from "./solidity-colors.ts";

/** A text that was set rather than typed: not reported back, and not undone. */
const fromOutside = [Transaction.remote.of(true), Transaction.addToHistory.of(false)];

export interface Place {
  readonly line: number;
  readonly column: number;
  /** Another number for each time that it is to be shown. */
  readonly time: number;
}

export interface SolidityEditorProps {
  readonly label: string;
  /** Each file keeps its cursor and what can be undone. */
  readonly file: string;
  readonly value: string;
  /** Without it the text can only be read. */
  readonly onChange?: (value: string) => void;
  readonly marks: EditorMarks;
  readonly place: Place | null;
  readonly onBreakpoint: (line: number) => void;
  readonly onCursor: (line: number) => void;
  /** Keys that are the page's, typing or not; says whether it was one. */
  readonly onKey: (event: KeyboardEvent) => boolean;
}

type Handlers = Pick<SolidityEditorProps, "onChange" | "onBreakpoint" | "onCursor" | "onKey">;

export default function SolidityEditor(props: SolidityEditorProps) {
  const { label, file, value, marks, place } = props;
  const isEditable = props.onChange !== undefined;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const states = useRef(new Map<string, EditorState>());
  const shown = useRef(file);
  const handlers = useRef<Handlers>(props);
  useEffect(() => {
    handlers.current = props;
  });

  useEffect(() => {
    if (!host.current) return undefined;
    const editor = new EditorView({ parent: host.current });
    view.current = editor;
    const kept = states.current;
    return () => {
      editor.destroy();
      view.current = null;
      kept.clear();
    };
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const key = `${isEditable} ${file}`;
    if (shown.current !== key) {
      states.current.set(shown.current, editor.state);
      shown.current = key;
      editor.setState(
        states.current.get(key) ??
          EditorState.create({ doc: value, extensions: extensions(label, isEditable, handlers) }),
      );
    }
    if (editor.state.doc.toString() === value) return;
    editor.dispatch({
      changes: { from: 0, to: editor.state.doc.length, insert: value },
      annotations: fromOutside,
    });
  }, [label, file, value, isEditable]);

  useEffect(() => {
    view.current?.dispatch({ effects: setMarks.of(marks) });
  }, [marks, file, value, isEditable]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || place === null || place.line > editor.state.doc.lines) return;
    const line = editor.state.doc.line(place.line);
    const at = Math.min(line.to, line.from + place.column - 1);
    editor.dispatch({
      selection: { anchor: at },
      effects: EditorView.scrollIntoView(at, { y: "center" }),
    });
    if (isEditable) editor.focus();
    // A place is shown once, when it is asked for.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [place?.time, file]);

  const { currentLine } = marks;
  useEffect(() => {
    const editor = view.current;
    if (!editor || currentLine === null || currentLine > editor.state.doc.lines) return;
    const { from } = editor.state.doc.line(currentLine);
    editor.dispatch({ effects: EditorView.scrollIntoView(from, { y: "nearest", yMargin: 72 }) });
  }, [currentLine, file, value]);

  return <div ref={host} className={classes.editor} data-debug={!isEditable || undefined} />;
}

function extensions(
  label: string,
  isEditable: boolean,
  handlers: React.RefObject<Handlers>,
): Extension[] {
  return [
    lineMarks((line) => handlers.current.onBreakpoint(line)),
    marksExtension,
    solidityColors,
    bracketMatching(),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
    EditorView.domEventHandlers({ keydown: (event) => handlers.current.onKey(event) }),
    EditorView.updateListener.of((update) => {
      if (update.selectionSet) {
        const { head } = update.state.selection.main;
        handlers.current.onCursor(update.state.doc.lineAt(head).number);
      }
    }),
    // Escape, then Tab leaves the editor: CodeMirror's own way out.
    keymap.of([
      ...defaultKeymap.filter(({ key }) => key !== "Mod-Enter"),
      ...historyKeymap,
      ...(isEditable ? [indentWithTab] : []),
    ]),
    isEditable
      ? [
          history(),
          indentOnInput(),
          indentUnit.of("  "),
          EditorView.updateListener.of((update) => {
            const typed = update.transactions.some((one) => !one.annotation(Transaction.remote));
            if (update.docChanged && typed) {
              handlers.current.onChange?.(update.state.doc.toString());
            }
          }),
        ]
      : [EditorState.readOnly.of(true)],
  ];
}
