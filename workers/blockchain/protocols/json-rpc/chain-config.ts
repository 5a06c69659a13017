/** eth_config (EIP-7910): the rules now, of the next fork, and of the last that is known. */
import type { Common } from "@ethereumjs/common";
import { quantityHex } from "./format.ts";
import type { RpcParts } from "./method.ts";

/** By the EIP that brought them in. */
const precompiles: readonly { readonly eip: number | null; readonly names: readonly string[] }[] = [
  {
    eip: null,
    names: ["ECREC", "SHA256", "RIPEMD160", "ID", "MODEXP", "BN254_ADD", "BN254_MUL"],
  },
  { eip: null, names: ["BN254_PAIRING", "BLAKE2F"] },
  { eip: 4844, names: ["KZG_POINT_EVALUATION"] },
  {
    eip: 2537,
    names: [
      "BLS12_G1ADD",
      "BLS12_G1MSM",
      "BLS12_G2ADD",
      "BLS12_G2MSM",
      "BLS12_PAIRING_CHECK",
      "BLS12_MAP_FP_TO_G1",
      "BLS12_MAP_FP2_TO_G2",
    ],
  },
];
/** EIP-7951; the others are numbered from 1 on. */
const p256Verify = { eip: 7951, name: "P256VERIFY", address: `0x${"100".padStart(40, "0")}` };

export function chainConfig({ chain, store }: RpcParts) {
  const { common } = chain;
  const genesisHash = store.block(0)?.hash;
  if (genesisHash === undefined) throw new Error("Block 0 is not stored.");
  const timed = common
    .hardforks()
    .filter(({ timestamp }) => timestamp !== undefined)
    .map(({ name, timestamp }) => ({ name, time: Number(timestamp) }));
  const now = Number(chain.head.header.timestamp);
  const current = timed.findLast(({ time }) => time <= now);
  const next = timed.find(({ time }) => time > now);
  const last = timed.at(-1);
  const shown = (fork: (typeof timed)[number] | undefined) =>
    fork === undefined ? null : forkConfig(common.copy(), fork, genesisHash, chain.depositContract);
  return {
    current: shown(current),
    next: shown(next),
    last: next === undefined ? null : shown(last),
  };
}

function forkConfig(
  common: Common,
  { name, time }: { readonly name: string; readonly time: number },
  genesisHash: Uint8Array,
  depositContract: string,
) {
  common.setHardfork(name);
  const { targetBlobGasPerBlock, maxBlobGasPerBlock, blobGasPriceUpdateFraction } =
    common.isActivatedEIP(4844)
      ? common.getBlobGasSchedule()
      : { targetBlobGasPerBlock: 0n, maxBlobGasPerBlock: 0n, blobGasPriceUpdateFraction: 0n };
  const perBlob = common.isActivatedEIP(4844) ? common.param("blobGasPerBlob") : 1n;
  const active = precompiles
    .filter(({ eip }) => eip === null || common.isActivatedEIP(eip))
    .flatMap(({ names }) => names)
    .map((each, index) => [each, `0x${(index + 1).toString(16).padStart(40, "0")}`]);
  if (common.isActivatedEIP(p256Verify.eip)) active.push([p256Verify.name, p256Verify.address]);
  const contracts = {
    ...(common.isActivatedEIP(4788) && {
      BEACON_ROOTS_ADDRESS: "0x000f3df6d732807ef1319fb7b8bb8522d0beac02",
    }),
    ...(common.isActivatedEIP(7251) && {
      CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS: "0x0000bbddc7ce488642fb579f8b00f3a590007251",
    }),
    ...(common.isActivatedEIP(6110) && { DEPOSIT_CONTRACT_ADDRESS: `0x${depositContract}` }),
    ...(common.isActivatedEIP(2935) && {
      HISTORY_STORAGE_ADDRESS: "0x0000f90827f1c53a10cb7a02335b175320002935",
    }),
    ...(common.isActivatedEIP(7002) && {
      WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS: "0x00000961ef480eb55e80d19ad83579a64c007002",
    }),
  };
  return {
    activationTime: time,
    blobSchedule: {
      baseFeeUpdateFraction: Number(blobGasPriceUpdateFraction),
      max: Number(maxBlobGasPerBlock / perBlob),
      target: Number(targetBlobGasPerBlock / perBlob),
    },
    chainId: quantityHex(common.chainId()),
    forkId: common.forkHash(name, genesisHash),
    precompiles: Object.fromEntries(active),
    systemContracts: contracts,
  };
}
