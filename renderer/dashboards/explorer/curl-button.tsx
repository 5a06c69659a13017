import { CopyButton } from "../../components/copy-button.tsx";
import { toCurl } from "../../console/request.ts";
import { useThread } from "../../data/hooks.ts";
import { hasToken } from "../../data/session.ts";

/** Copies the request behind a page as a line for the shell. */
export function CurlButton(props: {
  readonly path: string;
  /** Sent as JSON; it must hold no secret. */
  readonly body?: object;
}) {
  const { path, body } = props;
  const base = useThread("blockchain")?.url ?? location.origin;
  const request =
    body === undefined
      ? { method: "GET", path, body: null }
      : { method: "POST", path, body: JSON.stringify(body) };
  return <CopyButton text={toCurl(base, request, hasToken())} name="Copy as curl" />;
}
