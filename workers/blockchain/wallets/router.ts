/** The routes of wallets. */
import { implement } from "@orpc/server";
import { walletsContract } from "../contract-wallets.ts";
import type { Wallets } from "./wallets.ts";

/** @param open the wallets, once the ledger is there */
export function walletsRouter(open: () => Promise<Wallets>) {
  const os = implement(walletsContract);
  return {
    list: os.list.handler(async () => (await open()).list()),
    vault: os.vault.handler(async () => (await open()).status()),
    create: os.create.handler(async ({ input }) => (await open()).create(input.passphrase)),
    unlock: os.unlock.handler(async ({ input }) => (await open()).unlock(input.passphrase)),
    lock: os.lock.handler(async () => (await open()).lock()),
    settings: os.settings.handler(async ({ input }) => (await open()).setIdleMs(input.idleMs)),
    changePassphrase: os.changePassphrase.handler(async ({ input }) =>
      (await open()).changePassphrase(input.passphrase, input.next),
    ),
    forget: os.forget.handler(async () => ({ destroyed: await (await open()).vault.forget() })),
    generate: os.generate.handler(async ({ input }) => (await open()).generate(input.words)),
    confirm: os.confirm.handler(async ({ input }) => (await open()).confirm(input)),
    importMnemonic: os.importMnemonic.handler(async ({ input }) =>
      (await open()).importMnemonic(input),
    ),
    importKey: os.importKey.handler(async ({ input }) => (await open()).importKey(input)),
    importKeystore: os.importKeystore.handler(async ({ input }) =>
      (await open()).importKeystore(input),
    ),
    watch: os.watch.handler(async ({ input }) => (await open()).watch(input)),
    derive: os.derive.handler(async ({ input }) => (await open()).derive(input.id, input.path)),
    rename: os.rename.handler(async ({ input }) => (await open()).rename(input.id, input.name)),
    remove: os.remove.handler(async ({ input }) =>
      (await open()).remove(input.id, input.passphrase),
    ),
    signMessage: os.signMessage.handler(async ({ input }) => (await open()).signMessage(input)),
    signTypedData: os.signTypedData.handler(async ({ input }) =>
      (await open()).signTypedData(input),
    ),
    signTransaction: os.signTransaction.handler(async ({ input }) =>
      (await open()).signTransaction(input),
    ),
    send: os.send.handler(async ({ input }) => (await open()).send(input)),
    exportKeystore: os.exportKeystore.handler(async ({ input }) =>
      (await open()).exportKeystore(input),
    ),
    exportKey: os.exportKey.handler(async ({ input }) => (await open()).exportKey(input)),
    exportMnemonic: os.exportMnemonic.handler(async ({ input }) =>
      (await open()).vault.exportMnemonic(input.id, input.passphrase),
    ),
  };
}
