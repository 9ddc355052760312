import assert from "node:assert/strict";
import { UnbrickError } from "../common/errors.ts";
import { VirtualClock } from "../common/virtual_clock.ts";
import type { SessionKind } from "../device/camera_access.ts";
import { type DetectedDevice, portOf } from "../device/detected_device.ts";
import { DeviceFinder } from "../device/finder.ts";
import {
  board,
  BOOTLOADER,
  family,
  images,
  ROM,
  run,
  ToyBus,
  waitFor,
  willing,
  writing,
} from "../../tests/support/plan/toy_rig.ts";
import { runPlan } from "./engine.ts";
import type { Operator } from "./operator.ts";
import type { Step } from "./step.ts";

Deno.test("a wait ends at its deadline and names what appeared instead", async () => {
  const { result, clock } = await run([waitFor("bootloader")], {
    bus: (bus) => bus.plug("1-1", ROM),
  });
  assert.equal(result.error?.kind, "timeout");
  assert.match(result.error?.message ?? "", /camera in bootloader.*toy device on port 1-1/);
  assert.ok(clock.elapsed >= 10_000 && clock.elapsed < 11_000);
});

Deno.test("the run stays with its camera's port", async () => {
  const seen: string[] = [];
  const look: Step = {
    ...waitFor("bootloader"),
    run: async (context) => {
      const modes = ["bootloader"] as const;
      seen.push(portOf(await context.waitFor({ what: "the bootloader", modes })));
    },
  };
  const { result } = await run([waitFor("rom"), look], {
    bus: (bus, clock) => {
      bus.plug("1-1", ROM);
      clock.sleep(1_000).then(() => bus.plug("1-2", BOOTLOADER));
      clock.sleep(3_000).then(() => bus.plug("1-1", BOOTLOADER));
    },
  });
  assert.equal(result.error, undefined);
  assert.deepEqual(seen, ["1-1"]);
});

Deno.test("--port keeps every other camera out", async () => {
  const { result } = await run([waitFor("rom")], {
    port: "1-2",
    bus: (bus) => bus.plug("1-1", ROM),
  });
  assert.equal(result.error?.kind, "timeout");
});

Deno.test("the device is reported once, even if its port was given", async () => {
  const { events, report } = await run([waitFor("rom"), waitFor("rom")], {
    port: "1-1",
    bus: (bus) => bus.plug("1-1", ROM),
  });
  assert.equal(events.filter((event) => event.type === "connected").length, 1);
  assert.equal(report?.devices[0].port, "1-1");
});

Deno.test("with two candidates, a person is asked", async () => {
  const questions: unknown[] = [];
  const operator: Operator = {
    ...willing,
    choose: (question, choices) => {
      questions.push(
        String(question),
        ...choices.map(({ value, label, hint }) => [
          portOf(value as DetectedDevice),
          String(label),
          String(hint),
        ]),
      );
      throw new UnbrickError("consent-needed", "Nobody to ask.");
    },
  };
  const { result } = await run([waitFor("rom")], {
    operator,
    bus: (bus) => ["1-1", "1-2"].forEach((port) => bus.plug(port, ROM)),
  });
  assert.deepEqual(questions, [
    "2 devices may be the Toy Camera. Which one is yours?",
    ["1-1", "port 1-1", "toy device"],
    ["1-2", "port 1-2", "toy device"],
  ]);
  assert.equal(result.error?.kind, "consent-needed");
});

Deno.test("a camera that comes back and shows no number is taken, and a note says so", async () => {
  const { events, result } = await run([waitFor("rom"), waitFor("bootloader")], {
    bus: (bus, clock) => {
      bus.plug("1-1", ROM);
      clock.sleep(1_000).then(() => {
        bus.infos.length = 0;
        bus.plug("1-2", ROM);
        bus.plug("1-1", BOOTLOADER);
      });
    },
  });
  assert.equal(result.error, undefined);
  assert.deepEqual(events.flatMap((one) => one.type === "note" ? [String(one.text)] : []), [
    '"toy device" is on the same USB port (1-1), but no serial number proves that it is the same camera.',
  ]);
});

Deno.test("steps see the camera, and the ids that it has shown", async () => {
  const ids: string[] = [];
  const step: Step = {
    ...waitFor("rom"),
    run: async (context) => {
      context.remember({ id: "A", mode: "rom" });
      const [rom, other] = [await context.detected(["rom"]), await context.detected(["firmware"])];
      ids.push(...context.unitIds.map(({ id }) => id), `${rom!.title}`, `${other}`);
    },
  };
  await run([step], { bus: (bus) => bus.plug("1-1", ROM) });
  assert.deepEqual(ids, ["A", "toy device", "undefined"]);
});

