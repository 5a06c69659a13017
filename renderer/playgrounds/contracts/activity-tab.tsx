import { useStore } from "../../data/store.ts";
import { EmptyView } from "../../components/query-boundary.tsx";
import { useBench } from "./context.ts";
import { DeedView } from "./explanation-view.tsx";
import classes from "./workshop.module.css";

/** Everything that was called and sent in this visit, the newest first. */
export function ActivityTab() {
  const deeds = useStore(useBench().deeds.store);
  if (deeds.length === 0) {
    return (
      <EmptyView>
        <p>Nothing was called or sent in this visit.</p>
      </EmptyView>
    );
  }
  return (
    <div className={classes.content}>
      {deeds.map((deed) => (
        <DeedView key={deed.id} deed={deed} />
      ))}
    </div>
  );
}
