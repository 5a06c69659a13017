import { CopyButton } from "../../components/copy-button.tsx";
import { toCurl } from "../../console/request.ts";
import { useThread } from "../../data/hooks.ts";
import { hasToken } from "../../data/session.ts";

/** Copies the request behind a page as a line for the shell. */
export function CurlButton({ path }: { readonly path: string }) {
  const base = useThread("blockchain")?.url ?? location.origin;
  return (
    <CopyButton
      text={toCurl(base, { method: "GET", path, body: null }, hasToken())}
      name="Copy as curl"
    />
  );
}
