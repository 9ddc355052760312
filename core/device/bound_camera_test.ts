import assert from "node:assert/strict";
import { deadCameras, SlowDevice } from "../../tests/support/transport/slow_device.ts";
import { isKind } from "../common/errors.ts";
import { VirtualClock } from "../common/virtual_clock.ts";
import type { Board } from "../family/board.ts";
import { VirtualBus } from "../transport/usb/virtual_bus.ts";
import { MemoryBus } from "../transport/usb/memory.ts";
import { BoundCamera } from "./bound_camera.ts";
import { portOf } from "./detected_device.ts";
import { DeviceFinder, type Recogniser } from "./finder.ts";
import { errorOf } from "../../tests/support/expected_error.ts";

/** On this port, a device runs firmware. */
const RUNNING = "1-8";
const board = { id: "one", name: "Camera One" } as Board;
const family: Recogniser = {
  usbIds: [{ vendorId: 0x0483, productId: 0xdf11 }],
  recognise: (seen) => {
    const mode = seen.usb.portPath === RUNNING ? "firmware" : "rom";
    return { familyId: "stm32", mode, seen, boardIds: ["one"], title: "An ST ROM" };
  },
};
const theRom = { what: "the camera in its ROM", modes: ["rom"] } as const;
const WAIT_MS = 20_000;

interface Scene {
  readonly clock: VirtualClock;
  readonly bus: VirtualBus;
  readonly camera: BoundCamera;
  /** How many cameras matched, each time that somebody had to choose. */
  readonly asked: number[];
  plug(port: string, answersAfterMs: number, alternates?: number): SlowDevice;
}

/**
 * Runs a scene on virtual time.
 * @param port as for `--port`
 */
async function play(scene: (scene: Scene) => Promise<void>, port?: string): Promise<void> {
  const clock = new VirtualClock();
  await clock.run(async () => {
    const bus = new VirtualBus();
    const host = new MemoryBus(bus, clock);
    const asked: number[] = [];
    const camera = new BoundCamera({
      board,
      clock,
      signal: new AbortController().signal,
      finder: new DeviceFinder(host, [family], clock),
      port,
      deadlineMs: WAIT_MS,
      choose: (fits) => {
        asked.push(fits.length);
        return Promise.resolve(fits[0]);
      },
    });
    const plug = (port: string, answersAfterMs: number, alternates?: number) => {
      const device = new SlowDevice({ clock, answersAfterMs, alternates });
      bus.socket(port).attach(device);
      return device;
    };
    await scene({ clock, bus, camera, asked, plug });
    await host.close();
  });
}

for (const [what, { answersAfterMs, ...more }] of Object.entries(deadCameras)) {
  const alternates = "alternates" in more ? more.alternates : undefined;

  Deno.test(`dead cameras (${what}): the camera that appears later is used, and nobody is asked`, () =>
    play(async ({ clock, camera, asked, plug }) => {
      for (const port of ["1-2", "1-3"]) plug(port, answersAfterMs, alternates);
      clock.sleep(1_000).then(() => plug("1-1", 2));
      assert.equal(portOf(await camera.waitFor(theRom)), "1-1");
      assert.ok(clock.elapsed < 1_300, `${clock.elapsed}`);
      assert.equal(await camera.detected(["rom"]).then((one) => one && portOf(one)), "1-1");
      assert.deepEqual(asked, []);
    }));

  Deno.test(`dead cameras (${what}): a wait of 20 s takes 20 s, and says what does not answer`, () =>
    play(async ({ clock, camera, plug }) => {
      // Cameras that answer late can be read after some seconds: then they are candidates like any
      // other.
      const never = answersAfterMs === Infinity || alternates !== undefined;
      plug("1-2", never ? answersAfterMs : Infinity, alternates);
      const error = await errorOf(camera.waitFor(theRom));
      assert.ok(isKind(error, "timeout"), String(error));
      assert.match(error.message, /An ST ROM on port 1-2 \(does not answer\)/);
      assert.ok(clock.elapsed >= WAIT_MS && clock.elapsed < WAIT_MS + 300, `${clock.elapsed}`);
      assert.equal(await camera.detected(["rom"]), undefined);
    }));

  Deno.test(`--port: a dead camera on another port (${what}) costs no time and is not opened`, () =>
    play(async ({ clock, camera, plug }) => {
      const dead = plug("1-2", answersAfterMs, alternates);
      plug("1-1", 0);
      assert.equal(portOf(await camera.waitFor(theRom)), "1-1");
      assert.deepEqual([clock.elapsed, dead.asked], [0, 0]);
    }, "1-1"));
}

Deno.test("--port: nothing there, and the error names the port", () =>
  play(async ({ camera, plug }) => {
    plug("1-1", 0);
    const error = await errorOf(camera.waitFor(theRom));
    assert.match(error.message, / on port 1-9, but it did not appear there\./);
    assert.equal(error.data.onlyPort, "1-9");
  }, "1-9"));

Deno.test("--port: a dead camera on that port ends the wait soon, with this reason", () =>
  play(async ({ clock, camera, plug }) => {
    plug("1-1", Infinity);
    const error = await errorOf(camera.waitFor(theRom));
    assert.match(error.message, /device 0483:df11 on port 1-1 does not answer/);
    assert.ok(clock.elapsed < 3_000, `${clock.elapsed}`);
  }, "1-1"));

Deno.test("if several cameras answer, the question lists only those", () =>
  play(async ({ camera, asked, plug }) => {
    plug("1-1", Infinity);
    plug("1-2", 1);
    plug("1-3", 1);
    assert.equal(portOf((await camera.detected(["rom"]))!), "1-2");
    assert.deepEqual(asked, [2]);
  }));

Deno.test("running firmware that does not answer is no camera of the run: the one that comes counts", () =>
  play(async ({ camera, plug }) => {
    plug(RUNNING, Infinity);
    const modes = ["rom", "firmware"] as const;
    assert.equal(portOf((await camera.detected(modes))!), RUNNING);
    assert.equal(camera.port, undefined);
    plug("1-1", 0);
    assert.equal(portOf(await camera.waitFor(theRom)), "1-1");
    assert.equal(camera.port, "1-1");
  }));
