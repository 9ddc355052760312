import { duration, hex } from "../../common/format.ts";
import type { Proof } from "../../plan/proof.ts";
import type { RunReport, StepRecord } from "../../plan/report.ts";
import type { Target } from "../../plan/step.ts";
import { code, type Html, markup } from "./html.ts";
import { exactly, facts } from "./page.ts";

const states = {
  "done": ["good", "done"],
  "skipped": ["plain", "not needed"],
  "failed": ["bad", "failed"],
  "left-out": ["attention", "left out"],
  "not-reached": ["plain", "not reached"],
} as const;

const effects = {
  none: "reads only",
  erases: "erases",
  writes: "writes",
  irreversible: "cannot be undone",
} as const;

const evidence = {
  "read-back": "read back and compared",
  "fuse": "fuse read",
  "alive": "the camera runs it",
  "device-check": "checked by the device",
} as const;

/** Every step of the plan with what it was to change and what proves it. */
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
  const time = [
    step.startedAt !== undefined && `began at ${duration(step.startedAt)}`,
    step.ms !== undefined && `took ${duration(step.ms)}`,
  ].filter(Boolean).join(", ");
  return markup`
    <section class="card step" data-step="${step.id}">
      <div class="head">
        <h3>${number}. ${step.title}</h3>
        <span><span class="tag ${colour}">${state}</span>
          <span class="tag plain">${effects[step.effect]}</span></span>
      </div>
      ${time && markup`<p class="soft">${time}</p>`}
      ${step.skippedBecause && markup`<p>${step.skippedBecause}</p>`}
      ${step.targets.map(target)}
      ${step.proofs.map((one) => proof(one, planned))}
    </section>
  `;
}

function target({ region, address, length, image, sha256, file }: Target): Html {
  return markup`
    <div class="part"><p class="soft">To change</p>${
    facts([
      ["Region", region],
      ["Address", code(hex(address))],
      ["Length", exactly(length)],
      ["Image", image],
      ["Planned SHA-256", sha256 && code(sha256)],
      ["SHA-256 of the whole file", file && code(file.sha256)],
    ])
  }</div>
  `;
}

function proof(
  { claim, evidence: kind, bytes, sha256, file, fuse }: Proof,
  planned: ReadonlySet<string>,
): Html {
  const equal = sha256 !== undefined && planned.has(sha256) &&
    markup` <span class="tag good">equals what was planned</span>`;
  return markup`
    <div class="part proof"><p><strong>Proof</strong>, ${evidence[kind]}: ${claim}</p>${
    facts([
      ["Read", bytes === undefined ? undefined : exactly(bytes)],
      ["Read-back SHA-256", sha256 && markup`${code(sha256)}${equal}`],
      ["SHA-256 of the whole file", file && code(file.sha256)],
      ["Fuse before", fuse?.before === undefined ? undefined : code(hex(fuse.before))],
      ["Fuse after", fuse && code(hex(fuse.after))],
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
