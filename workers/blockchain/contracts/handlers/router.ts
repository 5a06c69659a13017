/** The routes of contracts. */
import { implement } from "@orpc/server";
import { blockchainContract } from "../../contract.ts";
import { type Contracts, plain } from "./contracts.ts";

export function contractsRouter(contracts: Contracts) {
  const os = implement(blockchainContract);
  return {
    templates: os.templates.handler(() => contracts.templates()),
    compile: os.compile.handler(({ input, signal }) =>
      contracts.compile(input, signal).then(plain),
    ),
    watchCompile: os.watchCompile.handler(({ input, signal }) =>
      contracts.watchCompile(input, signal),
    ),
    compilations: os.compilations.handler(({ input }) => contracts.compilations(input)),
    artefact: os.artefact.handler(({ input }) => contracts.artefact(input)),
    encode: os.encode.handler(({ input }) => contracts.encode(input)),
    runTests: os.runTests.handler(({ input, signal }) => contracts.runTests(input, signal)),
    workspaces: os.workspaces.handler(() => contracts.workspaces()),
    createWorkspace: os.createWorkspace.handler(({ input }) => contracts.createWorkspace(input)),
    workspace: os.workspace.handler(({ input }) => contracts.workspace(input)),
    saveWorkspace: os.saveWorkspace.handler(({ input }) => contracts.saveWorkspace(input)),
    deleteWorkspace: os.deleteWorkspace.handler(({ input }) => contracts.deleteWorkspace(input)),
    deployments: os.deployments.handler(() => contracts.deployments()),
    noteDeployment: os.noteDeployment.handler(({ input }) => contracts.noteDeployment(input)),
    forgetDeployment: os.forgetDeployment.handler(({ input }) => contracts.forgetDeployment(input)),
    storage: os.storage.handler(({ input }) => contracts.storage(input)),
    verify: os.verify.handler(({ input, signal }) => contracts.verify(input, signal)),
    decode: os.decode.handler(({ input }) => contracts.decode(input)),
    decodeAll: os.decodeAll.handler(({ input }) => contracts.decodeAll(input)),
    explain: os.explain.handler(({ input, signal }) => contracts.explain(input, signal)),
    openDebug: os.openDebug.handler(({ input, signal }) => contracts.openDebug(input, signal)),
    debug: os.debug.handler(({ input }) => contracts.debug(input)),
    moveDebug: os.moveDebug.handler(({ input }) => contracts.moveDebug(input)),
    setBreakpoints: os.setBreakpoints.handler(({ input }) => contracts.setBreakpoints(input)),
    debugVariables: os.debugVariables.handler(({ input }) => contracts.debugVariables(input)),
    debugMemory: os.debugMemory.handler(({ input }) => contracts.debugMemory(input)),
    debugSource: os.debugSource.handler(({ input }) => contracts.debugSource(input)),
    closeDebug: os.closeDebug.handler(({ input }) => contracts.closeDebug(input)),
  };
}
