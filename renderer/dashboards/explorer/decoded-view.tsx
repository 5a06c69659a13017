import { SegmentedControl } from "@mantine/core";
import { Rows } from "../../playgrounds/contracts/explanation-view.tsx";
import type { Decoded } from "./decoded.ts";
import classes from "./explorer.module.css";

/** A signature, and its parameters in a table. */
export function DecodedView(props: { readonly decoded: Decoded; readonly label: string }) {
  const { decoded, label } = props;
  return (
    <div className={classes.decoded}>
      <p>
        <code className="mono">{decoded.signature ?? decoded.text}</code>
      </p>
      <Rows label={label} rows={decoded.rows} empty="It has no parameters." />
    </div>
  );
}

export type Reading = "decoded" | "raw";

export function ReadingSwitch(props: {
  readonly of: string;
  readonly value: Reading;
  readonly onChange: (reading: Reading) => void;
}) {
  return (
    <SegmentedControl
      aria-label={`How to read ${props.of}`}
      value={props.value}
      onChange={props.onChange}
      data={[
        { value: "decoded", label: "Decoded" },
        { value: "raw", label: "Raw" },
      ]}
    />
  );
}
