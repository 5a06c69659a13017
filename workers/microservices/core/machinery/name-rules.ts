/**
 * Rules of names, each giving the sentences of what is wrong: k8s.io/apimachinery
 * pkg/util/validation/validation.go.
 */

function regexSentence(sentence: string, pattern: string, ...examples: string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(" or ");
  return `${sentence} (${examples.length === 0 ? "" : `e.g. ${shown}`}regex used for validation is '${pattern}')`;
}

const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const subdomain = `${label}(\\.${label})*`;
const label1035 = "[a-z]([-a-z0-9]*[a-z0-9])?";
const qualifiedPart = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const labelValue = `(${qualifiedPart})?`;

const labelSentence = regexSentence(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  label,
  "my-name",
  "123-abc",
);
const subdomainSentence = regexSentence(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  subdomain,
  "example.com",
);
const label1035Sentence = regexSentence(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  label1035,
  "my-name",
  "abc-123",
);
const qualifiedSentence = regexSentence(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  qualifiedPart,
  "MyName",
  "my.name",
  "123-abc",
);
const labelValueSentence = regexSentence(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  labelValue,
  "MyValue",
  "my_value",
  "12345",
);
const configKeySentence = regexSentence(
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  "[-._a-zA-Z0-9]+",
  "key.name",
  "KEY_NAME",
  "key-name",
);

function check(text: string, pattern: string, sentence: string, lengthMax: number): string[] {
  const problems: string[] = [];
  if (text.length > lengthMax) problems.push(`must be no more than ${lengthMax} characters`);
  // Longer text is not matched: every pattern here is linear, but its length is not ours to choose.
  else if (!new RegExp(`^${pattern}$`).test(text)) problems.push(sentence);
  return problems;
}

export type NameRule = (text: string) => string[];

export const dnsLabel: NameRule = (text) => check(text, label, labelSentence, 63);
export const dnsSubdomain: NameRule = (text) => check(text, subdomain, subdomainSentence, 253);
export const dns1035Label: NameRule = (text) => check(text, label1035, label1035Sentence, 63);
export const validLabelValue: NameRule = (text) => check(text, labelValue, labelValueSentence, 63);

/** Names that only must fit in a path: RBAC's, whose ":" is usual. */
export const pathSegment: NameRule = (text) => {
  if (text === "." || text === "..") return [`may not be '${text}'`];
  return ["/", "%"]
    .filter((part) => text.includes(part))
    .map((part) => `may not contain '${part}'`);
};

export const configKey: NameRule = (text) => {
  const problems = check(text, "[-._a-zA-Z0-9]+", configKeySentence, 253);
  if (text === "." || text === "..") problems.push(`must not be '${text}'`);
  else if (text.startsWith("..")) problems.push("must not start with '..'");
  return problems;
};

/** Keys of labels, taints and resources: a name of 63 with an optional subdomain before it. */
export const qualifiedName: NameRule = (text) => {
  const parts = text.split("/");
  const name = parts.at(-1)!;
  if (parts.length > 2) {
    return [
      `a qualified name ${qualifiedSentence} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const problems: string[] = [];
  if (parts.length === 2) {
    if (parts[0] === "") problems.push("prefix part must be non-empty");
    else problems.push(...dnsSubdomain(parts[0]!).map((problem) => `prefix part ${problem}`));
  }
  if (name === "") problems.push("name part must be non-empty");
  const rest = check(name, qualifiedPart, qualifiedSentence, 63);
  return [...problems, ...rest.map((problem) => `name part ${problem}`)];
};

/** A port's name: IANA service name syntax, RFC 6335 section 5.1. */
export const portName: NameRule = (text) => {
  const problems: string[] = [];
  if (text.length > 15) problems.push("must be no more than 15 characters");
  if (!/^[-a-z0-9]+$/.test(text)) {
    problems.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  }
  if (!/[a-z]/.test(text)) problems.push("must contain at least one letter (a-z)");
  if (text.includes("--")) problems.push("must not contain consecutive hyphens");
  if (text.startsWith("-") || text.endsWith("-")) {
    problems.push("must not begin or end with a hyphen");
  }
  return problems;
};

export const environmentName: NameRule = (text) =>
  /^[ -<>-~]+$/.test(text)
    ? []
    : [
        "a valid environment variable name must consist only of printable ASCII characters other than '='",
      ];

/** A host of an ingress: a subdomain, perhaps with "*." before it. */
export const wildcardSubdomain: NameRule = (text) =>
  text.startsWith("*.") ? dnsSubdomain(text.slice(2)) : dnsSubdomain(text);

export function isIpAddress(text: string): boolean {
  const octet = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  if (new RegExp(`^${octet}(?:\\.${octet}){3}$`).test(text)) return true;
  if (text.length > 45 || !/^[\da-fA-F:.]+$/.test(text) || !text.includes(":")) return false;
  return URL.canParse(`http://[${text}]/`);
}
