/** Lines that connect other tools to this chain, ready to paste. */
export interface ChainAddress {
  /** Of the blockchain's own port, without a slash at the end. */
  readonly url: string;
  readonly chainId: number;
  readonly coin: string;
  /** Of the chain's rules, as compilers name them: "prague". */
  readonly hardfork: string;
  /** Two developer accounts, whose keys the ledger holds. */
  readonly from: string;
  readonly to: string;
}

export interface Snippet {
  readonly name: string;
  /** Where it goes. */
  readonly place: string;
  readonly code: string;
}

/** Same host, same port: the address that a subscription connects to. */
export function webSocketUrl(url: string): string {
  return url.replace(/^http/, "ws");
}

/** What a wallet asks for when a network is added by hand. */
export function walletFields({ url, chainId, coin }: ChainAddress) {
  return [
    ["Network name", "demo"],
    ["New RPC URL", url],
    ["Chain ID", String(chainId)],
    ["Currency symbol", coin],
  ] as const;
}

export function snippetsFor(chain: ChainAddress): readonly Snippet[] {
  const { url, chainId, coin, hardfork, from, to } = chain;
  return [
    {
      name: "viem",
      place: "a module; npm install viem",
      code: `import { createPublicClient, createWalletClient, defineChain, http, parseEther } from "viem";

const chain = defineChain({
  id: ${chainId},
  name: "demo",
  nativeCurrency: { name: "Ether", symbol: "${coin}", decimals: 18 },
  rpcUrls: { default: { http: ["${url}"], webSocket: ["${webSocketUrl(url)}"] } },
});
const client = createPublicClient({ chain, transport: http() });
console.log(await client.getBlockNumber());

// The ledger signs for the developer accounts.
const wallet = createWalletClient({ chain, transport: http(), account: "${from}" });
const hash = await wallet.sendTransaction({ to: "${to}", value: parseEther("1") });
console.log(await client.waitForTransactionReceipt({ hash }));`,
    },
    {
      name: "ethers",
      place: "a module; npm install ethers",
      code: `import { JsonRpcProvider, parseEther } from "ethers";

const provider = new JsonRpcProvider("${url}", ${chainId});
console.log(await provider.getBlockNumber());

// The ledger signs for the developer accounts.
const signer = await provider.getSigner("${from}");
const sent = await signer.sendTransaction({ to: "${to}", value: parseEther("1") });
console.log(await sent.wait());`,
    },
    {
      name: "Hardhat",
      place: "hardhat.config.ts, Hardhat 3",
      code: `import { defineConfig } from "hardhat/config";

export default defineConfig({
  solidity: { version: "0.8.30", settings: { evmVersion: "${hardfork}" } },
  networks: {
    demo: {
      type: "http",
      chainType: "l1",
      url: "${url}",
      chainId: ${chainId},
      accounts: "remote",
    },
  },
});`,
    },
    {
      name: "Foundry, cast",
      place: "a shell",
      code: `export ETH_RPC_URL=${url}
cast chain-id
cast block latest
cast balance ${from} --ether
cast send ${to} --value 1ether --unlocked --from ${from}`,
    },
    {
      name: "Foundry, forge",
      place: "foundry.toml, then a shell",
      code: `# foundry.toml
[profile.default]
evm_version = "${hardfork}"
[rpc_endpoints]
demo = "${url}"

# shell
forge create src/Counter.sol:Counter --rpc-url demo --unlocked --from ${from} --broadcast`,
    },
    {
      name: "curl, JSON-RPC",
      place: "a shell",
      code: `curl -X POST ${url} -H 'Content-Type: application/json' \\
  -d '{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}'`,
    },
    {
      name: "curl, REST",
      place: "a shell",
      code: `curl -X POST ${url}/api/blockchain/transactions -H 'Content-Type: application/json' \\
  -d '{"from":"0x123...","to":"0x456...","amount":100,"type":"transfer"}'`,
    },
  ];
}
