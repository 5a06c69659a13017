import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { queryClient } from "../data/client.ts";
import { useSession } from "../data/hooks.ts";
import { ThreadActionsProvider } from "../components/thread-actions.tsx";
import { router } from "./router.tsx";
import { SignInPage } from "./sign-in.tsx";
import { colorSchemeManager, cssVariablesResolver, theme } from "./theme.ts";

export function App() {
  return (
    <StrictMode>
      <MantineProvider
        theme={theme}
        colorSchemeManager={colorSchemeManager}
        cssVariablesResolver={cssVariablesResolver}
        defaultColorScheme="auto"
      >
        <QueryClientProvider client={queryClient}>
          <Notifications position="bottom-right" autoClose={6_000} limit={4} />
          <Gate />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>
  );
}

/** Nothing of the platform is shown to someone who has to sign in first. */
function Gate() {
  const session = useSession();
  if (session.phase === "checking") return null;
  if (session.phase === "signed-out") return <SignInPage reason={session.reason} />;
  return (
    <ThreadActionsProvider>
      <RouterProvider router={router} />
    </ThreadActionsProvider>
  );
}
