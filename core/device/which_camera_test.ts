import assert from "node:assert/strict";
import { errorOf } from "../../tests/support/expected_error.ts";
import { UnbrickError } from "../common/errors.ts";
import { VirtualClock } from "../common/virtual_clock.ts";
import type { Board } from "../family/board.ts";
import type { BoardFamily } from "../family/family.ts";
import { BoundCamera, type BoundCameraOptions } from "./bound_camera.ts";
import type { DetectedDevice, UnusableDevice } from "./detected_device.ts";
import type { DeviceFinder, Look } from "./finder.ts";
import { identifyDevice } from "./identify.ts";
import { KnownUnit } from "./known_unit.ts";

/** Ids of the same letter are of one camera, other letters contradict, digits tell nothing. */
const isSameUnit: Board["isSameUnit"] = ({ id: one }, { id: other }) =>
  /\d/.test(one + other) ? undefined : one[0] === other[0];
const board = { id: "toy", name: "Toy", isSameUnit } as Board;

let addresses = 0;
/** A device in its ROM: `1-1 aa` has the serial aa on port 1-1. Each one is a new arrival. */
function device(what: string, more: Partial<DetectedDevice> = {}, unreadable?: UnbrickError) {
  const [portPath, serial] = what.split(" ");
  const usb = {
    portPath,
    bus: 1,
    address: ++addresses,
    descriptor: { idProduct: 7 },
    configurations: [],
  };
  const seen = { usb, serial, interfaceNames: new Map(), ...(unreadable && { unreadable }) };
  return {
    familyId: "f",
    mode: "rom",
    boardIds: ["toy"],
    title: `ROM ${what}`,
    seen,
    ...more,
  } as unknown as DetectedDevice;
}
const unusable = (port: string, reason: UnbrickError, title?: string) =>
  ({ seen: device(port).seen, reason, ...(title && { title }) }) as UnusableDevice;
const look = (...detectedDevices: DetectedDevice[]): Look => ({ detectedDevices, unusable: [] });

type Options = Partial<BoundCameraOptions>;

/** Runs `work` with a camera whose looks at the bus are these, the last one again and again. */
async function withCamera<T>(
  looks: readonly Look[],
  work: (camera: BoundCamera, clock: VirtualClock) => Promise<T>,
  options: Options = {},
) {
  const clock = new VirtualClock();
  const happened: string[] = [];
  const left = [...looks];
  const finder = {
    bus: {
      list: () => Promise.resolve([]),
      changed: ({ timeoutMs }: { timeoutMs: number }) => clock.sleep(timeoutMs).then(() => false),
    },
    look: (_: unknown, scope: object) => {
      happened.push(JSON.stringify(scope));
      return Promise.resolve(left.length > 1 ? left.shift()! : left[0]);
    },
  } as unknown as DeviceFinder;
  const told: string[] = [];
  const camera = new BoundCamera({
    ...{ board, clock, finder, signal: new AbortController().signal, deadlineMs: 1_000 },
    onFound: ({ title }) => told.push(`found ${title}`),
    onUnproven: ({ title }) => told.push(`unproven ${title}`),
    ...options,
  });
  const result = await clock.run(() => work(camera, clock));
  return { result, told, scopes: new Set(happened), ms: clock.elapsed };
}
const rom = { what: "the ROM", modes: ["rom"] } as const;
const titleOf = (one: DetectedDevice | undefined) => one && String(one.title);
const timeout = new UnbrickError("timeout", "Silent."), busy = new UnbrickError("busy", "Busy.");
const stranger = new UnbrickError("wrong-board", "No camera.");

