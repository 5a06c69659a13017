import type { TabProps } from "./details.tsx";

export default function AlgorithmTab({ frame }: TabProps): React.JSX.Element {
  return <p>{frame.event}</p>;
}
