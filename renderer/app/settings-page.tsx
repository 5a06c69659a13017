import { Button, SegmentedControl, Switch, useMantineColorScheme } from "@mantine/core";
import { formatDateTime } from "../components/format.ts";
import { PageFrame } from "../components/page-frame.tsx";
import { useNow } from "../data/hooks.ts";
import { changePreferences, resetPreferences, usePreferences } from "../data/preferences.ts";
import classes from "./shell.module.css";

export function SettingsPage(): React.JSX.Element {
  const { colorScheme, setColorScheme, clearColorScheme } = useMantineColorScheme();
  const preferences = usePreferences();
  const now = useNow();
  return (
    <PageFrame
      title="Settings"
      verdict="Kept in this browser; they change nothing on the server."
      action={
        <Button
          variant="default"
          onClick={() => {
            resetPreferences();
            clearColorScheme();
          }}
        >
          Reset to defaults
        </Button>
      }
    >
      <div className={classes.settings}>
        <Setting title="Theme" description="Dark, light, or as the system says.">
          <SegmentedControl
            aria-label="Theme"
            value={colorScheme}
            onChange={(value) => setColorScheme(value)}
            data={[
              { value: "dark", label: "Dark" },
              { value: "light", label: "Light" },
              { value: "auto", label: "System" },
            ]}
          />
        </Setting>
        <Setting title="Density" description="Rows of 32 or of 40 pixels.">
          <SegmentedControl
            aria-label="Density"
            value={preferences.density}
            onChange={(density) => changePreferences({ density })}
            data={[
              { value: "compact", label: "Compact" },
              { value: "comfortable", label: "Comfortable" },
            ]}
          />
        </Setting>
        <Setting title="Time format" description={formatDateTime(now, preferences.timeFormat)}>
          <SegmentedControl
            aria-label="Time format"
            value={preferences.timeFormat}
            onChange={(timeFormat) => changePreferences({ timeFormat })}
            data={[
              { value: "24-hour", label: "24 hours" },
              { value: "12-hour", label: "12 hours" },
              { value: "utc", label: "UTC" },
            ]}
          />
        </Setting>
        <Setting
          title="Start with live updates paused"
          description="The page then shows the first state that it receives until you resume."
        >
          <Switch
            aria-label="Start with live updates paused"
            checked={preferences.startPaused}
            onChange={(event) => changePreferences({ startPaused: event.currentTarget.checked })}
          />
        </Setting>
      </div>
    </PageFrame>
  );
}

interface SettingProps {
  readonly title: string;
  readonly description: string;
  readonly children: React.ReactNode;
}

function Setting({ title, description, children }: SettingProps) {
  return (
    <div className={classes.setting}>
      <div>
        <h2>{title}</h2>
        <p className="soft">{description}</p>
      </div>
      {children}
    </div>
  );
}
