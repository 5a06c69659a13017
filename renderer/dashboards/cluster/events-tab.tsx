import { useQuery } from "@tanstack/react-query";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import { useRefresh } from "../microservices/use-cluster.ts";
import { EventsTable } from "./events-table.tsx";
import { kindWord, type Reference } from "./references.ts";

export function EventsTab({ object }: { readonly object: Reference }) {
  const { namespace, name } = object;
  const query = useQuery(
    orpc.microservices.cluster.events.queryOptions({
      input: {
        object: `${kindWord(object.resource)}/${name}`,
        ...(namespace !== "" && { namespace }),
      },
      refetchInterval: useRefresh(2_000),
    }),
  );
  return (
    <QueryBoundary query={query} thread="microservices">
      {({ events }) => <EventsTable label={`Events of ${name}`} events={events} brief />}
    </QueryBoundary>
  );
}
