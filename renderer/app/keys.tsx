import { Kbd } from "@mantine/core";
import { keyLabels } from "./shortcuts.ts";

const mac = /mac/i.test(globalThis.navigator?.platform ?? "");

export function Keys({ keys }: { readonly keys: string }) {
  return (
    <>
      {keyLabels(keys, mac).map((press, index) => (
        <span key={press.join()}>
          {index > 0 && <span className="soft"> then </span>}
          {press.map((part) => (
            <Kbd key={part} size="xs" mr={2}>
              {part}
            </Kbd>
          ))}
        </span>
      ))}
    </>
  );
}
