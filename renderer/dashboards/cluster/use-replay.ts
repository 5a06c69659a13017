/** The recorded minutes of the mesh, moment by moment; names are matched to the services of now. */
import { useEffect, useMemo, useState } from "react";
import type { Topology } from "../../../workers/microservices/contract.ts";
import { client } from "../../data/client.ts";

const stepMs = 400;
type Snapshot = Topology["now"];

interface Recording {
  readonly services: readonly string[];
  readonly snapshots: readonly Snapshot[];
}

export function useReplay(live: Topology | undefined) {
  const [recording, setRecording] = useState<Recording | null>(null);
  const [index, setIndex] = useState(0);
  const [playing, setPlaying] = useState(false);
  const total = recording?.snapshots.length ?? 0;
  useEffect(() => {
    if (!playing) return undefined;
    const timer = setInterval(() => setIndex((now) => Math.min(total - 1, now + 1)), stepMs);
    return () => clearInterval(timer);
  }, [playing, total]);
  const services = live?.services;
  const shown = useMemo<Snapshot | undefined>(() => {
    if (recording === null) return live?.now;
    const snapshot = recording.snapshots[index];
    if (snapshot === undefined) return undefined;
    const places = new Map(
      (services ?? []).map(({ namespace, name }, place) => [`${namespace}/${name}`, place]),
    );
    const placeOf = (recorded: number) => places.get(recording.services[recorded] ?? "") ?? -1;
    const edges = snapshot.edges.map((edge) => ({
      ...edge,
      from: placeOf(edge.from),
      to: placeOf(edge.to),
    }));
    return { at: snapshot.at, edges: edges.filter(({ from, to }) => from >= 0 && to >= 0) };
  }, [recording, index, live?.now, services]);
  return {
    shown,
    /** null: what is shown is now. */
    at: recording === null ? null : (shown?.at ?? null),
    index: recording === null ? null : index,
    total,
    count: live?.recorded.snapshots ?? 0,
    playing: playing && index < total - 1,
    timeAt: (place: number) => recording?.snapshots[place]?.at ?? null,
    open: () =>
      void client.microservices.cluster.recording({}).then((answer) => {
        setRecording(answer);
        setIndex(0);
        setPlaying(true);
      }),
    close: () => {
      setRecording(null);
      setPlaying(false);
    },
    toggle: () => {
      if (index >= total - 1) setIndex(0);
      setPlaying(!(playing && index < total - 1));
    },
    seek: (place: number) => {
      setPlaying(false);
      setIndex(place);
    },
  };
}
