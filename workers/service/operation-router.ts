/**
 * Finds the operation of a request. A web framework's router makes a route with hooks of its own for each
 * of hundreds of operations, which is most of what a thread would do while it starts; all that is needed
 * is a tree of path segments.
 */

interface Routed {
  readonly method: string;
  /** With {parameters} that are whole segments. */
  readonly url: string;
}

export type Found<Operation> =
  | {
      readonly kind: "operation";
      readonly operation: Operation;
      readonly parameters: Readonly<Record<string, string>>;
    }
  /** The path is known, with other methods; those that it takes, as an Allow header says them. */
  | { readonly kind: "other methods"; readonly url: string; readonly allowed: readonly string[] }
  | { readonly kind: "unknown" };

interface Node<Operation> {
  readonly children: Map<string, Node<Operation>>;
  /** Of a segment that may be anything. */
  parameter: Node<Operation> | null;
  readonly operations: Map<string, Operation>;
  url: string;
}

/** Characters, percent-encoded ones as they come; a longer value of a parameter names nothing. */
export const parameterLengthMax = 256;

export class OperationRouter<Operation extends Routed> {
  readonly #root = emptyNode<Operation>();

  /** @throws Error where two operations have the same method and path */
  constructor(operations: Iterable<Operation>) {
    for (const operation of operations) this.#add(operation);
  }

  /**
   * Names win over parameters, segment by segment from the left; HEAD is answered as GET.
   * @param path without a query, with percent-encoded characters that are known to be well-formed
   */
  find(method: string, path: string): Found<Operation> {
    const segments = segmentsOf(path);
    const values: string[] = [];
    const wanted = method === "HEAD" ? "GET" : method;
    const takes = ({ operations }: Node<Operation>) => operations.has(wanted);
    const operation = match(this.#root, segments, takes, values)?.operations.get(wanted);
    if (operation === undefined) {
      return this.#otherMethods(segments);
    }
    const names = segmentsOf(operation.url).filter(isParameter);
    const parameters = Object.fromEntries(
      names.map((name, place) => [name.slice(1, -1), decodeURIComponent(values[place] ?? "")]),
    );
    return { kind: "operation", operation, parameters };
  }

  /** The methods of every place that the path may mean, for each of them is answered. */
  #otherMethods(segments: readonly string[]): Found<Operation> {
    const methods = new Set<string>();
    let url: string | null = null;
    const collect = (node: Node<Operation>) => {
      if (node.operations.size > 0) url ??= node.url;
      for (const each of node.operations.keys()) methods.add(each);
      return false;
    };
    match(this.#root, segments, collect, []);
    if (url === null) return { kind: "unknown" };
    const allowed = [...methods].flatMap((each) => (each === "GET" ? [each, "HEAD"] : [each]));
    return { kind: "other methods", url, allowed };
  }

  #add(operation: Operation): void {
    const { method, url } = operation;
    let node = this.#root;
    for (const segment of segmentsOf(url)) {
      let next = isParameter(segment) ? node.parameter : node.children.get(segment);
      if (next === undefined || next === null) {
        next = emptyNode<Operation>();
        if (isParameter(segment)) node.parameter = next;
        else node.children.set(segment, next);
      }
      node = next;
    }
    if (node.operations.has(method)) throw new Error(`${method} ${url} is there twice.`);
    node.operations.set(method, operation);
    node.url = url;
  }
}

function emptyNode<Operation>(): Node<Operation> {
  return { children: new Map(), parameter: null, operations: new Map(), url: "" };
}

function segmentsOf(path: string): readonly string[] {
  return path.slice(1).split("/");
}

function isParameter(segment: string): boolean {
  return segment.startsWith("{") && segment.endsWith("}");
}

/**
 * As deep as the longest path of an operation, whatever is asked for.
 * @param values takes up those of the parameters on the way
 */
function match<Operation>(
  node: Node<Operation>,
  segments: readonly string[],
  isWanted: (node: Node<Operation>) => boolean,
  values: string[],
  place = 0,
): Node<Operation> | null {
  const segment = segments[place];
  if (segment === undefined) return isWanted(node) ? node : null;
  const named = node.children.get(segment);
  const found = named === undefined ? null : match(named, segments, isWanted, values, place + 1);
  if (found !== null) return found;
  const { parameter } = node;
  if (parameter === null || segment === "" || segment.length > parameterLengthMax) return null;
  values.push(segment);
  const beyond = match(parameter, segments, isWanted, values, place + 1);
  if (beyond === null) values.pop();
  return beyond;
}
