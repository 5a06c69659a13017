/** Who the page is to the server: base address, token, role. One store, outside React. */
import { z } from "zod";
import {
  type Role,
  roles,
  type SubsystemId,
  subsystemIdSchema,
} from "../../workers/service/contract.ts";
import { desktop } from "./desktop.ts";
import { localProblem, parseProblem, ProblemError } from "./problem.ts";
import { createStore } from "./store.ts";

const tokenKey = "demo.token";

export type Session =
  | { readonly phase: "checking" }
  | { readonly phase: "signed-out"; readonly reason: string | null }
  | { readonly phase: "unreachable" }
  | { readonly phase: "signed-in"; readonly role: Role; readonly subsystem: SubsystemId };

export const sessionStore = createStore<Session>({ phase: "checking" });

let token: string | null = null;
let connected: Promise<{ readonly base: string }> | undefined;

/** Where the API is: this origin in a browser, the address that the bridge names in Electron. */
export function connection(): Promise<{ readonly base: string }> {
  connected ??= connect();
  return connected;
}

async function connect(): Promise<{ readonly base: string }> {
  if (desktop) {
    const [base, desktopToken] = await Promise.all([desktop.apiBase(), desktop.token()]);
    token = desktopToken;
    return { base };
  }
  token = sessionStorage.getItem(tokenKey);
  return { base: location.origin };
}

export function authorizationHeaders(): Record<string, string> {
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

/** Whether requests carry a token, for the commands that the page offers to copy. */
export function hasToken(): boolean {
  return token !== null;
}

const sessionAnswer = z.object({
  role: z.enum(roles).nullable(),
  subsystem: subsystemIdSchema,
});
const signInAnswer = z.object({ token: z.string() });

/** Finds out the role, exchanging the one-time code of the address when there is one. */
export async function startSession(): Promise<void> {
  await connection();
  const code = takeCodeFromAddress();
  if (code !== null) {
    try {
      keepToken(signInAnswer.parse(await request("POST", { code })).token);
    } catch (error) {
      if (error instanceof ProblemError && error.status < 500) {
        sessionStore.set({ phase: "signed-out", reason: `${error.message} ${error.data.remedy}` });
        return;
      }
    }
  }
  await checkSession();
}

async function checkSession(): Promise<void> {
  try {
    const answer = sessionAnswer.parse(await request("GET"));
    sessionStore.set(
      answer.role === null
        ? { phase: "signed-out", reason: null }
        : { phase: "signed-in", role: answer.role, subsystem: answer.subsystem },
    );
  } catch (error) {
    if (error instanceof ProblemError && error.status === 401 && token !== null) {
      // A token of an earlier launch is refused even where none is needed.
      dropToken();
      await checkSession();
      return;
    }
    sessionStore.set({ phase: "unreachable" });
  }
}

/** Tries a token typed by hand; throws the problem when the server refuses it. */
export async function signIn(candidate: string): Promise<void> {
  keepToken(candidate.trim());
  try {
    const answer = sessionAnswer.parse(await request("GET"));
    if (answer.role === null) throw new ProblemError(refusedToken());
    sessionStore.set({ phase: "signed-in", role: answer.role, subsystem: answer.subsystem });
  } catch (error) {
    dropToken();
    throw error;
  }
}

export function signOut(): void {
  dropToken();
  void checkSession();
}

let rechecking = false;

/** A 401 to any call: the launch may be a new one with another token. Checked once at a time. */
export function handleUnauthorized(): void {
  if (rechecking) return;
  rechecking = true;
  void recheck().finally(() => {
    rechecking = false;
  });
}

/** Asks again who we are; the token of the bridge is fetched anew. */
export async function recheck(): Promise<void> {
  if (desktop) connected = undefined;
  await connection();
  await checkSession();
}

async function request(method: "GET" | "POST", body?: unknown): Promise<unknown> {
  const { base } = await connection();
  const headers = authorizationHeaders();
  if (body !== undefined) headers["content-type"] = "application/json";
  const response = await fetch(new URL("/api/session", base), {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (!response.ok) {
    throw new ProblemError(parseProblem(answer) ?? localProblem("UNEXPECTED_ANSWER"));
  }
  return answer;
}

function keepToken(value: string): void {
  token = value;
  if (!desktop) sessionStorage.setItem(tokenKey, value);
}

function dropToken(): void {
  token = null;
  sessionStorage.removeItem(tokenKey);
}

function refusedToken() {
  return {
    ...localProblem("UNEXPECTED_ANSWER"),
    status: 401,
    code: "TOKEN_REFUSED",
    title: "Token refused",
    detail: "The server does not know this token.",
    remedy: "Copy the token of the present launch from the terminal where the platform runs.",
  };
}

/** The code is removed from the address at once, so that history and bookmarks never hold it. */
function takeCodeFromAddress(): string | null {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (code !== null) history.replaceState(null, "", location.pathname + location.search);
  return code;
}
