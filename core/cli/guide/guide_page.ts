import { advice, ifSilent } from "../../common/advice.ts";
import { code, type Html, markup } from "../pages/html.ts";
import { facts, page } from "../pages/page_frame.ts";
import { cableStyle, cableSvg } from "./cable_svg.ts";
import { drawingStyle, drawingSvg } from "./drawing_svg.ts";
import type { Guide, GuideStep } from "./guide_steps.ts";
import { jobTitles } from "../../plan/job_words.ts";
import { isCommandLine } from "../views/ending.ts";
import { text } from "../../common/text.ts";

/** Returns the guide as an HTML page for a phone; each step can be ticked off. */
export function guidePage(guide: Guide, version: string): string {
  const { board, job, refused, steps } = guide;
  const title = job ? text`${jobTitles[job]} the ${board.name}` : board.name;
  return page(
    title,
    drawingStyle + cableStyle + stepStyle,
    markup`
      <header>
        <p class="kicker">${text`unbrick: hardware steps`}</p>
        <h1>${title}</h1>
      </header>
      <main>
        ${refused && markup`<p class="banner attention">${refused}</p>`}
        ${steps.length > 0 && instructions(guide)}
      </main>
      <footer>${text`Written by unbrick ${version}. This page works offline and loads nothing.`}</footer>
    `,
  );
}

function instructions(guide: Guide): Html {
  return markup`${need(guide)}
<h2>${text`Steps`}</h2><ol class="steps">${guide.steps.map((one, at) => step(one, at, guide))}</ol>
${trouble(guide)}`;
}

function need({ board, steps, images }: Guide): Html {
  const isJumpered = steps.some(({ action }) => action?.id === "fit-jumper");
  return markup`
    <h2>${text`What you need`}</h2><section class="card">${
    facts([
      [text`Board`, `${board.name}, ${board.chip}`],
      [
        text`Cable`,
        text`a USB cable that carries data, plugged into the computer itself, not a
        hub`,
      ],
      [text`Wire`, isJumpered && text`one jumper wire`],
      [
        text`Files`,
        images.map(({ title, fileNames }) =>
          markup`<span class="file"><code>${fileNames.join(", ")}</code> ${title}</span>`
        ),
      ],
    ])
  }</section>
  `;
}

const actors = {
  keyboard: text`On the computer`,
  camera: text`At the camera`,
  unbrick: text`unbrick at work`,
} as const;

function step({ who, text: words, command, action }: GuideStep, at: number, guide: Guide): Html {
  return markup`
    <li class="card step ${who}">
      <label><input type="checkbox"><span class="number">${at + 1}</span>
        <span class="say"><span class="kicker">${actors[who]}</span>${words}</span></label>
      ${command && markup`<p class="command">${code(command)}</p>`}
      ${action && picture(action, guide)}
    </li>
  `;
}

function picture(action: NonNullable<GuideStep["action"]>, { board }: Guide): Html | undefined {
  if (action.id === "plug") return cableSvg("in");
  if (action.id === "unplug") return cableSvg("out");
  const { drawing } = board;
  if (!drawing || !action.parts) return undefined;
  return markup`
    ${
    drawingSvg(
      drawing,
      action.parts,
      action.id === "remove-jumper" || action.id === "switch-off" ? "off" : "on",
    )
  }<p class="soft">${drawing.view} ${drawing.caution}</p>
  `;
}

/** Returns the advice for the most common problem: nothing appears on the bus. */
function trouble({ board: { romEntry } }: Guide): Html {
  const data = romEntry && { romEntry };
  const lines = advice({ kind: "timeout", data }, "linux").filter((line) => !isCommandLine(line))
    .concat(ifSilent);
  return markup`
    <h2>${text`If the camera does not appear`}</h2><section class="card">
      <ul>${
    lines.map((line) =>
      markup`
          <li>${line}</li>
        `
    )
  }<li>${text`Ask unbrick what the problem is:`} <code>unbrick doctor</code></li></ul>
    </section>
  `;
}

const stepStyle = `
.steps { list-style: none; margin: 0; padding: 0; }
.steps label { display: flex; gap: .75rem; align-items: flex-start; cursor: pointer; }
.steps input { width: 1.5rem; height: 1.5rem; margin: .2rem 0 0; flex: none; accent-color: var(--good); }
.steps .number { font-size: 1.5rem; line-height: 1.2; font-weight: 700; color: var(--accent); }
.steps .say { font-size: 1.0625rem; }
.steps .say .kicker { display: block; margin: 0; }
.steps .command {
  background: var(--ground); border-radius: .4rem; padding: .5rem .7rem; margin: .6rem 0 0;
}
.steps .unbrick { border-style: dashed; }
.steps li:has(input:checked) { background: var(--good-ground); }
.steps li:has(input:checked) svg, .steps li:has(input:checked) > p { display: none; }
.steps li:has(input:checked) .kicker { color: var(--ink); }
.file { display: block; }
`;
