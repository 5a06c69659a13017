import { Button, PasswordInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { toProblemError } from "../data/problem.ts";
import { signIn } from "../data/session.ts";
import classes from "./shell.module.css";

export function SignInPage({ reason }: { readonly reason: string | null }) {
  const [token, setToken] = useState("");
  const attempt = useMutation({ mutationFn: signIn });
  const problem = attempt.error ? toProblemError(attempt.error).data : null;
  useEffect(() => {
    document.title = "Sign in · @DEMO control center";
  }, []);
  return (
    <main className={classes.signIn}>
      <form
        className={classes.signInCard}
        onSubmit={(event) => {
          event.preventDefault();
          attempt.mutate(token);
        }}
      >
        <h1>Sign in to @DEMO control center</h1>
        <p className="soft">
          This platform was started with <span className="mono">--auth required</span>. Open the
          address that it printed in its terminal, or paste the token of this launch.
        </p>
        {reason !== null && <p role="alert">{reason}</p>}
        <PasswordInput
          label="Access token"
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
          autoComplete="off"
          required
          error={problem && `${problem.detail} ${problem.remedy} (${problem.code})`}
        />
        <Button type="submit" loading={attempt.isPending} disabled={token.trim() === ""}>
          Sign in
        </Button>
      </form>
    </main>
  );
}
