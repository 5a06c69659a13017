import { Button, FileInput, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { bytes, text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { useMay } from "../../data/hooks.ts";
import { refreshModels, uploadModel } from "./model-files.ts";
import classes from "./models.module.css";

interface UploadFormProps {
  /** Of which a version is added, unless another name is given. */
  readonly model: string | undefined;
  readonly onAdded: (name: string, version: number) => void;
}

const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/;

export function UploadForm({ model, onAdded }: UploadFormProps) {
  const [name, setName] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const [labels, setLabels] = useState("");
  const [description, setDescription] = useState("");
  const [received, setReceived] = useState(0);
  const mayAdd = useMay("operator");
  const chosen = name.trim() || (model ?? "");
  const isNamed = namePattern.test(chosen);
  const upload = useMutation({
    mutationFn: (given: File) => {
      setReceived(0);
      const named = labels
        .split(",")
        .map((label) => label.trim())
        .filter((label) => label !== "");
      return uploadModel({ name: chosen, description, labels: named }, given, setReceived);
    },
    onSuccess: (version) => {
      setFile(null);
      setDescription("");
      void refreshModels();
      onAdded(version.model, version.version);
    },
  });
  return (
    <Panel title="Add a version" id="add">
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (file !== null && isNamed) upload.mutate(file);
        }}
      >
        <TextInput
          label="Model"
          description="A new name makes a new model"
          placeholder={model ?? "iris"}
          value={name}
          error={name !== "" && !isNamed && "Letters, digits, . _ - and at most 64 of them"}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <FileInput
          label="ONNX file"
          placeholder="Choose a file"
          accept=".onnx,application/octet-stream"
          value={file}
          onChange={setFile}
          clearable
          clearButtonProps={{ "aria-label": "Choose no file" }}
        />
        <TextInput
          label="Names of the classes"
          description="Separated by commas; may stay empty"
          value={labels}
          onChange={(event) => setLabels(event.currentTarget.value)}
        />
        <Textarea
          label="What is new in it"
          rows={2}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <Button
          type="submit"
          loading={upload.isPending}
          disabled={!mayAdd || file === null || !isNamed}
        >
          Add version
        </Button>
        {!mayAdd && <p className="soft">Adding needs the role operator.</p>}
        {upload.isPending && (
          <p role="status">
            {file !== null && received < file.size
              ? `${text(bytes(received))} of ${text(bytes(file.size))} sent`
              : "Reading the file and trying it out"}
          </p>
        )}
        {upload.error && <ProblemView error={upload.error} />}
      </form>
    </Panel>
  );
}
