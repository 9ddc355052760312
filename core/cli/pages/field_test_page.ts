import { duration } from "../../common/format.ts";
import { list, plural, text, type Words } from "../../common/text.ts";
import { checks } from "../fieldtest/checks.ts";
import { type JudgedFact, ofCamera, ofModel, verdicts } from "../fieldtest/judged_facts.ts";
import { questions } from "../fieldtest/questions.ts";
import type { FieldTestRecord, StageRecord } from "../fieldtest/record.ts";
import { stageTitles } from "../fieldtest/stage_titles.ts";
import { code, type Html, markup } from "./html.ts";
import { facts as factList, page } from "./page_frame.ts";

const style = `
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; }
tr + tr td { border-top: 1px solid var(--line); }
`;

/** Returns the page of a field test: what the camera did, and which inferred facts hold. */
export function fieldTestPage(record: FieldTestRecord, facts: readonly JudgedFact[]): string {
  const { board, simulated, stages, startedAt, tool, os, operator, imagesFrom } = record;
  const title = simulated
    ? text`Field test: simulated ${board.name}`
    : text`Field test: ${board.name}`;
  return page(
    list([title, startedAt.slice(0, 10)]),
    style,
    markup`
      <header>
        <p class="kicker">${text`unbrick: field test`}</p>
        <h1>${title}</h1>
        ${simulated && practice()} ${result(stages)}
      </header>
      <main>
        <section class="card">${
      factList([
        [text`Begun`, `${startedAt.slice(0, 10)} ${startedAt.slice(11, 19)} UTC`],
        [text`Operator`, operator],
        [text`Program`, `unbrick ${tool.version}, ${os}`],
        [text`Images`, imagesFrom],
      ])
    }</section>
        <h2>${text`Which inferred facts hold`}</h2>
        ${
      simulated && markup`<p>${text`The camera was a model, so its times are those of the model.
          They say nothing about a real camera.`}</p>`
    }
        ${factTable(facts, simulated)}
        <h2>${text`Stages`}</h2>
        ${stages.map(stage)}
      </main>
      <footer>${text`Written by unbrick ${tool.version}. This page works offline and loads nothing.
        The traces and records are in the same zip.`}</footer>
    `,
  );
}

function practice(): Html {
  return markup`
    <div class="banner attention">
      <strong>${text`This was practice.`}</strong>
      ${text`The camera was simulated. Nothing here is a fact about a real camera.`}
    </div>
  `;
}

function result(stages: readonly StageRecord[]): Html {
  const failed = stages.filter(({ state }) => state === "failed").length;
  const passed = stages.filter(({ state }) => state === "passed").length;
  const count = plural(passed, text`${passed} stage passed.`, text`${passed} stages passed.`);
  return failed > 0
    ? markup`<div class="banner bad"><strong>${
      plural(failed, text`${failed} stage failed.`, text`${failed} stages failed.`)
    }</strong>${count}</div>`
    : markup`<div class="banner good"><strong>${count}</strong></div>`;
}

const colours = { "holds": "good", "differs": "bad", "not-seen": "plain" } as const;

function factTable(facts: readonly JudgedFact[], simulated: boolean): Html {
  const rows = facts.map((judged) =>
    markup`
      <tr>
        <td>${judged.fact.title}</td>
        <td>${ofModel(judged.fact)}</td>
        <td>${ofCamera(judged)}</td>
        <td><span class="tag ${colours[judged.verdict]}">${verdicts[judged.verdict]}</span></td>
        <td class="soft">${judged.fact.source}</td>
      </tr>
    `
  );
  const camera = simulated ? text`Simulated camera` : text`This camera`;
  return markup`
    <section class="card scroll"><table>
      <tr>
        <th>${text`Fact`}</th><th>${text`Model`}</th><th>${camera}</th><th></th>
        <th>${text`Source`}</th>
      </tr>
      ${rows}
    </table></section>
  `;
}

const states: Readonly<Record<StageRecord["state"], readonly [colour: string, words: Words]>> = {
  passed: ["good", text`passed`],
  failed: ["bad", text`failed`],
  skipped: ["plain", text`skipped`],
  stopped: ["attention", text`stopped`],
};

const marks = { true: "good", false: "bad", null: "plain" } as const;

function stage(record: StageRecord): Html {
  const { id, state, ms, error, runs, reason } = record;
  const [colour, words] = states[state];
  return markup`
    <section class="card">
      <h3>${stageTitles[id]} <span class="tag ${colour}">${words}</span></h3>
      <p class="soft">${state === "skipped" ? reason : duration(ms)}</p>
      <ul>
        ${
    record.checks.map(({ id, passed, detail }) =>
      markup`<li><span class="tag ${marks[`${passed}`]}">${
        passed === null ? text`not judged` : passed ? text`yes` : text`no`
      }</span> ${checks[id]} ${detail && markup`<span class="soft">${detail}</span>`}</li>`
    )
  }
        ${
    record.answers.map(({ id, answer }) =>
      markup`<li>${questions[id]} <strong>${
        answer === "yes" ? text`Yes` : answer === "no" ? text`No` : text`I cannot tell`
      }</strong></li>`
    )
  }
      </ul>
      ${error && markup`<div class="banner bad">${error.message}</div>`}
      ${runs.length > 0 && markup`<p class="soft">${code(runs.join(", "))}</p>`}
    </section>
  `;
}