Deno.test("which device is the camera: its mode, its board, and one that can be used", async () => {
  const found = (devices: DetectedDevice[], options?: Options) =>
    withCamera([look(...devices)], (camera) => camera.detected(["rom", "firmware"]), options)
      .then(({ result }) => titleOf(result));
  assert.equal(await found([]), undefined);
  assert.equal(await found([device("1-1", { mode: "bootloader" })]), undefined);
  assert.equal(await found([device("1-1", { boardIds: ["other"] }), device("1-2")]), "ROM 1-2");
  assert.equal(await found([device("1-1", {}, busy), device("1-2")]), "ROM 1-2");
  assert.equal(await found([device("1-1", {}, busy)]), "ROM 1-1");
  for (const reason of [timeout, stranger]) {
    assert.equal(await found([device("1-1", {}, reason)]), undefined, "it may be a neighbour's");
    assert.equal(await found([device("1-1", {}, reason)], { port: "1-1" }), "ROM 1-1");
  }
  assert.equal(await found([device("1-1"), device("1-2")]), "ROM 1-1");
  const choose: Options["choose"] = (fits) => Promise.resolve(fits[1]);
  assert.equal(await found([device("1-1"), device("1-2")], { choose }), "ROM 1-2");
  const never: Options["choose"] = () => Promise.reject(new Error("nobody is asked"));
  assert.equal(await found([device("1-1")], { choose: never }), "ROM 1-1");
  assert.equal(
    await found([device("1-1"), device("1-2")], { choose: never, port: "1-2" }),
    "ROM 1-2",
  );
});

/** The device to which the camera is bound first, one that comes then, and whether it is taken. */
const arrivals: readonly [string, DetectedDevice, string | undefined][] = [
  ["1-1 aa", device("1-1 aa"), "found"],
  ["1-1 aa", device("1-1 ab"), "found"],
  ["1-1 aa", device("1-1 12"), "found unproven"],
  ["1-1 aa", device("1-1"), "found unproven"],
  ["1-1 aa", device("1-1 ba"), undefined],
  ["1-1 aa", device("1-2 ab"), "found"],
  ["1-1 aa", device("1-2 12"), undefined],
  ["1-1 aa", device("1-2"), undefined],
  ["1-1", device("1-1 aa"), "found unproven"],
];

Deno.test("which later arrival is the same camera: by its port, unless its ids say otherwise", async () => {
  for (const [first, second, wanted] of arrivals) {
    const { told } = await withCamera([look(device(first)), look(second)], async (camera) => {
      await camera.detected(["rom"]);
      assert.equal(camera.port, "1-1");
      await camera.detected(["rom"]);
    });
    const words = told.slice(1).map((one) => one.split(" ")[0]).join(" ");
    assert.equal(words, wanted ?? "", `${first}, ${second.title}`);
  }
  // One that has stayed on the bus is the same, whatever its id tells.
  const stays = device("1-1 aa");
  const same = { ...stays, seen: { ...stays.seen, serial: "ba" } };
  const { told } = await withCamera([look(stays), look(same)], async (camera) => {
    await camera.detected(["rom"]);
    assert.equal(camera.isSameUnit(same), true);
    assert.equal(camera.isSameUnit(device("1-9 ba")), false);
    assert.equal(camera.isSameUnit(device("1-9 12")), undefined);
    await camera.detected(["rom"]);
    assert.deepEqual(camera.unitIds.map(({ id, mode }) => [id, mode]), [["aa", "rom"], [
      "ba",
      "rom",
    ]]);
  });
  assert.equal(told.length, 2);
});

Deno.test("with one port, another is never used, and a camera that was moved there is told", async () => {
  const moved: Look = {
    detectedDevices: [],
    unusable: [],
    elsewhere: [device("1-5 12"), device("1-6 ab")],
  };
  const { result, scopes } = await withCamera([look(device("1-1 aa")), moved], async (camera) => {
    await camera.waitFor(rom);
    return await errorOf(camera.waitFor(rom), "disconnected");
  }, { port: "1-1" });
  assert.equal(result.message, "The camera was moved from port 1-1 to port 1-6.");
  assert.deepEqual(result.data, { port: "1-1", movedTo: "1-6" });
  assert.deepEqual([...scopes], ['{"port":"1-1"}']);
  const elsewhere: Look = {
    ...moved,
    elsewhere: [device("1-5 12"), device("1-6 ab", { boardIds: ["x"] })],
  };
  const other = await withCamera([look(device("1-1 aa")), elsewhere], async (camera) => {
    await camera.waitFor(rom);
    return await errorOf(camera.waitFor(rom), "timeout");
  }, { port: "1-1" });
  assert.equal(other.ms, 1_000);
  const proven = look(device("1-2 ab"));
  const never = await withCamera([look(device("1-1 aa")), proven], async (camera) => {
    await camera.waitFor(rom);
    return await errorOf(camera.waitFor(rom), "timeout");
  }, { port: "1-1" });
  assert.equal(never.result.data.onlyPort, "1-1");
});

