/** The quantum thread: the state-vector simulator and its algorithms. */
import { getRandomValues } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { implement } from "@orpc/server";
import { served } from "../gateway/served.ts";
import type { integrationContract } from "../integration/contract.ts";
import { boot } from "../service/boot.ts";
import { sendTelemetryTo } from "../service/telemetry/send.ts";
import { quantumContract } from "./contract.ts";
import { SearchHistory } from "./core/search-history.ts";
import { Algorithms } from "./handlers/algorithms.ts";
import { Circuits } from "./handlers/circuits.ts";
import { Codes } from "./handlers/codes.ts";
import { CorrectionThreads } from "./handlers/correction-threads.ts";
import { Programs } from "./handlers/programs.ts";
import { createSearch } from "./handlers/search.ts";
import { SimulatorThreads } from "./handlers/simulator-threads.ts";
import { createStatus } from "./handlers/status.ts";

boot({
  api: served,
  create(kit) {
    const history = new SearchHistory();
    const host = {
      now: kit.now,
      monotonicMs: kit.monotonicMs,
      breathe: () => setImmediate(),
      randomSeed: () => getRandomValues(new Uint32Array(1))[0] as number,
    };
    const search = createSearch(host, history);
    const status = createStatus(history);
    const threads = new SimulatorThreads();
    const circuits = new Circuits(threads, host);
    const programs = new Programs(threads, host);
    const correction = new CorrectionThreads();
    const codes = new Codes(correction, host);
    const algorithms = new Algorithms(programs, host);
    const os = implement(quantumContract);
    return {
      router: os.router({
        status: os.status.handler(status),
        search: os.search.handler(({ input, signal }) => search(input, signal)),
        capabilities: os.capabilities.handler(() => circuits.capabilities()),
        run: os.run.handler(({ input, signal }) => circuits.run(input, signal)),
        sample: os.sample.handler(({ input, signal }) => circuits.sample(input, signal)),
        state: os.state.handler(({ input, signal }) => circuits.state(input, signal)),
        expectation: os.expectation.handler(({ input, signal }) =>
          circuits.expectation(input, signal),
        ),
        unitary: os.unitary.handler(({ input, signal }) => circuits.unitary(input, signal)),
        importQasm: os.importQasm.handler(({ input, signal }) =>
          programs.importQasm(input, signal),
        ),
        exportCircuit: os.exportCircuit.handler(({ input, signal }) =>
          programs.exportCircuit(input, signal),
        ),
        algorithms: os.algorithms.handler(() => programs.algorithms()),
        algorithm: os.algorithm.handler(({ input, signal }) => programs.algorithm(input, signal)),
        factor: os.factor.handler(({ input, signal }) => programs.factor(input, signal)),
        codes: os.codes.handler(() => codes.codes()),
        codeExperiment: os.codeExperiment.handler(({ input, signal }) =>
          codes.experiment(input, signal),
        ),
        codeFaults: os.codeFaults.handler(({ input, signal }) => codes.faults(input, signal)),
        decodeErrors: os.decodeErrors.handler(({ input, signal }) =>
          codes.decodeErrors(input, signal),
        ),
        threshold: os.threshold.handler(({ input, signal }) => codes.threshold(input, signal)),
        sampleStim: os.sampleStim.handler(({ input, signal }) => codes.sample(input, signal)),
        stimModel: os.stimModel.handler(({ input, signal }) => codes.model(input, signal)),
        importStim: os.importStim.handler(({ input, signal }) => codes.importStim(input, signal)),
        decodeModel: os.decodeModel.handler(({ input, signal }) =>
          codes.decodeModel(input, signal),
        ),
        cost: os.cost.handler(({ input, signal }) => programs.cost(input, signal)),
        optimise: os.optimise.handler(({ input, signal }) => programs.optimise(input, signal)),
        equivalence: os.equivalence.handler(({ input, signal }) =>
          programs.equivalence(input, signal),
        ),
        amplify: os.amplify.handler(({ input, signal }) => algorithms.amplify(input, signal)),
        count: os.count.handler(({ input, signal }) => algorithms.count(input, signal)),
        maximumCut: os.maximumCut.handler(({ input, signal }) =>
          algorithms.maximumCut(input, signal),
        ),
        groundEnergy: os.groundEnergy.handler(({ input, signal }) =>
          algorithms.groundEnergy(input, signal),
        ),
        walk: os.walk.handler(({ input, signal }) => algorithms.walk(input, signal)),
        bellTest: os.bellTest.handler(({ input, signal }) => algorithms.bellTest(input, signal)),
        volume: os.volume.handler(({ input, signal }) => algorithms.volume(input, signal)),
      }),
      ingest: sendTelemetryTo(kit.client<typeof integrationContract>("integration")),
      close: async () => {
        await Promise.all([threads.close(), correction.close()]);
      },
    };
  },
});
