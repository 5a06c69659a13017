import { useState } from "react";
import type { TransactionDetail } from "../../../workers/blockchain/contract.ts";
import { Panel } from "../../components/page-frame.tsx";
import { LoadingSkeleton } from "../../components/query-boundary.tsx";
import { CallData } from "../blockchain/call-data.tsx";
import { useDecodedCall } from "./decoded.ts";
import { DecodedView, type Reading, ReadingSwitch } from "./decoded-view.tsx";
import classes from "./explorer.module.css";

/** What a transaction asked of a contract. */
export function CallPanel({ transaction }: { readonly transaction: TransactionDetail }) {
  const [reading, setReading] = useState<Reading>("decoded");
  const query = useDecodedCall(transaction);
  const what = transaction.kind === "deployment" ? "Deployment" : "Call";
  return (
    <Panel
      title={what}
      id="call"
      tools={
        <ReadingSwitch of={`the ${what.toLowerCase()}`} value={reading} onChange={setReading} />
      }
    >
      <div className={classes.details}>
        {reading === "raw" ? (
          <CallData transaction={transaction} />
        ) : query.data?.decoded ? (
          <DecodedView
            decoded={query.data.decoded}
            label={`Parameters of the ${what.toLowerCase()}`}
          />
        ) : query.isPending && query.isFetching ? (
          <LoadingSkeleton rows={2} />
        ) : (
          <>
            <p className="soft">
              {query.isError
                ? "It could not be decoded now."
                : "No interface that is known here fits it; compile or verify the contract in the workshop."}
            </p>
            <CallData transaction={transaction} />
          </>
        )}
      </div>
    </Panel>
  );
}