Deno.test("another camera in the place of this one is told at the end of a wait, and at once when it is used", async () => {
  const looks = [look(device("1-1 aa")), look(device("1-1 ba"))];
  const session = { modes: ["rom"], name: "its ROM", start: () => Promise.resolve(1) } as const;
  const { result, ms } = await withCamera(looks, async (camera) => {
    await camera.waitFor(rom);
    const used = await errorOf(camera.use(session, () => Promise.resolve()), "wrong-board");
    const waited = await errorOf(camera.waitFor(rom), "wrong-board");
    assert.equal(waited.message, used.message);
    return waited;
  });
  assert.equal(ms, 1_000);
  assert.match(result.message, /its id is ba\. .* The first camera, aa, is/s);
  assert.deepEqual(result.data, { board: "toy", otherCamera: "ba", port: "1-1" });
  for (const other of [device("1-2 ba"), device("1-1 ba", { boardIds: ["x"] })]) {
    const { result } = await withCamera([look(device("1-1 aa")), look(other)], async (camera) => {
      await camera.waitFor(rom);
      await errorOf(camera.waitFor(rom), "timeout");
      return await errorOf(camera.use(session, () => Promise.resolve()), "disconnected");
    });
    assert.equal(result.message, "The Toy has left its ROM.");
    assert.deepEqual(result.data, { board: "toy" });
  }
});

Deno.test("what a wait that ends says: what it waited for, and what is there instead", async () => {
  const waited = async (one: Look, options: Options = {}, more: object = {}) => {
    const { result, ms } = await withCamera(
      [one],
      (camera) => errorOf(camera.waitFor({ ...rom, ...more })),
      options,
    );
    return { kind: result.kind, message: result.message, data: result.data, ms };
  };
  const nothing = await waited(look());
  assert.equal(nothing.message, "Waited for the ROM, but it did not appear.");
  assert.deepEqual(nothing.data, { what: "the ROM", seen: null, port: null });
  const there: Look = {
    detectedDevices: [
      device("1-1", { mode: "firmware" }),
      device("1-2", { boardIds: ["x"] }, timeout),
    ],
    unusable: [unusable("1-3", stranger, "A mouse"), unusable("1-4", stranger)],
    silent: [
      unusable("1-5", new UnbrickError("timeout", "It is silent.", { silentPort: "1-5" }), "Thing"),
    ],
  };
  const seen = "ROM 1-1 on port 1-1; ROM 1-2 on port 1-2 (does not answer); " +
    "A mouse on port 1-3 (No camera.); Thing on port 1-5 (It is silent.)";
  const instead = await waited(there);
  assert.equal(
    instead.message,
    `Waited for the ROM, but it did not appear. Seen instead: ${seen}.`,
  );
  assert.deepEqual(instead.data, { what: "the ROM", seen, port: null, silentPort: "1-5" });
  const entry = { board: { ...board, romEntry: "boot-button" } as unknown as Board };
  assert.equal((await waited(look(), entry)).data.romEntry, "boot-button");
  assert.equal((await waited(look(), entry, { modes: ["firmware"] })).data.romEntry, undefined);
  assert.equal((await waited(look(), {}, { deadlineMs: 300 })).ms, 300);
  assert.equal((await waited(look(device("1-1")), {}, { accept: () => false })).kind, "timeout");
});

