import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import type { BlockchainSearchParams } from "../../app/search-params.ts";
import { useCommands } from "../../app/commands.ts";
import { Icon } from "../../components/icon.tsx";
import { client } from "../../data/client.ts";
import { toProblemError } from "../../data/problem.ts";
import { useOpenDetails } from "../blockchain/explorer-link.tsx";
import classes from "./explorer.module.css";
import { readQuery, searchHint, type ChainQuery } from "./search-query.ts";

const accountsMax = 100;

/** One box for everything that has a name on the chain. */
export function ChainSearch() {
  const [typed, setTyped] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const openDetails = useOpenDetails();
  const search = useMutation({
    mutationFn: async (text: string) => {
      const query = readQuery(text);
      if (query === null) throw new Error(`${searchHint}.`);
      return resolve(query);
    },
    onSuccess: (target) => {
      setTyped("");
      openDetails(target);
    },
  });
  useCommands(
    useMemo(
      () => [
        {
          id: "explorer:search",
          title: "Search the chain",
          group: "This page",
          keywords: "block transaction hash address account",
          // The palette gives the focus back where it came from when it closes.
          run: () => setTimeout(() => input.current?.focus(), 300),
        },
      ],
      [],
    ),
  );
  return (
    <form
      role="search"
      aria-label="The chain"
      className={classes.search}
      onSubmit={(event) => {
        event.preventDefault();
        search.mutate(typed);
      }}
    >
      <TextInput
        ref={input}
        aria-label="Search the chain"
        placeholder={searchHint}
        value={typed}
        spellCheck={false}
        leftSection={<Icon name="search" />}
        error={search.error === null ? undefined : messageOf(search.error)}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          if (search.error !== null) search.reset();
        }}
      />
      <Button type="submit" variant="default" loading={search.isPending} disabled={typed === ""}>
        Find
      </Button>
    </form>
  );
}

/** @throws the problem, or that nobody has the name */
async function resolve(query: ChainQuery): Promise<BlockchainSearchParams> {
  switch (query.kind) {
    case "block":
      await client.blockchain.block({ block: query.block });
      return { block: query.block };
    case "account":
      return {
        account: (await client.blockchain.account({ address: query.account })).address,
      };
    case "name": {
      const { accounts } = await client.blockchain.accounts({ limit: accountsMax });
      const wanted = query.name.toLowerCase();
      const found = accounts.find(({ label }) => label?.toLowerCase() === wanted);
      if (found === undefined) throw new Error(`No account is named ${query.name}.`);
      return { account: found.address };
    }
    default:
      return resolveHash(query.hash);
  }
}

async function resolveHash(hash: string): Promise<BlockchainSearchParams> {
  try {
    await client.blockchain.transaction({ hash });
    return { tx: hash };
  } catch (cause) {
    if (toProblemError(cause).code !== "TRANSACTION_UNKNOWN") throw cause;
  }
  try {
    const { number } = await client.blockchain.block({ block: hash });
    return { block: String(number) };
  } catch (cause) {
    if (toProblemError(cause).code !== "BLOCK_UNKNOWN") throw cause;
    throw new Error("No transaction and no block of this chain has this hash.", { cause });
  }
}

function messageOf(error: Error): string {
  const { code, message } = toProblemError(error);
  return code === "INTERFACE_ERROR" ? error.message : `${message} (${code})`;
}
