/** The tabs under the circuit, by the names that the address has for them. */
export const circuitTabs = [
  "state",
  "qubits",
  "counts",
  "text",
  "parameters",
  "gates",
  "list",
  "examples",
  "lessons",
  "keys",
] as const;
export type CircuitTab = (typeof circuitTabs)[number];
