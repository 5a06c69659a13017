import { Button, TextInput, Textarea } from "@mantine/core";
import { useState } from "react";
import { useStore } from "../../data/store.ts";
import { areaOf, type Playground } from "./playground.ts";
import classes from "./playground.module.css";
import { useSlice } from "./use-slice.ts";

const fields = ["settings"] as const;

/** Gates of one's own: made of a part of the circuit, or of a matrix. */
export function GatesTab(props: { readonly playground: Playground }) {
  const { playground } = props;
  const { settings } = useSlice(playground, fields);
  const area = areaOf(useStore(playground.selection));
  const [name, setName] = useState("");
  const [matrix, setMatrix] = useState("0, 1\n1, 0");
  if (settings === null) return null;
  const { gates } = settings;
  const words = `columns ${area.fromColumn + 1} to ${area.toColumn + 1}, q${area.fromWire} to q${area.toWire}`;
  return (
    <div className={classes.form}>
      <p className={classes.note}>
        A gate of your own stands in the palette, takes controls like any other, and goes into
        OpenQASM as a definition.
      </p>
      <TextInput
        size="xs"
        w={200}
        label="Name of the new gate"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <div className={classes.row}>
        <Button
          variant="default"
          disabled={name === ""}
          onClick={() => void playground.act({ kind: "define", area, name })}
        >
          Make it of the selection
        </Button>
        <span className="soft">{words}</span>
      </div>
      <Textarea
        size="xs"
        label="Or of a matrix: a row on each line, elements by commas, first wire lowest"
        autosize
        minRows={2}
        maxRows={8}
        classNames={{ input: "mono" }}
        value={matrix}
        onChange={(event) => setMatrix(event.currentTarget.value)}
      />
      <div className={classes.row}>
        <Button
          variant="default"
          disabled={name === ""}
          onClick={() => void playground.act({ kind: "define-matrix", name, text: matrix })}
        >
          Make it of the matrix
        </Button>
        <span className="soft">such as 1/sqrt(2), i/sqrt(2)</span>
      </div>
      {gates.length > 0 && (
        <table className={classes.table} aria-label="Own gates">
          <thead>
            <tr>
              <th scope="col">Gate</th>
              <th scope="col" className={classes.number}>
                Qubits
              </th>
              <th scope="col" className={classes.number}>
                Operations
              </th>
              <th scope="col">
                <span className="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {gates.map((gate) => (
              <tr key={gate.name}>
                <td>{gate.name}</td>
                <td className={classes.number}>{gate.qubits}</td>
                <td className={classes.number}>{gate.body.length}</td>
                <td>
                  <Button
                    size="compact-xs"
                    variant="default"
                    onClick={() => void playground.act({ kind: "forget-gate", name: gate.name })}
                  >
                    Forget {gate.name}
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
