import { Button } from "@mantine/core";
import type { Fault } from "../../../workers/microservices/contract.ts";
import { Panel } from "../../components/page-frame.tsx";
import classes from "./cluster.module.css";

/** What every form of the page can do. */
export interface ChaosProps {
  readonly mayAct: boolean;
  readonly busy: boolean;
  readonly onInject: (fault: Fault) => void;
}

/** One kind of fault: what it does, whom it would hit now, and the button that does it. */
export function ChaosForm(props: {
  readonly title: string;
  readonly effect: string;
  /** Whom it would hit; null: nobody is chosen yet. */
  readonly radius: string | null;
  readonly verb: string;
  readonly off: boolean;
  readonly busy: boolean;
  readonly onSubmit: () => void;
  readonly children: React.ReactNode;
}) {
  return (
    <Panel title={props.title}>
      <form
        className={classes.padded}
        aria-label={props.title}
        onSubmit={(event) => {
          event.preventDefault();
          props.onSubmit();
        }}
      >
        <p className="soft">{props.effect}</p>
        <div className={classes.row}>{props.children}</div>
        <div className={classes.row}>
          <Button type="submit" color="red" disabled={props.off} loading={props.busy}>
            {props.verb}
          </Button>
          <span role="status">{props.radius ?? ""}</span>
        </div>
      </form>
    </Panel>
  );
}
