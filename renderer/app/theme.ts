import {
  createTheme,
  type CSSVariablesResolver,
  localStorageColorSchemeManager,
  type MantineColorsTuple,
} from "@mantine/core";

const accent: MantineColorsTuple = [
  "#eaf2ff",
  "#d3e3fe",
  "#a6c6fb",
  "#7db0fa",
  "#5b99f7",
  "#357ff2",
  "#2563d6",
  "#1f54b8",
  "#1a4597",
  "#123372",
];
/** Only for what destroys: dark enough at its main shade for white text. */
const red: MantineColorsTuple = [
  "#fdebea",
  "#f9cfcc",
  "#f2a29d",
  "#ec7a73",
  "#e5564d",
  "#d43c33",
  "#b3261e",
  "#991f18",
  "#7f1913",
  "#64120d",
];
const darkNeutral: MantineColorsTuple = [
  "#e6eaed",
  "#c9d0d6",
  "#a3aeb7",
  "#8a96a0",
  "#3a444c",
  "#262d33",
  "#1b2126",
  "#121619",
  "#0d1012",
  "#090b0d",
];
const lightNeutral: MantineColorsTuple = [
  "#f6f7f8",
  "#eef0f2",
  "#e2e6e9",
  "#d3d9de",
  "#c3cad1",
  "#7c8790",
  "#59646d",
  "#414c55",
  "#2c353c",
  "#1a2126",
];

export const colorSchemeManager = localStorageColorSchemeManager({ key: "demo.theme" });

export const theme = createTheme({
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontFamilyMonospace: '"JetBrains Mono Variable", ui-monospace, monospace',
  headings: { fontFamily: '"Inter Variable", system-ui, sans-serif', fontWeight: "600" },
  primaryColor: "accent",
  primaryShade: 6,
  colors: { accent, red, dark: darkNeutral, gray: lightNeutral },
  black: "#1a2126",
  defaultRadius: 4,
  spacing: { xs: "8px", sm: "12px", md: "16px", lg: "24px", xl: "32px" },
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  respectReducedMotion: true,
  cursorType: "pointer",
  components: {
    Button: { defaultProps: { size: "xs" } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
    TextInput: { defaultProps: { size: "xs" } },
    PasswordInput: { defaultProps: { size: "xs" } },
    NativeSelect: { defaultProps: { size: "xs" } },
    Select: { defaultProps: { size: "xs" } },
    SegmentedControl: { defaultProps: { size: "xs", transitionDuration: 0 } },
    Tooltip: { defaultProps: { openDelay: 400, transitionProps: { duration: 0 } } },
    Menu: { defaultProps: { transitionProps: { duration: 0 } } },
    Modal: {
      defaultProps: {
        transitionProps: { duration: 0 },
        closeButtonProps: { "aria-label": "Close" },
        overlayProps: { backgroundOpacity: 0.35 },
      },
    },
    Notification: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
    Drawer: { defaultProps: { transitionProps: { duration: 120 } } },
    InputWrapper: {
      styles: {
        label: { fontSize: 13, fontWeight: 500 },
        description: { fontSize: 12, lineHeight: "16px" },
        error: { fontSize: 12, lineHeight: "16px" },
      },
    },
  },
});

export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-text": "#1a2126",
    "--mantine-color-body": "#f6f7f8",
    "--mantine-color-dimmed": "#55606a",
    "--mantine-color-default": "#ffffff",
    "--mantine-color-default-border": "#d3d9de",
    "--mantine-color-anchor": "#1f54b8",
    "--mantine-color-error": "#b3261e",
    "--mantine-color-placeholder": "#66717b",
  },
  dark: {
    "--mantine-color-anchor": "#8ab8fb",
    "--mantine-color-error": "#ff8a80",
    "--mantine-color-placeholder": "#8a96a0",
    "--mantine-color-dimmed": "#a3aeb7",
    "--mantine-color-default": "#1b2126",
  },
});
