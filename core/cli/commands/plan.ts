import type { Board, Job } from "../../family/board.ts";
import { placesFor } from "../../image/completeness.ts";
import type { BoardImages, ImageRole } from "../../image/image.ts";
import { UnbrickError } from "../../common/errors.ts";
import { byteCount, byteSize, duration, hex } from "../../common/format.ts";
import type { JobOptions, ListedFamily, Plan } from "../../family/family.ts";
import { summariseImage, summariseStep } from "../../plan/summaries.ts";
import { madeBy } from "../backup/backed_up_job.ts";
import { BackupFolder } from "../backup/backup_folder.ts";
import { whereLines } from "../images/missing_images.ts";
import { boardByName, boardNamed, ready } from "../devices/board_names.ts";
import type { PlanLine } from "../json/board_lines.ts";
import { printJson, printLines, type Session } from "../session.ts";
import { makeStyle } from "../terminal/style.ts";
import { hintAt } from "../../common/nearest.ts";
import { originLine } from "../views/run_summary.ts";
import { practiceNotes } from "../../common/simulation_only.ts";
import { checkOffered, makePlan } from "./job.ts";
import { jobVerbs } from "../../plan/job_words.ts";
import { say } from "../language/say.ts";
import { list, text, type Words } from "../../common/text.ts";

const jobs: readonly Job[] = ["restore", "flash", "verify", "read"];

interface PlanRequest extends Omit<JobOptions, "backup"> {
  /** The zip of `--backup`. */
  readonly backup?: string;
  /** `[JOB] BOARD` */
  readonly words: readonly string[];
}

export async function showPlan(
  session: Session,
  { words, backup: zip, ...given }: PlanRequest,
): Promise<number> {
  const { only, romfs, bootloaderOnly, eraseFilesystem } = given;
  const { job, known } = jobAndBoard(words, session.families);
  checkOffered(known, job);
  const check = job === "restore" || job === "flash";
  const backup = zip === undefined ? undefined : new BackupFolder(zip, madeBy(session));
  const request = { job, only, romfs, bootloaderOnly, eraseFilesystem, check, backup };
  const plan = makePlan(session, await ready(known), request, "simulated");
  if (session.options.json) printJson(session, { type: "plan", ...planFacts(plan) });
  else {
    const [head, ...rows] = planLines(plan, session.console.columns);
    printLines(session, [makeStyle(session.console).bold(say(head)), ...rows]);
  }
  return 0;
}

/** Returns the job and the board; the default job is restore. @throws UnbrickError `usage` */
function jobAndBoard(words: readonly string[], families: readonly ListedFamily[]) {
  const [word, ...others] = words;
  const job = jobs.find((one) => one === word.toLowerCase());
  const rest = others.join(" ");
  if (job && rest) return { job, known: boardByName(rest, families) };
  if (boardNamed(rest, families) && !boardNamed(words.join(" "), families)) {
    throw new UnbrickError("usage", text`There is no job called "${word}". ${hintAt(word, jobs)}`, {
      job: word,
      command: "plan",
    });
  }
  return { job: "restore" as const, known: boardByName(words.join(" "), families) };
}

function planFacts({ job, board, steps, images }: Plan): Omit<PlanLine, "type"> {
  return {
    job,
    board: { id: board.id, name: board.name },
    imagesFrom: images.origin,
    ...(images.reason && { imagesBecause: images.reason }),
    images: images.all.map(summariseImage),
    whereToGet: placesFor(practised(board, images)),
    steps: steps.map(summariseStep),
  };
}

/** Returns the roles whose images are for simulated cameras only. */
function practised({ roles }: Board, images: BoardImages): ImageRole[] {
  return roles.filter(({ role }) => images.get(role)?.simulationOnly);
}

const effects = {
  none: text`changes nothing`,
  erases: text`erases`,
  writes: text`writes`,
  irreversible: text`irreversible`,
} as const;

/** Returns a heading and the steps, each with its changes. */
function planLines({ job, board, steps, images }: Plan, width: number): Words[] {
  const lines: Words[] = [
    text`Plan: ${jobVerbs[job]} ${board.name}`,
    originLine(images.origin, images.reason),
    ...practiceNotes(images.all),
    ...whereLines(practised(board, images), width),
    "",
  ];
  steps.forEach((step, at) => {
    const effect = effects[step.effect];
    const time = duration(step.weight);
    const number = String(at + 1).padStart(2);
    lines.push(
      step.consent
        ? text`${number}. ${step.title} (${effect}, about ${time}, needs the consent
            "${step.consent.id}")`
        : text`${number}. ${step.title} (${effect}, about ${time})`,
    );
    for (const { region, address, length, image, sha256, file } of step.targets ?? []) {
      lines.push(
        `      ${say(list([text`${region}: ${hex(address)}`, byteSize(length), image]))}`,
      );
      if (sha256) lines.push(`      sha256 ${sha256}`);
      if (file) {
        lines.push(text`      the whole file: ${byteCount(file.bytes)}, sha256 ${file.sha256}`);
      }
    }
  });
  return lines;
}
