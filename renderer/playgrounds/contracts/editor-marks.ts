/** What stands at the lines of a source: errors, breakpoints, the line that runs, gas. */
import { RangeSet, StateEffect, StateField, type Text } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  gutter,
  GutterMarker,
  lineNumbers,
} from "@codemirror/view";
import type { Diagnostic } from "./answers.ts";
import type { LineHeat } from "./heat.ts";

export interface EditorMarks {
  readonly diagnostics: readonly Diagnostic[];
  readonly breakpoints: readonly number[];
  readonly currentLine: number | null;
  readonly heat: ReadonlyMap<number, LineHeat> | null;
}

export const setMarks = StateEffect.define<EditorMarks>();

interface Marked {
  readonly decorations: DecorationSet;
  readonly points: RangeSet<GutterMarker>;
  readonly heat: RangeSet<GutterMarker>;
}

const none: Marked = { decorations: Decoration.none, points: RangeSet.empty, heat: RangeSet.empty };

const field = StateField.define<Marked>({
  create: () => none,
  update(before, transaction) {
    const { changes } = transaction;
    let marked = before;
    if (transaction.docChanged) {
      marked = {
        decorations: before.decorations.map(changes),
        points: before.points.map(changes),
        heat: before.heat.map(changes),
      };
    }
    for (const effect of transaction.effects) {
      if (effect.is(setMarks)) marked = markedBy(effect.value, transaction.state.doc);
    }
    return marked;
  },
  provide: (self) => EditorView.decorations.from(self, ({ decorations }) => decorations),
});

class PointMarker extends GutterMarker {
  readonly kind: string;
  readonly title: string;

  constructor(kind: string, title: string) {
    super();
    this.kind = kind;
    this.title = title;
  }

  override eq(other: PointMarker): boolean {
    return other.kind === this.kind && other.title === this.title;
  }

  override toDOM(): Node {
    const element = document.createElement("span");
    element.className = "point";
    element.dataset["kind"] = this.kind;
    element.title = this.title;
    element.textContent = signs[this.kind] ?? "";
    return element;
  }
}

const signs: Readonly<Record<string, string>> = {
  error: "✕",
  warning: "▲",
  info: "i",
  breakpoint: "●",
  current: "▶",
};

class HeatMarker extends GutterMarker {
  readonly heat: LineHeat;

  constructor(heat: LineHeat) {
    super();
    this.heat = heat;
  }

  override eq(other: HeatMarker): boolean {
    return other.heat.gas === this.heat.gas && other.heat.level === this.heat.level;
  }

  override toDOM(): Node {
    const element = document.createElement("span");
    element.className = "heat";
    element.dataset["level"] = String(this.heat.level);
    element.title = `${(this.heat.share * 100).toFixed(1)} % of all gas`;
    element.textContent = this.heat.gas.toLocaleString("en-US");
    return element;
  }
}

/** The gutters whose clicks set breakpoints. */
export function lineMarks(onClick: (line: number) => void) {
  const domEventHandlers = {
    mousedown(view: EditorView, line: { readonly from: number }): boolean {
      onClick(view.state.doc.lineAt(line.from).number);
      return true;
    },
  };
  return [
    gutter({
      class: "cm-points",
      markers: (view) => view.state.field(field).points,
      initialSpacer: () => new PointMarker("current", ""),
      domEventHandlers,
    }),
    lineNumbers({ domEventHandlers }),
  ];
}

export const marksExtension = [
  field,
  gutter({ class: "cm-heat", markers: (view) => view.state.field(field).heat }),
];

function markedBy(marks: EditorMarks, doc: Text): Marked {
  const decorations = [];
  const points = new Map<number, PointMarker>();
  const inside = (line: number) => line >= 1 && line <= doc.lines;
  for (const { severity, message, span } of marks.diagnostics) {
    if (span === null || !inside(span.line)) continue;
    const line = doc.line(span.line);
    const from = Math.min(line.to, line.from + span.column - 1);
    const to = Math.min(line.to, Math.max(from + 1, from + span.length));
    const title = message;
    if (to > from) {
      decorations.push(
        Decoration.mark({ class: `diagnostic-${severity}`, attributes: { title } }).range(from, to),
      );
    }
    if (points.get(span.line)?.kind !== "error") {
      points.set(span.line, new PointMarker(severity, title));
    }
  }
  for (const line of marks.breakpoints) {
    if (inside(line)) points.set(line, new PointMarker("breakpoint", "Breakpoint"));
  }
  const { currentLine } = marks;
  if (currentLine !== null && inside(currentLine)) {
    const isAt = marks.breakpoints.includes(currentLine);
    points.set(
      currentLine,
      new PointMarker("current", isAt ? "Breakpoint; this line runs next" : "This line runs next"),
    );
    decorations.push(
      Decoration.line({ class: isAt ? "current-line at-breakpoint" : "current-line" }).range(
        doc.line(currentLine).from,
      ),
    );
  }
  const at = <Marker extends GutterMarker>([line, marker]: readonly [number, Marker]) =>
    marker.range(doc.line(line).from);
  return {
    decorations: Decoration.set(decorations, true),
    points: RangeSet.of([...points].map(at), true),
    heat: RangeSet.of(
      [...(marks.heat ?? [])]
        .filter(([line]) => inside(line))
        .map(([line, heat]) => at([line, new HeatMarker(heat)])),
      true,
    ),
  };
}
