import { families } from "../support/boards/families.ts";
import type { Board } from "../../core/family/board.ts";
import { allBoards } from "../../core/cli/devices/board_names.ts";
import type { Console } from "../../core/cli/terminal/console.ts";
import { guideOf } from "../../core/cli/guide/guide_steps.ts";
import { say } from "../../core/cli/language/say.ts";
import { jobTitles } from "../../core/plan/job_words.ts";
import { text, type Words } from "../../core/common/text.ts";
import { runCommandLine } from "../../core/cli/run.ts";
import { toyFamily } from "../support/cli/toy_family.ts";
import type { RunReport } from "../../core/plan/report.ts";
import { makeContext } from "../../program.ts";

/** A page to check, and the texts that must be on it. */
export interface Sample {
  readonly name: string;
  readonly file: string;
  readonly texts: readonly string[];
}

/** Boards whose guide is also checked in Chinese: each family that can be restored. */
const chineseGuides = ["openmv-h7", "openmv-rt1062", "openmv-n6", "openmv-ae3"];

/**
 * Every guide, and records of runs: successful, with a fuse, without its consent, with a picture, and
 * failed; some of them in Chinese.
 */
export async function makeSamples(folder: string): Promise<Sample[]> {
  const context = makeContext();
  const quiet: Console = {
    ...context.openConsole({ colour: false }),
    canAsk: false,
    write() {},
  };
  const command = async (line: string, forgetful = false) =>
    await runCommandLine(line.split(" "), {
      ...context,
      openConsole: () => quiet,
      languageSources: () => ({}),
      families: forgetful ? [toyFamily({ forgetful })] : context.families,
    });

  const guides = allBoards(families).map(async ({ board }): Promise<Sample> => {
    const file = `${folder}/guide-${board.id}.html`;
    await command(`guide ${board.id} --html ${file}`);
    return { name: `guide ${board.id}`, file, texts: guideTexts(board).map(String) };
  });

  const image = `${folder}/firmware.bin`;
  Deno.writeFileSync(image, new Uint8Array(500));
  const runs = [
    { name: "restored", line: "restore openmv-h7" },
    { name: "fuse-burnt", line: "restore openmv-rt1062 --condition blank --allow boot-source" },
    { name: "fuse-refused", line: "restore openmv-rt1062 --condition blank" },
    { name: "compared", line: "verify openmv-n6" },
    { name: "seen", line: "check openmv-h7", pictured: true },
    { name: "failed", line: `restore toy --image ${image}`, forgetful: true },
  ];
  const reports = runs.map(async ({ name, line, forgetful, pictured }): Promise<Sample> => {
    const file = `${folder}/report-${name}.html`;
    const rest = `${line} --simulate --fast --yes --operator <Ada>&Co --report`;
    for (const record of [file, `${file}.json`]) {
      await command(`${rest} ${record}${pictured ? ` --picture ${record}.png` : ""}`, forgetful);
    }
    return { name: `report ${name}`, file, texts: reportTexts(`${file}.json`) };
  });
  const english = await Promise.all([...guides, ...reports]);

  // A process uses one language at a time.
  const samples: Sample[] = [];
  const inChinese = async (name: string, line: string, texts: readonly Words[]) => {
    const file = `${folder}/${name.replaceAll(" ", "-")}-zh.html`;
    await command(`${line} ${file} --lang zh`);
    samples.push({ name: `${name} in Chinese`, file, texts: texts.map(say) });
  };
  for (const { board } of allBoards(families)) {
    if (!chineseGuides.includes(board.id)) continue;
    await inChinese(`guide ${board.id}`, `guide ${board.id} --html`, [
      text`${jobTitles.restore} the ${board.name}`,
      ...guideTexts(board),
    ]);
  }
  const { board, operator, images } = reportOf(`${folder}/report-${runs[0].name}.html.json`);
  const again = `${runs[0].line} --simulate --fast --yes --operator <Ada>&Co --report`;
  await inChinese("report restored", again, [
    text`${jobTitles.restore} the ${board!.name}`,
    text`Timeline`,
    operator ?? "",
    ...images.flatMap(({ name, sha256 }) => [name, sha256]),
  ]);
  return [...english, ...samples];
}

function guideTexts(board: Board): Words[] {
  const { steps, refused } = guideOf(board);
  const commands = steps.flatMap((step) => step.command ?? []);
  return [board.name, ...steps.map(({ text }) => text), ...commands, refused ?? ""];
}

function reportTexts(file: string): string[] {
  const { steps, devices, images, board, operator, error } = reportOf(file);
  return [
    board?.name ?? "",
    operator ?? "",
    error?.message ?? "",
    ...steps.flatMap(({ title, proofs }) => [title, ...proofs.map(({ claim }) => claim)]),
    ...devices.flatMap(({ title, serial }) => [title, serial ?? "not reported"]),
    ...images.flatMap(({ name, sha256 }) => [name, sha256]),
  ].map(String);
}

function reportOf(file: string): RunReport {
  return JSON.parse(Deno.readTextFileSync(file));
}
