/** The simple JSON paths of CustomResourceDefinitions: `.spec.replicas`, `.items[0].name`, `.a['b.c']`. */

const step =
  /\.([A-Za-z_][\w-]*)|\[(\d+)\]|\[['"]([^'"\]]+)['"]\]|\.?\[\?\(@\.(\w+)\s*==\s*['"]([^'"]*)['"]\)\]/gy;

type Step =
  | { readonly key: string }
  | { readonly index: number }
  | { readonly where: string; readonly is: string };

/** null for what is no such path. */
function parsePath(path: string): Step[] | null {
  const steps: Step[] = [];
  const text = path.startsWith(".") || path.startsWith("[") ? path : `.${path}`;
  step.lastIndex = 0;
  while (step.lastIndex < text.length) {
    const match = step.exec(text);
    if (match === null) return null;
    const [, key, index, quoted, where, is] = match;
    if (index !== undefined) steps.push({ index: Number(index) });
    else if (where !== undefined) steps.push({ where, is: is! });
    else steps.push({ key: key ?? quoted! });
  }
  return steps;
}

/** The first value at a path; undefined where there is none. */
export function firstAt(root: unknown, path: string): unknown {
  let at = root;
  for (const each of parsePath(path) ?? [{ key: "\0" }]) {
    if (typeof at !== "object" || at === null) return undefined;
    if ("key" in each) at = Object.hasOwn(at, each.key) ? (at as never)[each.key] : undefined;
    else if ("index" in each) at = Array.isArray(at) ? (at[each.index] as unknown) : undefined;
    else {
      at = Array.isArray(at)
        ? (at as Record<string, unknown>[]).find(
            (member) => String(member?.[each.where]) === each.is,
          )
        : undefined;
    }
  }
  return at;
}

/** The names of a path of keys alone, such as a replica count's. */
export function keysOf(path: string): string[] {
  return (parsePath(path) ?? []).flatMap((each) => ("key" in each ? [each.key] : []));
}