Deno.test("a device without permission is reported after a short grace, not waited for", async () => {
  const hidden = { ...family, recognise: () => undefined };
  const clock = new VirtualClock();
  const bus = new ToyBus(clock);
  bus.denied = true;
  bus.plug("1-1", ROM);
  const result = await clock.run(() =>
    runPlan({ job: "restore", board, steps: [waitFor("rom")], images }, {
      clock,
      signal: new AbortController().signal,
      finder: new DeviceFinder(bus, [hidden], clock),
      operator: willing,
      simulated: false,
      onEvent: () => {},
    })
  );
  assert.equal(result.error?.kind, "permission");
  assert.ok(clock.elapsed < 3_000);
});

Deno.test("Ctrl-C ends a wait at once as cancelled", async () => {
  const { result, clock } = await run([waitFor("rom")], {
    bus: (_bus, clock, stop) => void clock.sleep(1_500).then(() => stop.abort()),
  });
  assert.equal(result.error?.kind, "cancelled");
  assert.ok(clock.elapsed < 1_700);
});

Deno.test("a recognised device that cannot be opened: firmware is accepted, a bootloader is not", async () => {
  for (const [mode, kind] of [["bootloader", "permission"], ["firmware", undefined]] as const) {
    const clock = new VirtualClock();
    const bus = new ToyBus(clock);
    bus.denied = true;
    bus.plug("1-1", ROM);
    const recognise = (seen: DetectedDevice["seen"]) => ({ ...family.recognise(seen)!, mode });
    const wait: Step = {
      ...waitFor("rom"),
      run: async (context) => void await context.waitFor({ what: "it", modes: [mode] }),
    };
    const result = await clock.run(() =>
      runPlan({ job: "flash", board, steps: [wait], images }, {
        clock,
        signal: new AbortController().signal,
        finder: new DeviceFinder(bus, [{ ...family, recognise }], clock),
        operator: willing,
        simulated: false,
        onEvent: () => {},
      })
    );
    assert.equal(result.error?.kind, kind);
  }
});

/** A step that works with the camera in its ROM, as it was opened. */
function using(id: string, work: () => Promise<void> = () => Promise.resolve()): Step {
  return writing(id, {
    effect: "none",
    run: async (context) => {
      await context.use(romSession, work);
    },
  });
}

const romSession: SessionKind<object> = {
  modes: ["rom"],
  name: "its ROM",
  start: () => Promise.resolve({}),
};

Deno.test("a device stays open over several steps, until a wait begins, work fails or the run ends", async () => {
  const requesting = writing("hands", {
    effect: "none",
    run: async (context) => void await context.request([], { what: "the camera", modes: ["rom"] }),
  });
  const waiting = writing("wait", {
    effect: "none",
    run: async (context) => void await context.waitFor({ what: "the camera", modes: ["rom"] }),
  });
  const failing = () => Promise.reject(new UnbrickError("stalled", "No."));
  const openings = async (...steps: Step[]) => {
    let opened: string[] = [];
    // Before that, the finder opens and closes it once to read its names.
    await run(steps, {
      bus: (bus) => {
        bus.plug("1-1", ROM);
        opened = bus.opened;
      },
    });
    assert.deepEqual(opened.splice(0, 2), ["1-1", "-1-1"]);
    return opened;
  };
  const once = ["1-1", "-1-1"];
  assert.deepEqual(await openings(using("a"), using("b")), once);
  assert.deepEqual(await openings(using("a"), requesting, using("b")), [...once, ...once]);
  assert.deepEqual(await openings(using("a"), waiting, using("b")), [...once, ...once]);
  const forgiving = writing("c", {
    effect: "none",
    run: (context) => using("", failing).run(context).catch(() => {}),
  });
  assert.deepEqual(await openings(using("a"), forgiving, using("b")), [...once, ...once]);
  assert.deepEqual(await openings(using("a", failing)), once);
});

Deno.test("a replugged device is opened again", async () => {
  let toys: ToyBus | undefined;
  const replug = writing("replug", {
    effect: "none",
    run: () => {
      toys!.infos.length = 0;
      toys!.plug("1-2", BOOTLOADER);
      toys!.plug("1-1", ROM);
      return Promise.resolve();
    },
  });
  await run([using("a"), replug, using("b")], {
    bus: (bus) => {
      toys = bus;
      bus.plug("1-1", ROM);
    },
  });
  const ours = toys!.opened.filter((one) => one.endsWith("1-1"));
  // Each time once for its names, and once for the work.
  assert.deepEqual(ours, ["1-1", "-1-1", "1-1", "1-1", "-1-1", "-1-1", "1-1", "-1-1"]);
});
