import assert from "node:assert/strict";
import { failureOf, UnbrickError } from "../../common/errors.ts";
import { text } from "../../common/text.ts";
import type { PortStatus } from "../../station/events.ts";
import { makeStyle } from "../terminal/style.ts";
import { portLines } from "./port_lines.ts";
import { initialStation, reduceStation, type StationViewOptions } from "./station_state.ts";

const options: StationViewOptions = {
  boards: [],
  os: "linux",
  style: makeStyle({ colour: false, unicode: false }),
  width: 80,
  rows: 24,
  now: 0,
};
const detected = { port: "1-1", mode: "firmware", usbId: "", title: "", boardIds: [] } as const;
const instruction =
  "Unplug the camera, connect BOOT and RST with the jumper, and plug it in again.";
const toDo: PortStatus = {
  state: "manual-steps",
  detected,
  actions: [1, 2].map((one) => ({ id: "unplug", text: text`${one}. ${instruction}` })),
};
const reason = "It says something long that is not an instruction, ".repeat(3);
const failed: PortStatus = {
  state: "failed",
  run: 1,
  error: failureOf(new UnbrickError("timeout", text`${reason}`)),
};
const skipped: PortStatus = { ...failed, state: "skipped", reason: "blocked" };
const waiting: PortStatus = { state: "waiting" };

function screenOf(states: readonly PortStatus[], changes: Partial<StationViewOptions> = {}) {
  const state = states.reduce(
    (before, one, at) => reduceStation(before, { type: "port", port: `1-${at + 1}`, ...one }, 0),
    initialStation,
  );
  return portLines(state, { ...options, ...changes });
}

const wordsOf = (lines: readonly string[]) => lines.join(" ").replaceAll(/\s+/g, " ");

Deno.test("every instruction and every reason is readable in the lines of its port, at any width", () => {
  for (const width of [40, 80, 200]) {
    const lines = screenOf([toDo, failed, skipped, waiting], { width });
    assert.ok(lines.every((line) => line.length < width), `${width} columns`);
    const words = wordsOf(lines);
    assert.ok(words.includes(`1. ${instruction} 2. ${instruction}`), words);
    assert.equal(words.split(reason.trim()).length, 3, words);
    assert.ok(!words.includes("..."), words);
  }
});

Deno.test("the lines fit into the terminal: reasons are cut first, then ports without an instruction are left out", () => {
  const many = [...Array(4).fill(failed), toDo, toDo, waiting, ...Array(9).fill(failed), toDo];
  for (let rows = 16; rows < 60; rows++) {
    const lines = screenOf(many, { rows });
    assert.ok(lines.length < rows, `${lines.length} lines of ${rows}`);
    const words = wordsOf(lines);
    assert.equal(words.split(instruction).length, 7, words);
    const left = Number(/and (\d+) more ports? Started/.exec(words)?.[1] ?? 0);
    assert.equal(lines.filter((line) => /^1-/.test(line)).length + left, many.length);
  }
  assert.match(wordsOf(screenOf(Array(40).fill(toDo), { rows: 10 })), /and 38 more ports/);
});

Deno.test("the ports are in the order of their numbers, whatever is left out", () => {
  const many = [...Array(12).fill(failed), toDo];
  for (const rows of [8, 12, 24, 60]) {
    const ports = screenOf(many, { rows }).flatMap((line) => /^1-(\d+)/.exec(line)?.[1] ?? []);
    assert.deepEqual(ports, [...ports].sort((one, other) => Number(one) - Number(other)));
    assert.equal(ports.at(-1), "13");
  }
});