Deno.test("who blocks a wait: what is on the camera's port, and a neighbour only if it is busy", async () => {
  const kindOf = async (one: Look, options: Options = {}) => {
    const { result, ms } = await withCamera(
      [one],
      (camera) => errorOf(camera.waitFor({ ...rom, deadlineMs: 5_000 })),
      options,
    );
    return `${result.kind} ${ms}`;
  };
  const only = (...unusable: UnusableDevice[]): Look => ({ detectedDevices: [], unusable });
  assert.equal(await kindOf(only(unusable("1-1", busy))), "busy 2000");
  assert.equal(await kindOf(only(unusable("1-1", stranger))), "timeout 5000");
  assert.equal(await kindOf(only(unusable("1-1", timeout), unusable("1-2", busy))), "busy 2000");
  assert.equal(await kindOf(only(unusable("1-1", stranger)), { port: "1-1" }), "wrong-board 2000");
  assert.equal(await kindOf(only(unusable("1-2", busy)), { port: "1-1" }), "timeout 5000");
  assert.equal(await kindOf(look(device("1-1", {}, busy))), "busy 2000");
  const known = device("1-1", { mode: "firmware" });
  const both = { ...look(known), unusable: [{ seen: known.seen, reason: busy }] };
  assert.equal(await kindOf(both), "timeout 5000", "it is known, and only not what is waited for");
});

Deno.test("each look of a wait is told, and whether it ended the wait; the deadline may begin later", async () => {
  const looks: string[] = [];
  const onLook: Options["onLook"] = ({ detectedDevices }, isOver) =>
    void looks.push(`${detectedDevices.length} ${isOver}`);
  const found = device("1-1");
  await withCamera(
    [look(), look(device("1-1", {}, busy)), look(found)],
    (camera) => camera.waitFor(rom),
    { onLook },
  );
  assert.deepEqual(looks, ["0 false", "1 false", "1 true"]);
  const { ms } = await withCamera([look()], (camera, clock) => {
    const start = clock.now();
    const { signal } = new AbortController();
    const countsFrom = () => clock.now() - start < 500 ? undefined : start + 400;
    return errorOf(camera.wait(rom, { deadlineMs: 600, signal, countsFrom }), "timeout");
  });
  assert.equal(ms, 1_000);
});

Deno.test("facts are made once for each kind of them; a host without serial ports has none", async () => {
  await withCamera([look()], async (camera) => {
    const make = () => ({ count: 0 }), other = () => ({ count: 0 });
    camera.learned(make).count++;
    assert.deepEqual([camera.learned(make).count, camera.learned(other).count], [1, 0]);
    assert.deepEqual(await camera.serial.list(), []);
    const error = await errorOf(camera.serial.open({ path: "COM3" }, { baudRate: 1 }), "not-found");
    assert.deepEqual([error.data, camera.receivedBytes], [{ path: "COM3" }, 0]);
  });
});

Deno.test("what is known of a unit", () => {
  const id = (id: string, mode = "rom") => ({ id, mode }) as { id: string; mode: "rom" };
  const unit = new KnownUnit(board);
  assert.equal(unit.isSame(id("aa")), undefined);
  for (const one of [id("12"), id("aa"), id("aa"), id("aa", "firmware")]) unit.remember(one);
  assert.deepEqual(unit.all, [id("12"), id("aa"), id("aa", "firmware")]);
  assert.deepEqual(["ab", "ba", "34"].map((one) => unit.isSame(id(one))), [true, false, undefined]);
  assert.equal(unit.isSame(undefined), undefined);
  const simple = new KnownUnit({ id: "x", name: "X" } as Board);
  simple.remember(id("aa"));
  assert.equal(simple.isSame(id("ba")), undefined);
});

Deno.test("a family that can ask a device is asked, on its port only; the device is closed afterwards", async () => {
  const clock = new VirtualClock();
  const options = {
    board,
    clock,
    signal: new AbortController().signal,
    deadlineMs: 1,
    finder: { bus: {} },
  } as unknown as BoundCameraOptions;
  const found = device("1-7");
  assert.equal(await identifyDevice({} as BoardFamily, found, options), undefined);
  const asked: unknown[] = [];
  const family = {
    identify: (camera: BoundCamera, detected: DetectedDevice) => {
      asked.push(camera.port, detected === found);
      return Promise.resolve({ boardId: "toy" });
    },
  } as unknown as BoardFamily;
  assert.deepEqual(await identifyDevice(family, found, options), { boardId: "toy" });
  assert.deepEqual(asked, ["1-7", true]);
});
