import { duration, hex } from "../../common/format.ts";
import type { Proof } from "../../plan/proof.ts";
import type { RunReport, StepRecord } from "../../plan/report.ts";
import type { Target } from "../../plan/step.ts";
import { code, type Html, markup } from "./html.ts";
import { exactly, facts } from "./page_frame.ts";
import { list, text } from "../../common/text.ts";

const states = {
  "done": ["good", text`done`],
  "skipped": ["plain", text`skipped (already correct)`],
  "failed": ["bad", text`failed`],
  "left-out": ["attention", text`left out`],
  "not-reached": ["plain", text`not reached`],
} as const;

const effects = {
  none: text`reads only`,
  erases: text`erases`,
  writes: text`writes`,
  irreversible: text`cannot be undone`,
} as const;

const evidence = {
  "read-back": text`read back and compared`,
  "fuse": text`fuse read`,
  "alive": text`the camera runs it`,
  "device-check": text`checked by the device`,
} as const;

/** Returns every step of the plan, with its planned changes and their proofs. */
export function steps(report: RunReport): Html {
  const planned = new Set(
    report.steps.flatMap(({ targets }) => targets.flatMap(({ sha256 }) => sha256 ?? [])),
  );
  return markup`
    ${report.steps.map((step, at) => stepCard(step, at + 1, planned))}
  `;
}

function stepCard(step: StepRecord, number: number, planned: ReadonlySet<string>): Html {
  const [colour, state] = states[step.state];
  const time = list([
    step.startedAt !== undefined && text`began at ${duration(step.startedAt)}`,
    step.ms !== undefined && text`took ${duration(step.ms)}`,
  ]);
  return markup`
    <section class="card step" data-step="${step.id}">
      <div class="head">
        <h3>${number}. ${step.title}</h3>
        <span><span class="tag ${colour}">${state}</span>
          <span class="tag plain">${effects[step.effect]}</span></span>
      </div>
      ${time.values.length > 0 && markup`<p class="soft">${time}</p>`}
      ${step.skippedBecause && markup`<p>${step.skippedBecause}</p>`}
      ${step.leftOutBecause && markup`<p>${step.leftOutBecause}</p>`}
      ${step.targets.map(target)}
      ${step.proofs.map((one) => proof(one, planned))}
    </section>
  `;
}

function target({ region, address, length, image, sha256, file }: Target): Html {
  return markup`
    <div class="part"><p class="soft">${text`Will change`}</p>${
    facts([
      [text`Region`, region],
      [text`Address`, code(hex(address))],
      [text`Length`, exactly(length)],
      [text`Image`, image],
      [text`Planned SHA-256`, sha256 && code(sha256)],
      [text`SHA-256 of the whole file`, file && code(file.sha256)],
    ])
  }</div>
  `;
}

function proof(
  { claim, evidence: kind, bytes, sha256, file, fuse }: Proof,
  planned: ReadonlySet<string>,
): Html {
  const equal = sha256 !== undefined && planned.has(sha256) &&
    markup` <span class="tag good">${text`matches the plan`}</span>`;
  return markup`
    <div class="part proof"><p><strong>${text`Proof`}</strong>, ${evidence[kind]}: ${claim}</p>${
    facts([
      [text`Read`, bytes === undefined ? undefined : exactly(bytes)],
      [text`Read-back SHA-256`, sha256 && markup`${code(sha256)}${equal}`],
      [text`SHA-256 of the whole file`, file && code(file.sha256)],
      [text`Fuse before`, fuse?.before === undefined ? undefined : code(hex(fuse.before))],
      [text`Fuse after`, fuse && code(hex(fuse.after))],
    ])
  }</div>
  `;
}

export const stepsStyle = `
.step .head {
  display: flex; flex-wrap: wrap; justify-content: space-between; gap: .3rem .75rem;
}
.part { border-top: 1px solid var(--line); margin-top: .6rem; padding-top: .5rem; }
`;
