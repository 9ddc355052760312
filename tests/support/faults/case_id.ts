import { UnbrickError } from "../../../core/common/errors.ts";

/** One fault by name, and the number of the transfer, frame or work that it affects, from 1. */
export interface NamedFault {
  readonly at: number;
  readonly name: string;
}

/** Faults in one or more consecutive runs on one camera; a run without faults follows. */
export interface FaultCase {
  readonly subject: string;
  readonly runs: readonly (readonly NamedFault[])[];
}

/** `openmv-h7.restore/37:unplug+52:flip/12:stall`: two faults in the first run, one in the second. */
export function caseId({ subject, runs }: FaultCase): string {
  const text = (faults: readonly NamedFault[]) =>
    faults.map(({ at, name }) => `${at}:${name}`).join("+");
  return [subject, ...runs.map(text)].join("/");
}

/** @throws UnbrickError `usage` if the text is not the id of a case */
export function parseCaseId(id: string): FaultCase {
  const [subject, ...runs] = id.split("/");
  return {
    subject,
    runs: runs.map((text) =>
      text.split("+").map((one) => {
        const [, at, name] = /^([1-9]\d*):([\w-]+)$/.exec(one) ?? [];
        if (name !== undefined) return { at: Number(at), name };
        throw new UnbrickError("usage", `"${one}" in ${id} is no fault, such as 37:unplug.`);
      })
    ),
  };
}
