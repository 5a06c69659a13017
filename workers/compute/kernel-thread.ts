/** A thread that helps with the kernels: it sleeps in their memory until a program is there. */
import { workerData } from "node:worker_threads";
import { type HelperData, instantiateKernels } from "./kernel-instance.ts";

const { module, memory, part, parts } = workerData as HelperData;
instantiateKernels(module, memory).serve(0, part, parts);
