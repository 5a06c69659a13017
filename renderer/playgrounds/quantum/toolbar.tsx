import { Button, Menu, NumberInput, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useRef, memo } from "react";
import { download, downloadText, fileName } from "../../components/download.ts";
import { encodeRun, linkLengthMax } from "../consensus/share.ts";
import type { ExportFormat } from "./kernel.worker.ts";
import type { Playground } from "./playground.ts";
import classes from "./playground.module.css";
import { pngOf } from "./png.ts";
import { useSlice } from "./use-slice.ts";

const fields = ["catalogue", "settings"] as const;
const undoFields = ["undo", "redo"] as const;

interface ToolbarProps {
  readonly playground: Playground;
  readonly onPaste: () => void;
}

/** What concerns the whole circuit: its name and size, undo, files, links. */
export const Toolbar = memo(function Toolbar({ playground, onPaste }: ToolbarProps) {
  const { catalogue, settings } = useSlice(playground, fields);
  if (settings === null) return null;
  return (
    <div className={classes.bar} role="group" aria-label="Circuit">
      <TextInput
        size="xs"
        label="Name"
        w={190}
        value={settings.title}
        onChange={(event) =>
          void playground.act({ kind: "title", title: event.currentTarget.value })
        }
      />
      <NumberInput
        key={settings.wires}
        size="xs"
        label="Qubits"
        w={104}
        defaultValue={settings.wires}
        min={1}
        max={catalogue?.wiresMax ?? 25}
        allowDecimal={false}
        clampBehavior="none"
        hideControls
        // Not while it is typed: on the way to 24 stands 2, which would take the other wires away.
        onBlur={(event) => {
          const count = Number(event.currentTarget.value);
          if (count !== settings.wires) void playground.act({ kind: "wires", count });
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
        }}
      />
      <UndoButtons playground={playground} />
      <Button variant="default" onClick={() => void playground.act({ kind: "tidy" })}>
        Close gaps
      </Button>
      <Button variant="default" onClick={() => void playground.act({ kind: "clear" })}>
        Clear
      </Button>
      <span className={classes.space} />
      <FileMenu playground={playground} title={settings.title} onPaste={onPaste} />
      <ExportMenu playground={playground} title={settings.title} />
    </div>
  );
});

/** Their titles change with every edit, and nothing else of the bar does. */
function UndoButtons({ playground }: { readonly playground: Playground }) {
  const { undo, redo } = useSlice(playground, undoFields);
  return (
    <>
      <Button
        variant="default"
        disabled={undo === null}
        title={undo === null ? "Nothing to undo" : `Undo: ${undo}`}
        onClick={() => void playground.undo()}
      >
        Undo
      </Button>
      <Button
        variant="default"
        disabled={redo === null}
        title={redo === null ? "Nothing to redo" : `Redo: ${redo}`}
        onClick={() => void playground.redo()}
      >
        Redo
      </Button>
    </>
  );
}

const FileMenu = memo(function FileMenu(props: {
  readonly playground: Playground;
  readonly title: string;
  readonly onPaste: () => void;
}) {
  const { playground, title, onPaste } = props;
  const input = useRef<HTMLInputElement>(null);
  const open = async (file: File | undefined) => {
    if (file === undefined) return;
    const result = await playground.open(await file.text(), `open ${file.name}`);
    if (result?.kind === "refused") {
      playground.refuse(`${file.name}: ${result.problems[0]?.rendered ?? "cannot be read"}`);
    }
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default">Open and share</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => input.current?.click()}>
            Open a file: circuit, OpenQASM 2 or 3
          </Menu.Item>
          <Menu.Item onClick={onPaste}>Write or paste OpenQASM</Menu.Item>
          <Menu.Item
            onClick={() =>
              void playground.export("json").then((text) => {
                downloadText(fileName(title, "json"), `${text}\n`, "application/json");
              })
            }
          >
            Save the circuit as a file
          </Menu.Item>
          <Menu.Item onClick={() => void copyLink(playground)}>
            Copy a link to this circuit
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <input
        ref={input}
        type="file"
        accept=".json,.qasm,.txt,application/json,text/plain"
        aria-label="Circuit file"
        hidden
        onChange={(event) => {
          void open(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
      />
    </>
  );
});

export async function copyLink(playground: Playground): Promise<void> {
  const { document } = playground;
  if (document === null) return;
  const fragment = await encodeRun(document);
  if (fragment.length > linkLengthMax) {
    notifications.show({ message: "The circuit is too long for a link: save it as a file." });
    return;
  }
  const { origin, pathname } = globalThis.location;
  await navigator.clipboard.writeText(`${origin}${pathname}#${fragment}`);
  notifications.show({ message: "The link to this circuit is copied." });
}

const formats: readonly {
  readonly format: ExportFormat;
  readonly title: string;
  readonly extension: string;
  readonly type: string;
}[] = [
  { format: "qasm3", title: "OpenQASM 3", extension: "qasm", type: "text/plain" },
  { format: "qasm2", title: "OpenQASM 2", extension: "qasm", type: "text/plain" },
  { format: "qiskit", title: "Qiskit (Python)", extension: "py", type: "text/x-python" },
  { format: "cirq", title: "Cirq (Python)", extension: "py", type: "text/x-python" },
  { format: "quirk", title: "Quirk (JSON)", extension: "json", type: "application/json" },
  { format: "quantikz", title: "LaTeX (quantikz)", extension: "tex", type: "text/x-tex" },
  { format: "svg", title: "Picture (SVG)", extension: "svg", type: "image/svg+xml" },
];

const ExportMenu = memo(function ExportMenu({
  playground,
  title,
}: {
  readonly playground: Playground;
  readonly title: string;
}) {
  const save = (format: ExportFormat, extension: string, type: string) =>
    void playground.export(format).then(
      (text) => downloadText(fileName(title, extension), text, type),
      (error: unknown) => playground.refuse(error),
    );
  const savePng = async () => {
    try {
      download(fileName(title, "png"), await pngOf(await playground.export("svg")));
    } catch (error) {
      playground.refuse(error);
    }
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default">Export</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {formats.map(({ format, title: name, extension, type }) => (
          <Menu.Item key={format} onClick={() => save(format, extension, type)}>
            {name}
          </Menu.Item>
        ))}
        <Menu.Item onClick={() => void savePng()}>Picture (PNG)</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
});
