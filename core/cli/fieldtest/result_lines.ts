import type { UnbrickError } from "../../common/errors.ts";
import { list, text, type Words } from "../../common/text.ts";
import { wrap } from "../terminal/layout.ts";
import { checks } from "./checks.ts";
import { type JudgedFact, ofCamera, ofModel, verdicts } from "./judged_facts.ts";
import type { FieldTestRecord } from "./record.ts";
import type { ResultFile } from "./result_file.ts";
import { stageTitles } from "./stage_titles.ts";

const states: Readonly<Record<FieldTestRecord["stages"][number]["state"], Words>> = {
  passed: text`passed`,
  failed: text`failed`,
  skipped: text`skipped`,
  stopped: text`stopped`,
};

/** What a field test says before its first stage and after its last one. */
export const resultLines = {
  start({ record, isContinued, path }: ResultFile, simulated: boolean, width: number): Words[] {
    const { name } = record.board;
    const title = simulated
      ? text`Field test of a simulated ${name}. It says nothing about a real camera.`
      : text`Field test of the ${name}.`;
    const going = isContinued
      ? text`It goes on with ${path}: stages that passed are not repeated.`
      : text`Everything goes into ${path}. You may stop at any time: the same command goes on.`;
    return [...wrap(title, width), ...wrap(going, width)];
  },

  end(
    { stages, simulated }: FieldTestRecord,
    facts: readonly JudgedFact[],
    { path, ended }: { readonly path: string; readonly ended?: UnbrickError },
    width: number,
  ): Words[] {
    const camera = simulated ? text`simulated camera` : text`this camera`;
    return [
      "",
      ...stages.flatMap(({ id, state, reason, checks: judged }) => [
        ...wrap(list([text`${stageTitles[id]}: ${states[state]}`, reason]), width),
        ...judged.filter(({ passed }) => passed === false).flatMap(({ id, detail }) =>
          wrap(text`Not so: ${checks[id]} ${detail ?? ""}`, width, "  ")
        ),
      ]),
      "",
      ...facts.flatMap((judged) =>
        wrap(
          text`${judged.fact.title}: model ${ofModel(judged.fact)}, ${camera} ${
            ofCamera(judged)
          }: ${verdicts[judged.verdict]}`,
          width,
        )
      ),
      "",
      ...(ended
        ? [
          ...wrap(ended.text, width),
          ...wrap(
            text`The field test is not complete: the same command goes on where it was.`,
            width,
          ),
        ]
        : []),
      ...wrap(
        simulated
          ? text`${path} contains everything. It is from a simulated camera: do not send it as a
            result.`
          : text`${path} contains everything: please send it. Serial numbers of the devices are in
            it; names and your files are not.`,
        width,
      ),
    ];
  },
};
