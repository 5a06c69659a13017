import type { Devices } from "../../../workers/analytics/contract.ts";
import { number } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import classes from "./devices.module.css";

/** What this machine has, and of each backend what it runs on or why it is not to be had. */
export function MachinePanel({ devices }: { readonly devices: Devices }) {
  const { machine, measured, remembered } = devices;
  const facts: readonly [string, React.ReactNode][] = [
    ["Processor", machine.cpu],
    ["Cores", number(machine.cores)],
    ["Node.js", machine.node],
    [
      "WebAssembly SIMD",
      `${machine.simd ? "128 bits" : "none"}${machine.relaxedSimd ? ", relaxed SIMD too" : ""}`,
    ],
    ["Kernels", machine.kernels],
    [
      "Measured",
      measured === null
        ? "not yet"
        : `${new Date(measured.measuredAt).toLocaleString()}, in ${(measured.tookMs / 1_000).toFixed(1)} s${remembered ? ", remembered from an earlier start" : ""}`,
    ],
  ];
  return (
    <Panel title="Machine" id="machine">
      <div className={classes.content}>
        <dl className={classes.facts}>
          {facts.map(([name, value]) => (
            <Fact key={name} name={name}>
              {value}
            </Fact>
          ))}
          {measured?.backends.map(({ name, available, device, reason }) => (
            <Fact key={name} name={name}>
              <StatusMark
                health={available ? "healthy" : "unknown"}
                word={available ? "available" : "not available"}
              />{" "}
              <span className="soft">{device ?? reason}</span>
            </Fact>
          ))}
        </dl>
      </div>
    </Panel>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
