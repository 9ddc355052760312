import { type Text, text } from "../../common/text.ts";
import type { Job } from "../../family/board.ts";
import type { QuestionId } from "./questions.ts";
import type { StageId } from "./stage_id.ts";
import type { StageWork } from "./stage_context.ts";
import { stageTitles } from "./stage_titles.ts";
import { stageWork } from "./stage_work.ts";

/** A part of a field test, with a consent of its own. */
export interface Stage {
  readonly id: StageId;
  readonly title: Text;
  /** What it does to the camera, and what the person does. */
  readonly about: Text;
  /** The jobs that it consists of: a board without one of them has no such stage. */
  readonly jobs: readonly Job[];
  /** The job in whose middle the cable is pulled: never one that can burn a fuse. */
  readonly cuts?: Job;
  /** What is asked afterwards. */
  readonly questions: readonly QuestionId[];
  readonly work: StageWork;
}

type Described = Omit<Stage, "id" | "title" | "work">;

const described: Readonly<Record<StageId, Described>> = {
  "look": {
    about: text`Plug the camera in. unbrick reads its descriptors and names, and writes nothing.`,
    jobs: ["look"],
    questions: ["name"],
  },
  "check": {
    about: text`The camera takes pictures. Nothing is written to it.`,
    jobs: ["check"],
    questions: ["picture"],
  },
  "read": {
    about: text`The firmware is read twice and compared. Nothing is written.`,
    jobs: ["read"],
    questions: [],
  },
  "verify": {
    about: text`The camera is compared with the images. Nothing is written.`,
    jobs: ["verify"],
    questions: [],
  },
  "flash": {
    about: text`The images are written, even where the camera contains them already; then the same
      command must find nothing to do.`,
    jobs: ["flash"],
    questions: ["files"],
  },
  "interrupt-read": {
    about: text`You pull the cable while the camera is read. Nothing is written.`,
    jobs: ["read"],
    cuts: "read",
    questions: [],
  },
  "interrupt-flash": {
    about: text`You pull the cable while the firmware is written. The same command then repairs the
      camera.`,
    jobs: ["flash"],
    cuts: "flash",
    questions: [],
  },
  "restore": {
    about:
      text`The bootloader and everything else are written, with the jumper or switch. No fuse is
      ever burnt.`,
    jobs: ["restore"],
    questions: ["drawing"],
  },
  "interrupt-restore": {
    about:
      text`You pull the cable while the bootloader is written. The same command then repairs the
      camera.`,
    jobs: ["restore"],
    cuts: "restore",
    questions: [],
  },
  "two-cameras": {
    about: text`Two cameras of this kind are connected, and each is verified by its port. Nothing is
      written.`,
    jobs: ["verify"],
    questions: ["screen"],
  },
};

/** The stages in their order: nothing is written before `flash`. */
export const stages: readonly Stage[] = (Object.keys(described) as StageId[]).map((id) => ({
  id,
  title: stageTitles[id],
  ...described[id],
  work: stageWork[id],
}));
