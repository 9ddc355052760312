import { duration } from "../../common/format.ts";
import type { ErrorData } from "../../common/errors.ts";
import type { Job } from "../../family/board.ts";
import type { Outcome } from "../../plan/events.ts";
import type { RunReport } from "../../plan/report.ts";
import { code, type Html, markup } from "./html.ts";
import { exactly, facts, page } from "./page_frame.ts";
import { steps, stepsStyle } from "./report_steps.ts";
import { timeline, timelineStyle } from "./report_timeline.ts";
import { jobTitles } from "../../plan/job_words.ts";
import { list, text, type Words } from "../../common/text.ts";

/**
 * Returns the record of a run as an HTML page: `--report FILE.html`.
 * @param picture A JPEG that the camera took; the page shows it.
 */
export function reportPage(report: RunReport, picture?: Uint8Array): string {
  const title = text`${jobTitles[report.job]} the ${report.board?.name ?? text`camera`}`;
  return page(
    list([title, day(report.startedAt)]),
    timelineStyle + stepsStyle,
    markup`
      <header>
        <p class="kicker">${text`unbrick: record of a run`}</p>
        <h1>${title}</h1>
        ${outcome(report)} ${checked(report)} ${practice(report)}
      </header>
      <main>
        <section class="card">${summary(report)}</section>
        <h2>${text`Timeline`}</h2>
        <section class="card">${timeline(report)}</section>
        <h2>${text`Steps and proofs`}</h2>
        ${steps(report)}
        <h2>${text`Camera`}</h2>
        ${camera(report)}
        ${picture && shown(picture)}
        <h2>${text`Images`}</h2>
        ${images(report)} ${consents(report)} ${notes(report)}
      </main>
      <footer>
        ${text`Written by unbrick ${report.tool.version}. This page works offline and loads
          nothing. The proofs are the camera's own answers.`}
      </footer>
    `,
  );
}

const outcomes: Readonly<Record<Outcome, readonly [colour: string, text: Words]>> = {
  "proven": [
    "good",
    text`Proven: unbrick read back everything that was written, and it is
    correct.`,
  ],
  "incomplete": [
    "attention",
    text`Everything that was written is proven, but the camera needs one more step to start.`,
  ],
  "unchanged": ["attention", text`Nothing was written to the camera.`],
  "partly-written": ["bad", text`Partly written: run the same command again.`],
  "not-proven": ["attention", text`Everything was written, but not proven.`],
  "not-started": [
    "attention",
    text`Everything that was written is proven, but the camera has not started yet.`,
  ],
};

/** Of a job that only reads and has succeeded. */
const answered = text`Done: nothing was written to the camera. What it answered is below.`;
const writingJobs: readonly Job[] = ["restore", "flash", "put-back"];

function outcome({ job, finished, closed, outcome, exitCode, error }: RunReport): Html {
  const [colour, result] = outcomes[outcome];
  const words = outcome === "proven" && !writingJobs.includes(job) ? answered : result;
  if (!finished) {
    return markup`
      <div class="banner outcome bad">
        <strong>${
      closed
        ? text`Started but not finished: unbrick was ended before the run was over.`
        : text`Started but not finished: the run is still in progress, or it was interrupted.`
    }</strong>
        ${text`So far: ${words}`}
      </div>
    `;
  }
  return markup`
    <div class="banner outcome ${exitCode === 0 ? "good" : colour}">
      <strong>${words}</strong>
      ${text`Exit code ${String(exitCode)}.`}
    </div>
    ${error && failure(error)}
  `;
}

function failure({ message, kind, data }: NonNullable<RunReport["error"]>): Html {
  return markup`
    <div class="banner bad error">
      <strong>${message}</strong>
      ${text`Kind of error: ${kind}.`}
      ${details(data)}
    </div>
  `;
}

function checked({ check }: RunReport): Html | undefined {
  if (!check) return undefined;
  const { claim, error } = check;
  return markup`
    <div class="banner ${error ? "attention" : "good"} check">
      <strong>${text`Check of the running camera: ${claim}`}</strong>
      ${error && text`Kind of error: ${error.kind}. It changes nothing about what is proven.`}
      ${error && details(error.data)}
    </div>
  `;
}

/** Returns the addresses, codes and names that belong to an error. */
function details(data: ErrorData): Html | undefined {
  const known = Object.entries(data).filter(([, value]) => value !== null && value !== "");
  if (known.length === 0) return undefined;
  const list = known.map(([name, value]) => `${name} = ${value}`).join(", ");
  return markup`<div>${code(list)}</div>`;
}

function practice({ simulated, replay }: RunReport): Html | undefined {
  if (replay) {
    return markup`
      <div class="banner attention">
        <strong>${text`This was a replay of a recording.`}</strong>
        ${text`No camera was connected. It proves nothing about any camera.`}
      </div>
    `;
  }
  if (!simulated) return undefined;
  return markup`
    <div class="banner attention">
      <strong>${text`This was practice.`}</strong>
      ${text`The camera was simulated. No real device was used.`}
    </div>
  `;
}

function summary(report: RunReport): Html {
  const { startedAt, ms, operator, tool, host, board, imagesFrom, devices, steps } = report;
  const serials = [...new Set(devices.flatMap(({ serial }) => serial ?? []))];
  const done = steps.filter(({ state }) => state === "done").length;
  const skipped = steps.filter(({ state }) => state === "skipped").length;
  const leftOut = steps.filter(({ state }) => state === "left-out").length;
  return facts([
    [text`When`, `${day(startedAt)} ${startedAt.slice(11, 19)} UTC`],
    [text`Took`, duration(ms)],
    [text`Who`, operator],
    [text`Camera`, board && `${board.name} (${board.id})`],
    [text`Serial numbers`, serials.length > 0 && serials.map((one) => markup`${code(one)} `)],
    [text`Steps`, text`${steps.length}: ${done} done, ${skipped} not needed, ${leftOut} left out`],
    [text`Images from`, imagesFrom],
    [text`Tool`, `${tool.name} ${tool.version}`],
    [text`SHA-256 of the tool`, tool.sha256 && code(tool.sha256)],
    [text`Computer`, host],
  ]);
}

function camera({ devices }: RunReport): Html {
  if (devices.length === 0) {
    return markup`<p class="card">${text`No camera was found.`}</p>`;
  }
  return markup`${
    devices.map(({ title, mode, usbId, port, serial, at }) =>
      markup`
<section class="card device"><h3>${title}</h3>${
        facts([
          [text`Appears as`, mode],
          [text`First seen`, text`after ${duration(at)}`],
          [text`USB id`, code(usbId)],
          [text`Port`, code(port)],
          [text`Serial number`, serial === undefined ? text`not reported` : code(serial)],
        ])
      }</section>`
    )
  }`;
}

function images({ images }: RunReport): Html {
  if (images.length === 0) {
    return markup`<p class="card">${text`No images were used.`}</p>`;
  }
  return markup`${
    images.map(({ role, name, source, bytes, sha256, file, version, simulationOnly }) =>
      markup`
<section class="card image"><h3>${name}</h3>${
        facts([
          [text`Role`, role],
          [text`Version`, version],
          [text`Size`, exactly(bytes)],
          ["SHA-256", code(sha256)],
          [text`Size of the whole file`, file && exactly(file.bytes)],
          [text`SHA-256 of the whole file`, file && code(file.sha256)],
          ["From", source],
          [text`Made for`, simulationOnly ? text`simulated cameras only` : undefined],
        ])
      }</section>`
    )
  }`;
}

function shown(picture: Uint8Array): Html {
  const source = `data:image/jpeg;base64,${picture.toBase64()}`;
  return markup`
    <h2>${text`Picture`}</h2>
    <section class="card">
      <img src="${source}" alt="${text`The last picture of the check`}">
    </section>
  `;
}

function consents({ consents }: RunReport): Html | undefined {
  if (consents.length === 0) return undefined;
  return markup`<h2>${text`Consents`}</h2><section class="card"><ul>${
    consents.map(({ id, text: words, granted }) =>
      markup`<li><strong>${granted ? text`Given` : text`Refused`}</strong> (${id}): ${words}</li>`
    )
  }</ul></section>`;
}

function notes({ notes }: RunReport): Html | undefined {
  if (notes.length === 0) return undefined;
  return markup`
    <h2>${text`Notes`}</h2><section class="card"><ul>${
    notes.map((note) => markup`<li>${note}</li>`)
  }</ul></section>
  `;
}

/** Returns the date of an ISO 8601 time: `2026-01-31`. */
function day(iso: string): string {
  return iso.slice(0, 10);
}
