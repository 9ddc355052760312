import { duration } from "../../common/format.ts";
import type { ErrorData } from "../../common/errors.ts";
import type { Outcome } from "../../plan/events.ts";
import type { RunReport } from "../../plan/report.ts";
import { code, type Html, markup } from "./html.ts";
import { exactly, facts, page } from "./page.ts";
import { steps, stepsStyle } from "./steps.ts";
import { timeline, timelineStyle } from "./timeline.ts";

/** The record of a run as one page for people: `--report FILE.html`. */
export function reportPage(report: RunReport): string {
  const title = `${verbs[report.job] ?? report.job} the ${report.board?.name ?? "camera"}`;
  return page(
    `${title}, ${day(report.startedAt)}`,
    timelineStyle + stepsStyle,
    markup`
      <header>
        <p class="kicker">unbrick: record of a run</p>
        <h1>${title}</h1>
        ${outcome(report)} ${practice(report)}
      </header>
      <main>
        <section class="card">${summary(report)}</section>
        <h2>Timeline</h2>
        <section class="card">${timeline(report)}</section>
        <h2>Steps and proofs</h2>
        ${steps(report)}
        <h2>Camera</h2>
        ${camera(report)}
        <h2>Images</h2>
        ${images(report)} ${consents(report)} ${notes(report)}
      </main>
      <footer>
        Written by unbrick ${report.tool.version}. This page is complete in itself and loads nothing.
        The proofs are what the camera itself answered.
      </footer>
    `,
  );
}

const verbs: Readonly<Record<string, string>> = {
  restore: "Restore",
  flash: "Flash",
  verify: "Verify",
  read: "Read",
};

const outcomes: Readonly<Record<Outcome, readonly [colour: string, text: string]>> = {
  "proven": ["good", "Proven: the camera itself gave evidence of everything that was written."],
  "unchanged": ["attention", "Nothing was written to the camera."],
  "partly-written": ["bad", "Partly written: the same command has to be run again."],
  "not-proven": ["attention", "Everything was written, but the proof is missing."],
};

function outcome({ finished, outcome, exitCode, error }: RunReport): Html {
  const [colour, text] = outcomes[outcome];
  if (!finished) {
    return markup`
      <div class="banner outcome bad">
        <strong>Started, not finished: the run goes on, or was cut off.</strong>
        So far: ${text}
      </div>
    `;
  }
  return markup`
    <div class="banner outcome ${exitCode === 0 ? "good" : colour}">
      <strong>${text}</strong>
      Exit code ${exitCode}.
    </div>
    ${error && failure(error)}
  `;
}

function failure({ message, kind, data }: NonNullable<RunReport["error"]>): Html {
  return markup`
    <div class="banner bad error">
      <strong>${message}</strong>
      Kind of error: ${kind}.
      ${details(data)}
    </div>
  `;
}

/** Addresses, codes and names that belong to an error. */
function details(data: ErrorData): Html | undefined {
  const known = Object.entries(data).filter(([, value]) => value !== null && value !== "");
  if (known.length === 0) return undefined;
  const list = known.map(([name, value]) => `${name} = ${value}`).join(", ");
  return markup`<div>${code(list)}</div>`;
}

function practice({ simulated }: RunReport): Html | undefined {
  if (!simulated) return undefined;
  return markup`
    <div class="banner attention">
      <strong>This was practice.</strong>
      The camera was simulated; no real device was touched.
    </div>
  `;
}

function summary({ startedAt, ms, operator, tool, board, imagesFrom, devices, steps }: RunReport) {
  const serials = [...new Set(devices.flatMap(({ serial }) => serial ?? []))];
  const done = steps.filter(({ state }) => state === "done").length;
  const skipped = steps.filter(({ state }) => state === "skipped").length;
  return facts([
    ["When", `${day(startedAt)} ${startedAt.slice(11, 19)} UTC`],
    ["Took", duration(ms)],
    ["Who", operator],
    ["Camera", board && `${board.name} (${board.id})`],
    ["Serial numbers", serials.length > 0 && serials.map((one) => markup`${code(one)} `)],
    ["Steps", `${steps.length}: ${done} done, ${skipped} not needed`],
    ["Images from", imagesFrom],
    ["Tool", `${tool.name} ${tool.version}`],
  ]);
}

function camera({ devices }: RunReport): Html {
  if (devices.length === 0) {
    return markup`<p class="card">No camera was met.</p>`;
  }
  return markup`${
    devices.map(({ title, mode, usbId, port, serial, at }) =>
      markup`
<section class="card device"><h3>${title}</h3>${
        facts([
          ["Shows itself as", mode],
          ["First met", `after ${duration(at)}`],
          ["USB id", code(usbId)],
          ["Port", code(port)],
          ["Serial number", serial === undefined ? "none told" : code(serial)],
        ])
      }</section>`
    )
  }`;
}

function images({ images }: RunReport): Html {
  if (images.length === 0) {
    return markup`<p class="card">No images were used.</p>`;
  }
  return markup`${
    images.map(({ role, name, source, bytes, sha256, file, version, simulationOnly }) =>
      markup`
<section class="card image"><h3>${name}</h3>${
        facts([
          ["Role", role],
          ["Version", version],
          ["Size", exactly(bytes)],
          ["SHA-256", code(sha256)],
          ["Size of the whole file", file && exactly(file.bytes)],
          ["SHA-256 of the whole file", file && code(file.sha256)],
          ["From", source],
          ["Made for", simulationOnly ? "simulated cameras only" : undefined],
        ])
      }</section>`
    )
  }`;
}

function consents({ consents }: RunReport): Html | undefined {
  if (consents.length === 0) return undefined;
  return markup`<h2>Consents</h2><section class="card"><ul>${
    consents.map(({ id, text, granted }) =>
      markup`<li><strong>${granted ? "Given" : "Refused"}</strong> (${id}): ${text}</li>`
    )
  }</ul></section>`;
}

function notes({ notes }: RunReport): Html | undefined {
  if (notes.length === 0) return undefined;
  return markup`
    <h2>Notes</h2><section class="card"><ul>${
    notes.map((note) => markup`<li>${note}</li>`)
  }</ul></section>
  `;
}

/** `2026-01-31` of an ISO 8601 time. */
function day(iso: string): string {
  return iso.slice(0, 10);
}
