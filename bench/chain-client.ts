/** One JSON-RPC client for all chains: HTTP with kept connections, as wallets and tools have it. */
import { createHash } from "node:crypto";
import { Agent, request } from "node:http";
import { privateKeyToAccount, type PrivateKeyAccount } from "viem/accounts";

export interface ChainFigures {
  /** Transfers of eight senders at once, per second from the first request to the last one mined. */
  readonly concurrent: number;
  /** How many of them were mined within the time limit. */
  readonly mined: number;
  /** Transfers of one sender, each sent when the receipt of the one before was there, per second. */
  readonly sequential: number;
  /** Trivial calls with 16 in flight, per second. */
  readonly calls: number;
}

export const concurrentTransfers = 2_000;
const senders = 8;
const sequentialTransfers = 500;
const callCount = 6_000;
const callsInFlight = 16;
const patienceMs = 20_000;

export class ChainClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 32 });
  readonly #url: URL;

  constructor(url: string) {
    this.#url = new URL(url);
  }

  close(): void {
    this.#agent.destroy();
  }

  ask<Result>(method: string, ...params: unknown[]): Promise<Result> {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const { hostname: host, port } = this.#url;
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    };
    return new Promise((resolve, reject) => {
      const sent = request(
        { host, port, method: "POST", path: "/", agent: this.#agent, headers },
        (answer) => {
          let text = "";
          answer.setEncoding("utf8");
          answer.on("data", (chunk: string) => (text += chunk));
          answer.on("end", () => {
            const { result, error } = JSON.parse(text) as {
              result?: Result;
              error?: { message: string };
            };
            if (error === undefined) resolve(result as Result);
            else reject(new Error(`${method}: ${error.message}`));
          });
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
  }

  async measure(round: number): Promise<ChainFigures> {
    const accounts = await this.#funded(senders + 1, round);
    const concurrent = await this.#concurrent(accounts.slice(0, senders));
    return {
      ...concurrent,
      sequential: await this.#sequential(accounts[senders] as PrivateKeyAccount),
      calls: await this.#calls(accounts[0] as PrivateKeyAccount),
    };
  }

  async #funded(count: number, round: number): Promise<readonly PrivateKeyAccount[]> {
    const accounts = Array.from({ length: count }, (_, index) => {
      const seed = `${this.#url.port} ${round} ${index}`;
      return privateKeyToAccount(`0x${createHash("sha256").update(seed).digest("hex")}`);
    });
    const [rich] = await this.ask<string[]>("eth_accounts");
    for (const { address } of accounts) {
      const payment = { from: rich, to: address, value: "0x8ac7230489e80000", gas: "0x5208" };
      await this.#receipt(await this.ask<string>("eth_sendTransaction", payment));
    }
    return accounts;
  }

  async #receipt(hash: string): Promise<void> {
    const giveUpAt = performance.now() + patienceMs;
    while ((await this.ask("eth_getTransactionReceipt", hash)) === null) {
      if (performance.now() > giveUpAt) throw new Error(`no receipt of ${hash} came`);
    }
  }

  async #signed(account: PrivateKeyAccount, count: number): Promise<readonly string[]> {
    const chainId = Number(await this.ask<string>("eth_chainId"));
    const transactions: string[] = [];
    for (let nonce = 0; nonce < count; nonce += 1) {
      transactions.push(
        await account.signTransaction({
          chainId,
          nonce,
          to: `0x${(0x10n ** 39n + BigInt(nonce % 97)).toString(16)}`,
          value: 1n,
          gas: 21_000n,
          maxFeePerGas: 50_000_000_000n,
          maxPriorityFeePerGas: 1_000_000_000n,
          type: "eip1559",
        }),
      );
    }
    return transactions;
  }

  async #concurrent(accounts: readonly PrivateKeyAccount[]) {
    const each = concurrentTransfers / accounts.length;
    const lists = await Promise.all(accounts.map((account) => this.#signed(account, each)));
    const began = performance.now();
    await Promise.all(
      lists.map(async (list) => {
        for (const raw of list) await this.ask("eth_sendRawTransaction", raw);
      }),
    );
    let mined = 0;
    do {
      const nonces = await Promise.all(
        accounts.map(({ address }) =>
          this.ask<string>("eth_getTransactionCount", address, "latest"),
        ),
      );
      mined = nonces.reduce((sum, nonce) => sum + Number(nonce), 0);
    } while (mined < concurrentTransfers && performance.now() - began < patienceMs);
    return { mined, concurrent: (mined / (performance.now() - began)) * 1_000 };
  }

  async #sequential(account: PrivateKeyAccount): Promise<number> {
    const list = await this.#signed(account, sequentialTransfers);
    const began = performance.now();
    for (const raw of list) {
      await this.#receipt(await this.ask<string>("eth_sendRawTransaction", raw));
    }
    return (list.length / (performance.now() - began)) * 1_000;
  }

  async #calls({ address }: PrivateKeyAccount): Promise<number> {
    let left = callCount;
    const began = performance.now();
    await Promise.all(
      Array.from({ length: callsInFlight }, async () => {
        while (left > 0) {
          left -= 1;
          await this.ask("eth_call", { to: address, data: "0x" }, "latest");
        }
      }),
    );
    return (callCount / (performance.now() - began)) * 1_000;
  }
}
