import type { ChainStatus } from "../../../workers/blockchain/contract.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { EmptyView } from "../../components/query-boundary.tsx";
import classes from "./blockchain.module.css";

interface ConnectionsProps {
  /** Of the blockchain's own port, where JSON-RPC is. */
  readonly url: string | null;
  readonly status: ChainStatus;
}

/** Lines that connect other tools, ready to paste. */
export function Connections({ url, status }: ConnectionsProps) {
  if (url === null) return <EmptyView>The blockchain thread has no port.</EmptyView>;
  return (
    <>
      <p className={classes.note}>
        Ethereum JSON-RPC is at <span className="mono">{url}</span>, chain id{" "}
        <span className="mono">{status.chainId}</span>. The developer accounts sign with keys that
        everybody has; use them here alone. Extensions inside a browser are refused as foreign
        origins; wallets outside of one are not.
      </p>
      <ul className={classes.connections}>
        {linesFor(url, status).map(({ name, code }) => (
          <li key={name}>
            <div className={classes.connectionHead}>
              <h3>{name}</h3>
              <CopyButton text={code} name={`Copy for ${name}`} />
            </div>
            <pre>{code}</pre>
          </li>
        ))}
      </ul>
    </>
  );
}

function linesFor(url: string, { chainId, coin }: ChainStatus) {
  return [
    {
      name: "curl, REST",
      code: `curl -X POST ${url}/api/blockchain/transactions -H 'Content-Type: application/json' \\
  -d '{"from":"0x123...","to":"0x456...","amount":100,"type":"transfer"}'`,
    },
    {
      name: "curl, JSON-RPC",
      code: `curl -X POST ${url} -H 'Content-Type: application/json' \\
  -d '{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}'`,
    },
    {
      name: "viem",
      code: `import { createPublicClient, defineChain, http } from "viem";
const chain = defineChain({
  id: ${chainId}, name: "demo",
  nativeCurrency: { name: "Ether", symbol: "${coin}", decimals: 18 },
  rpcUrls: { default: { http: ["${url}"] } },
});
const client = createPublicClient({ chain, transport: http() });
console.log(await client.getBlockNumber());`,
    },
    {
      name: "ethers",
      code: `import { JsonRpcProvider, parseEther } from "ethers";
const provider = new JsonRpcProvider("${url}", ${chainId});
const alice = await provider.getSigner(0);
const sent = await alice.sendTransaction({ to: await (await provider.getSigner(1)).getAddress(), value: parseEther("1") });
console.log((await sent.wait()).blockNumber);`,
    },
    {
      name: "MetaMask and other wallets",
      code: `Network name: demo
RPC URL: ${url}
Chain ID: ${chainId}
Currency symbol: ${coin}`,
    },
  ];
}
