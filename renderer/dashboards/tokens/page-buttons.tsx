import { Button } from "@mantine/core";
import { useState } from "react";
import { number } from "../../components/format.ts";
import classes from "./tokens.module.css";

interface Pages {
  readonly skip: number;
  readonly rows: number;
  readonly turn: (skip: number) => void;
}

export function usePages(rows: number): Pages {
  const [skip, turn] = useState(0);
  return { skip, rows, turn };
}

/** Nothing where one page holds all. */
export function PageButtons(props: {
  readonly pages: Pages;
  readonly total: number;
  readonly noun: string;
}) {
  const { pages, total, noun } = props;
  const { skip, rows, turn } = pages;
  if (total <= rows) return null;
  return (
    <div className={classes.pages}>
      <Button variant="default" disabled={skip === 0} onClick={() => turn(skip - rows)}>
        Previous {noun}
      </Button>
      <span className="soft">
        {number(skip + 1)} to {number(Math.min(total, skip + rows))} of {number(total)}
      </span>
      <Button variant="default" disabled={skip + rows >= total} onClick={() => turn(skip + rows)}>
        Next {noun}
      </Button>
    </div>
  );
}
