/** What was found or trained becomes a version of a model, and the way to its page. */
import { Button, Popover, Switch, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { ResultSource } from "../../../workers/analytics/contract.ts";
import { ProblemView } from "../../components/problem-view.tsx";
import { client } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { refreshModels } from "../models/model-files.ts";
import classes from "./flows.module.css";

interface AddToRegistryProps {
  readonly source: ResultSource;
  /** Of the job, in the training lab of the experiment. */
  readonly id: string;
  /** Suggested; what no model may be named is left out of it. */
  readonly name: string;
  readonly disabled?: boolean;
}

const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/;

export function AddToRegistry({ source, id, name, disabled = false }: AddToRegistryProps) {
  const [chosen, setChosen] = useState(() => nameFrom(name));
  const [isChampion, setIsChampion] = useState(true);
  const mayAdd = useMay("operator");
  const add = useMutation({
    mutationFn: () =>
      client.analytics.registry.addResult({ name: chosen, source, id, champion: isChampion }),
    onSettled: refreshModels,
  });
  const isNamed = namePattern.test(chosen);
  return (
    <Popover position="bottom-start" trapFocus withRoles>
      <Popover.Target>
        <Button variant="default" size="compact-sm" disabled={!mayAdd || disabled}>
          Add to the registry
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Add to the registry">
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            if (isNamed) add.mutate();
          }}
        >
          <TextInput
            label="Model"
            description="A new name makes a new model"
            value={chosen}
            error={!isNamed && "Letters, digits, . _ - and at most 64 of them"}
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
          <Switch
            label="It answers from now on (champion)"
            checked={isChampion}
            onChange={(event) => setIsChampion(event.currentTarget.checked)}
          />
          <Button type="submit" loading={add.isPending} disabled={!isNamed}>
            Add version
          </Button>
          {add.error && <ProblemView error={add.error} />}
          {add.data && (
            <p role="status">
              Version {add.data.version} is added.{" "}
              <Link
                to="/learning/models"
                search={{ model: add.data.model, version: add.data.version }}
              >
                Try {add.data.model}
              </Link>
            </p>
          )}
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

function nameFrom(text: string): string {
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.join("-").slice(0, 64) || "model";
}
