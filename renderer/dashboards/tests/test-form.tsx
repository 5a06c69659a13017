import { Button, InputWrapper, SegmentedControl, Switch } from "@mantine/core";
import {
  aggregations,
  type ProcessInput,
  requestTypes,
} from "../../../workers/integration/contract.ts";
import { Panel } from "../../components/page-frame.tsx";
import { useMay } from "../../data/hooks.ts";
import classes from "./tests.module.css";

const typeNames = {
  comprehensive_test: "Comprehensive test",
  health_check: "Health check",
} as const;
const typeNotes = {
  comprehensive_test: "Each component does real work, and its answer is checked.",
  health_check: "Each component answers that it is there.",
} as const;
const aggregationNotes = {
  merge: "Every answer, by component.",
  vote: "The outcome that more than half of those asked report.",
  first: "The first answer that passes; the others are cancelled.",
} as const;

interface TestFormProps {
  readonly input: ProcessInput;
  readonly onChange: (input: ProcessInput) => void;
  readonly onRun: () => void;
  readonly pending: boolean;
}

export function TestForm({ input, onChange, onRun, pending }: TestFormProps) {
  const mayRun = useMay("operator");
  return (
    <Panel title="Request">
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          onRun();
        }}
      >
        <InputWrapper label="Type" labelElement="div" description={typeNotes[input.type]}>
          <SegmentedControl
            fullWidth
            aria-label="Type"
            value={input.type}
            onChange={(type) => onChange({ ...input, type })}
            data={requestTypes.map((type) => ({ value: type, label: typeNames[type] }))}
          />
        </InputWrapper>
        <InputWrapper
          label="Aggregation"
          labelElement="div"
          description={aggregationNotes[input.aggregation]}
        >
          <SegmentedControl
            fullWidth
            aria-label="Aggregation"
            value={input.aggregation}
            onChange={(aggregation) => onChange({ ...input, aggregation })}
            data={[...aggregations]}
          />
        </InputWrapper>
        <Switch
          label="Require consensus"
          description="The hash of the result goes through the replicated log"
          checked={input.requiresConsensus}
          onChange={(event) =>
            onChange({ ...input, requiresConsensus: event.currentTarget.checked })
          }
        />
        <Switch
          label="Make a real transfer"
          description="The blockchain moves one unit instead of reading its status"
          checked={input.transfer}
          disabled={input.type !== "comprehensive_test"}
          onChange={(event) => onChange({ ...input, transfer: event.currentTarget.checked })}
        />
        <Button type="submit" loading={pending} disabled={!mayRun}>
          Run test
        </Button>
        {!mayRun && <p className="soft">Running tests needs the role operator.</p>}
      </form>
    </Panel>
  );
}
