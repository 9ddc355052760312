import { families } from "../../boards/mod.ts";
import { allBoards } from "../../core/cli/board_names.ts";
import type { Console } from "../../core/cli/console.ts";
import { guideOf } from "../../core/cli/guide/steps.ts";
import { runCommandLine } from "../../core/cli/run.ts";
import { toyFamily } from "../../core/cli/testing/toy_family.ts";
import type { RunReport } from "../../core/plan/report.ts";
import { makeContext } from "../../main.ts";

/** A page to look at, and the texts that must be on it. */
export interface Sample {
  readonly name: string;
  readonly file: string;
  readonly texts: readonly string[];
}

/** Every guide, and records of runs that ended well, with a fuse, without its consent, and badly. */
export async function makeSamples(folder: string): Promise<Sample[]> {
  const context = await makeContext();
  const quiet: Console = {
    ...context.openConsole({ colour: false }),
    canAsk: false,
    write() {},
  };
  const command = async (line: string, forgetful = false) =>
    await runCommandLine(line.split(" "), {
      ...context,
      openConsole: () => quiet,
      families: forgetful ? [toyFamily({ forgetful })] : context.families,
    });

  const guides = allBoards(families).map(async ({ board }): Promise<Sample> => {
    const file = `${folder}/guide-${board.id}.html`;
    await command(`guide ${board.id} --html ${file}`);
    const { steps, refused } = guideOf(board);
    const commands = steps.flatMap((step) => step.command ?? []);
    const texts = [board.name, ...steps.map(({ text }) => text), ...commands, refused ?? ""];
    return { name: `guide ${board.id}`, file, texts };
  });

  const image = `${folder}/firmware.bin`;
  Deno.writeFileSync(image, new Uint8Array(500));
  const runs = [
    { name: "restored", line: "restore openmv-h7" },
    { name: "fuse-burnt", line: "restore openmv-rt1062 --condition blank --allow boot-source" },
    { name: "fuse-refused", line: "restore openmv-rt1062 --condition blank" },
    { name: "compared", line: "verify openmv-n6" },
    { name: "failed", line: `restore toy --image ${image}`, forgetful: true },
  ];
  const reports = runs.map(async ({ name, line, forgetful }): Promise<Sample> => {
    const file = `${folder}/report-${name}.html`;
    const rest = `${line} --simulate --fast --yes --operator <Ada>&Co --report`;
    await command(`${rest} ${file}`, forgetful);
    await command(`${rest} ${file}.json`, forgetful);
    return { name: `report ${name}`, file, texts: reportTexts(`${file}.json`) };
  });
  return await Promise.all([...guides, ...reports]);
}

function reportTexts(file: string): string[] {
  const report: RunReport = JSON.parse(Deno.readTextFileSync(file));
  const { steps, devices, images, board, operator, error } = report;
  return [
    board.name,
    operator ?? "",
    error?.message ?? "",
    ...steps.flatMap(({ title, proofs }) => [title, ...proofs.map(({ claim }) => claim)]),
    ...devices.flatMap(({ title, serial }) => [title, serial ?? "none told"]),
    ...images.flatMap(({ name, sha256 }) => [name, sha256]),
  ];
}
