import { Button, SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { coinSymbol, type VaultView } from "../../../workers/blockchain/contract.ts";
import { CopyMark } from "../../components/copy-button.tsx";
import { number } from "../../components/format.ts";
import { ProblemView } from "../../components/problem-view.tsx";
import { client } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { Facts, Mono } from "../blockchain/explorer-facts.tsx";
import { AccountLink, TransactionLink } from "../blockchain/explorer-link.tsx";
import { coins } from "../blockchain/money.ts";
import { ExportForms } from "./export-forms.tsx";
import { type HeldAccount, keyWords } from "./held-accounts.ts";
import { SendForm } from "./send-form.tsx";
import { MessageForm, TypedDataForm } from "./sign-forms.tsx";
import { useRequest } from "./use-wallets.ts";
import { UnlockForm } from "./vault-panel.tsx";
import { WalletForms } from "./wallet-forms.tsx";
import classes from "./wallets.module.css";

const uses = [
  { value: "send", label: "Send" },
  { value: "message", label: "Sign message" },
  { value: "typed", label: "Sign typed data" },
  { value: "keys", label: "Keys" },
] as const;
type Use = (typeof uses)[number]["value"];

interface DrawerProps {
  readonly account: HeldAccount;
  readonly vault: VaultView;
  /** Who gives coins; null where there is no developer account. */
  readonly giver: string | null;
  readonly chainId: number;
  readonly onGone: () => void;
}

/** One account: what it holds, and all that can be done with it. */
export function AccountDrawer({ account, vault, giver, chainId, onGone }: DrawerProps) {
  const { wallet, address } = account;
  const mayRun = useMay("operator");
  return (
    <div className={classes.drawer}>
      {wallet.warning !== null && (
        <p className={classes.warning} role="note">
          {wallet.warning}
        </p>
      )}
      <Facts
        facts={[
          [
            "Address",
            <span key="address">
              <AccountLink address={address} whole /> <CopyMark text={address} name="address" />
            </span>,
          ],
          ["Wallet", wallet.name],
          ["Keys", keyWords[wallet.kind]],
          ["Path", account.path === null ? "none" : <Mono key="path">{account.path}</Mono>],
          ["Balance", `${coins(account.balance)} ${coinSymbol}`],
          ["Nonce", number(account.nonce)],
        ]}
      />
      {mayRun ? (
        <>
          {giver !== null && giver !== address && <FaucetButton from={giver} to={address} />}
          <Uses {...{ account, vault, chainId, onGone }} />
        </>
      ) : (
        <p className="soft">Sending and signing need the role operator.</p>
      )}
    </div>
  );
}

function Uses(props: Omit<DrawerProps, "giver">) {
  const { account, vault, chainId, onGone } = props;
  const { wallet, address } = account;
  const [use, setUse] = useState<Use>("send");
  if (wallet.kind === "watch") {
    return (
      <>
        <p>It is watched without its key, so nothing can be signed here.</p>
        <WalletForms account={account} onGone={onGone} />
      </>
    );
  }
  const isLocked = wallet.kind !== "developer" && vault.state !== "unlocked";
  const choices = wallet.kind === "developer" ? uses.filter(({ value }) => value !== "keys") : uses;
  return (
    <>
      <SegmentedControl
        fullWidth
        aria-label="What to do with the account"
        value={use}
        data={choices.map(({ value, label }) => ({ value, label }))}
        onChange={(value) => setUse(value)}
      />
      {isLocked && use !== "keys" ? (
        <section className={classes.section} aria-label="Unlock the vault">
          <h3>The vault is locked</h3>
          <UnlockForm vault={vault} />
        </section>
      ) : (
        <>
          {use === "send" && <SendForm from={address} />}
          {use === "message" && <MessageForm address={address} />}
          {use === "typed" && <TypedDataForm address={address} chainId={chainId} />}
        </>
      )}
      {use === "keys" && (
        <>
          <ExportForms account={account} />
          <WalletForms account={account} onGone={onGone} />
        </>
      )}
    </>
  );
}

const faucetCoins = "10";

function FaucetButton({ from, to }: { readonly from: string; readonly to: string }) {
  const [hash, setHash] = useState<string | null>(null);
  const give = useRequest(client.blockchain.transfer, (sent) => setHash(sent.hash));
  return (
    <div className={classes.section}>
      <div className={classes.actions}>
        <Button
          variant="default"
          loading={give.busy}
          onClick={() => {
            setHash(null);
            give.run({ from, to, amount: faucetCoins, type: "transfer" });
          }}
        >
          Give it {faucetCoins} {coinSymbol} from the faucet
        </Button>
      </div>
      {hash !== null && (
        <p role="status">
          Gave {faucetCoins} {coinSymbol} as <TransactionLink hash={hash} />.
        </p>
      )}
      {give.error !== null && <ProblemView error={give.error} />}
    </div>
  );
}
