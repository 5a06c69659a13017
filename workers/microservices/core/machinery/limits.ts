/** Every bound of the API machinery, by name. */
export const machineryLimits = {
  /** etcd's request limit, which is what bounds an object in Kubernetes. */
  protobufBytesMax: 1_572_864,
  protobufDepthMax: 100,
  /** k8s.io/apiserver: "The allowed maximum operations in a JSON patch is 10000". */
  jsonPatchOperationsMax: 10_000,
  /** What `copy` may add up to: the same, in characters of JSON (evanphx/json-patch's size limit). */
  jsonPatchCopiedCharactersMax: 3_145_728,
  mergePatchDepthMax: 200,
  /** Managers of updates before the oldest are merged into `ancient-changes`. */
  updateManagersMax: 10,
  fieldErrorsMax: 100,
  unknownFieldsMax: 100,
  quantityCharactersMax: 64,
} as const;
