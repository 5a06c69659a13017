/** What can go wrong with a circuit. */
import { type ErrorCatalogue, problemsOf } from "../service/errors.ts";

export const quantumErrors = {
  CIRCUIT_INVALID: {
    status: 422,
    title: "The circuit makes no sense",
    remedy: "Correct what the detail names; GET /api/quantum/capabilities lists gates and limits.",
  },
  QUBITS_TOO_MANY: {
    status: 422,
    title: "Too many qubits for this method",
    remedy:
      "Use fewer qubits. Circuits of Clifford gates alone, and circuits that fall apart into smaller ones, need no state vector as large.",
  },
  STIM_INVALID: {
    status: 422,
    title: "The .stim or .dem text cannot be read",
    remedy: "Correct what the detail points at, by line and column.",
  },
  CODE_INVALID: {
    status: 422,
    title: "There is no such code, experiment or decoder",
    remedy: "Choose within what GET /api/quantum/codes lists.",
  },
  HYPEREDGE_UNDECODABLE: {
    status: 422,
    title: "An error flips detectors that matching cannot pair",
    remedy:
      "Decode by lookup, or name the parts of the error with ^ in the model. It is never left out: the result would be wrong.",
  },
  SIMULATION_TOO_LONG: {
    status: 503,
    title: "The simulation took too long",
    remedy: "Use fewer qubits, gates or shots, or leave noise and mid-circuit measurements out.",
  },
} as const satisfies ErrorCatalogue;

export const quantumProblem = problemsOf(quantumErrors);
