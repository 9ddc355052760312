import assert from "node:assert/strict";
import { UnbrickError } from "../common/errors.ts";
import type { SeenDevice } from "../device/detected_device.ts";
import type { Board } from "../family/board.ts";
import { events } from "../../tests/support/plan/toy_events.ts";
import {
  board,
  BOOTLOADER,
  family,
  ROM,
  type ToyBus,
  waitFor,
  willing,
} from "../../tests/support/plan/toy_rig.ts";
import type { Operator } from "./operator.ts";
import type { Step } from "./step.ts";

Deno.test("asking by hand is announced with its deadline, and its end too; what is seen is told once", async () => {
  const { of } = await events([waitFor("bootloader")], {
    bus: (bus, clock) => {
      bus.plug("1-2", ROM);
      clock.sleep(1_000).then(() => bus.plug("1-1", BOOTLOADER));
    },
  });
  const [{ actions, waitingFor, deadlineMs }] = of("hardware");
  assert.deepEqual([actions.map(({ id }) => id), String(waitingFor), deadlineMs], [
    ["plug"],
    "the camera in bootloader",
    5_000,
  ]);
  assert.deepEqual(of("awaited").map((one) => String(one.waitingFor)), [
    "the camera in bootloader",
  ]);
  assert.ok(of("awaited")[0].at >= 1_000);
  const ports = of("seen").map(({ detectedDevices }) => detectedDevices.map(({ port }) => port));
  assert.deepEqual(ports, [["1-2"], ["1-2", "1-1"]]);
  const [{ detected }, ...again] = of("connected");
  assert.deepEqual([detected.port, again], ["1-1", []]);
});

Deno.test("another device is called a mistake while a person plugs in; a wait without steps is announced", async () => {
  const wait: Step = {
    ...waitFor("rom"),
    run: async (context) => {
      await context.waitFor({ what: "the ROM", modes: ["rom"], deadlineMs: 3_000 });
    },
  };
  const waiting = await events([wait], {
    bus: (bus, clock) => void clock.sleep(600).then(() => bus.plug("1-1", ROM)),
  });
  const [{ waitingFor, deadlineMs, at }] = waiting.of("waiting");
  assert.deepEqual([String(waitingFor), deadlineMs, at], ["the ROM", 3_000, 0]);
  const [awaited, ...more] = waiting.of("awaited");
  assert.deepEqual([String(awaited.waitingFor), more], ["the ROM", []]);
  assert.ok(awaited.at >= 600);

  const wrong = await events([waitFor("rom")], {
    bus: (bus, clock) => {
      clock.sleep(600).then(() => bus.plug("1-1", BOOTLOADER));
      clock.sleep(1_600).then(() => bus.infos.splice(0));
      clock.sleep(2_600).then(() => bus.plug("1-1", ROM));
    },
  });
  const mistakes = wrong.of("seen").map((seen) => "mistake" in seen && String(seen.mistake));
  assert.deepEqual(mistakes.slice(0, 3), [
    false,
    'The camera appeared as "toy device", which is not what unbrick is waiting for.',
    false,
  ]);
});

Deno.test("another camera of the same kind is told apart by its number", async () => {
  const same: Board = { ...board, isSameUnit: (one, other) => one.id === other.id };
  const step: Step = {
    ...waitFor("rom"),
    run: async (context) => {
      context.remember({ id: "A", mode: "rom" });
      const expectation = { what: "it", modes: ["bootloader"] as const };
      await context.request([{ id: "plug", text: "Plug it in." }], expectation);
    },
  };
  for (const [serial, isAnother] of [["A", false], ["B", true]] as const) {
    const numbered = {
      ...family,
      recognise: (seen: SeenDevice) => ({ ...family.recognise(seen)!, seen: { ...seen, serial } }),
    };
    const { of, result } = await events([step], {
      board: same,
      families: [numbered],
      bus: (bus, clock) => void clock.sleep(600).then(() => bus.plug("1-1", BOOTLOADER)),
    });
    const mistakes = of("seen").flatMap(({ mistake }) => mistake ? [String(mistake)] : []);
    assert.equal(mistakes.some((one) => one.startsWith("Another Toy Camera")), isAnother, serial);
    assert.equal(result.error === undefined, !isAnother);
  }
});

Deno.test("steps by hand whose effect is not on the bus have their own deadline", async () => {
  const step = (deadlineMs?: number): Step => ({
    ...waitFor("rom"),
    run: async (context) => {
      await context.requestWhile(
        [{ id: "press-button", text: "Press it." }],
        { what: "the button", ...(deadlineMs && { deadlineMs }) },
        (signal) => context.clock.sleep(deadlineMs === 900 ? 60_000 : 500, signal),
      );
    },
  });
  const good = await events([step()]);
  assert.equal(good.result.error, undefined);
  assert.deepEqual(good.of("hardware").map(({ deadlineMs }) => deadlineMs), [5_000]);
  const late = await events([step(900)]);
  assert.equal(late.result.error?.kind, "timeout");
  assert.match(late.result.error?.message ?? "", /Waited 900 ms for the button/);
  assert.deepEqual(late.of("hardware").map(({ deadlineMs }) => deadlineMs), [900]);
  assert.equal(late.of("awaited").length, 1);
});

Deno.test("a person's screen is told when what was asked for has come, and its error ends the wait", async () => {
  const steps = [waitFor("rom")];
  let isTold = false;
  const shows: Operator = {
    ...willing,
    perform: (_actions, _board, signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => {
          isTold = true;
          reject(signal.reason);
        })
      ),
  };
  const bus = (bus: ToyBus) => bus.plug("1-1", ROM);
  const good = await events(steps, { operator: shows, bus });
  assert.deepEqual([good.result.error, isTold], [undefined, true]);

  const broken = new UnbrickError("cancelled", "The person pressed q.");
  const operator = { ...willing, perform: () => Promise.reject(broken) };
  const bad = await events(steps, { operator });
  assert.equal(bad.result.error, broken);
  assert.equal(bad.of("run-ended")[0].ms, 0, "nobody waits for the camera any more");
  assert.equal(bad.of("awaited").length, 1);
});

Deno.test("a person's screen sees the looks in which the camera is missing, not the last one", async () => {
  const seen: string[] = [];
  const operator: Operator = {
    ...willing,
    perform: async (_actions, _board, signal, tracker) => {
      await tracker.until(
        ({ isPresent }) => (seen.push(isPresent ? "there" : "missing"), false),
        signal,
      );
    },
  };
  const { result } = await events([waitFor("rom")], {
    operator,
    bus: (bus, clock) => void clock.sleep(350).then(() => bus.plug("1-1", ROM)),
  });
  assert.equal(result.error, undefined);
  assert.ok(seen.length >= 3);
  assert.deepEqual(new Set(seen), new Set(["missing"]));
});
