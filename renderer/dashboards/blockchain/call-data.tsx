import type { TransactionDetail } from "../../../workers/blockchain/contract.ts";
import { CopyMark } from "../../components/copy-button.tsx";
import classes from "./blockchain.module.css";
import { Mono } from "./explorer-facts.tsx";
import { AccountLink } from "./explorer-link.tsx";
import { guessWord, readCall, readWords } from "./words.ts";

/** The input of a call by its layout; code that a deployment carries is shown as it is. */
export function CallData({
  transaction: { input, kind },
}: {
  readonly transaction: Pick<TransactionDetail, "input" | "kind">;
}) {
  if (input === "0x") return null;
  const call = kind === "deployment" ? { selector: null, ...raw(input) } : readCall(input);
  return (
    <>
      <h3>
        {kind === "deployment" ? "Code of the deployment" : "Input"}{" "}
        <CopyMark text={input} name="input" />
      </h3>
      {call.selector !== null && (
        <p className={classes.plain}>
          Calls the function with selector <Mono>{call.selector}</Mono>
        </p>
      )}
      <Words words={call.words} rest={call.rest} />
    </>
  );
}

/** The data of a log by its layout. */
export function LogData({ data }: { readonly data: string }) {
  return data === "0x" ? <span className="soft">none</span> : <Words {...readWords(data)} />;
}

function Words({ words, rest }: { readonly words: readonly string[]; readonly rest: string }) {
  return (
    <>
      {words.length > 0 && (
        <ol className={classes.words}>
          {words.map((word, place) => (
            // A word may occur twice.
            // oxlint-disable-next-line react/no-array-index-key
            <li key={place}>
              <Mono>{word}</Mono> <Guess word={word} />
            </li>
          ))}
        </ol>
      )}
      {rest !== "" && (
        <p className={classes.rest}>
          <Mono>0x{rest}</Mono>
        </p>
      )}
    </>
  );
}

function Guess({ word }: { readonly word: string }) {
  const guess = guessWord(word);
  if (guess === null) return null;
  return (
    <span className="soft">
      perhaps {guess.kind === "address" ? <AccountLink address={guess.value} /> : guess.value}
    </span>
  );
}

function raw(input: string) {
  return { words: [], rest: input.slice(2) };
}
