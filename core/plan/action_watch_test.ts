import assert from "node:assert/strict";
import type { Clock } from "../common/clock.ts";
import type { Board } from "../family/board.ts";
import type { DetectedDevice, Mode } from "../device/detected_device.ts";
import { ActionWatch, type ActionWatchOptions } from "./action_watch.ts";
import type { NewRunEvent } from "./events.ts";
import type { HardwareAction } from "./hardware_action.ts";

const action = (id: string) =>
  ({ id, text: id, parts: id.includes("jumper") ? ["BOOT", "RST"] : undefined }) as HardwareAction;

function watching(
  ids: readonly string[],
  modes?: readonly Mode[],
  more: Partial<ActionWatchOptions> & { romEntry?: string } = {},
) {
  const time = { ms: 5_000 };
  const events: NewRunEvent[] = [];
  const watch = new ActionWatch({
    clock: { now: () => time.ms } as Clock,
    board: { id: "toy", name: "Toy Camera", romEntry: more.romEntry } as unknown as Board,
    actions: ids.map(action),
    modes,
    emit: (event) => events.push(event),
    ...more,
  });
  return { watch, time, events };
}

function device(mode: Mode, port = "1-1", more: Partial<DetectedDevice> = {}): DetectedDevice {
  const usb = { bus: 1, portPath: port, address: 9 };
  return {
    title: `toy ${mode}`,
    mode,
    boardIds: ["toy"],
    seen: { usb },
    ...more,
  } as DetectedDevice;
}

/** What the watch says when the device appears after the first look. */
function mistakeOf(
  ids: readonly string[],
  modes: readonly Mode[] | undefined,
  appears: DetectedDevice,
  more: Partial<ActionWatchOptions> = {},
): string | undefined {
  const { watch } = watching(ids, modes, more);
  watch.observe([]);
  watch.observe([appears]);
  return watch.mistake && String(watch.mistake);
}

Deno.test("a start in the wrong mode tells which action was forgotten", () => {
  const says = (ids: string[], expected: Mode, came: Mode) =>
    mistakeOf([...ids, "plug"], [expected], device(came)) ?? "";
  const notInPlace = /started normally: the jumper between BOOT and RST was not in place/;
  assert.match(says(["fit-jumper"], "rom", "firmware"), notInPlace);
  assert.match(says(["fit-jumper"], "rom", "bootloader"), notInPlace);
  assert.match(says(["switch-on"], "rom", "firmware"), /the recovery switch was off/);
  assert.match(says(["remove-jumper"], "bootloader", "rom"), /BOOT and RST was still in place/);
  assert.match(says(["switch-off"], "bootloader", "rom"), /the switch was still on/);
  assert.match(says(["fit-jumper"], "bootloader", "rom"), /appeared as "toy rom", which is not/);
  assert.match(says(["switch-on"], "bootloader", "rom"), /appeared as "toy rom"/);
  assert.match(says(["remove-jumper"], "bootloader", "firmware"), /before unbrick could stop it/);
  assert.match(says(["switch-off"], "bootloader", "firmware"), /before unbrick could stop it/);
  assert.equal(says(["fit-jumper"], "rom", "rom"), "");
  assert.equal(says(["fit-jumper"], "firmware", "bootloader"), "", "a stage on the way");
  assert.match(says([], "rom", "bootloader"), /appeared as "toy bootloader"/);
});

Deno.test("only what arrives while the person plugs in is a mistake", () => {
  const wrong = device("firmware");
  assert.equal(mistakeOf(["plug", "press"], ["rom"], wrong), undefined);
  assert.equal(mistakeOf(["plug"], undefined, wrong), undefined);
  const { watch } = watching(["plug"], ["rom"]);
  watch.observe([wrong]);
  watch.observe([wrong]);
  assert.equal(watch.mistake, undefined, "it was there before");
  watch.observe([]);
  watch.observe([wrong]);
  assert.notEqual(watch.mistake, undefined, "it left and returned");
  watch.observe([]);
  watch.observe([device("rom", "1-2"), wrong]);
  assert.notEqual(watch.mistake, undefined, "another device does not hide it");

  const quick = watching(["plug"], ["rom"]).watch;
  assert.equal(quick.mistake, undefined, "nobody has looked");
  quick.observe([wrong]);
  const seen = { usb: { bus: 1, portPath: "1-1", address: 10 } } as DetectedDevice["seen"];
  quick.observe([device("firmware", "1-1", { seen })]);
  assert.notEqual(quick.mistake, undefined, "it returned between two looks");
});

Deno.test("another device, another port and another camera are named", () => {
  const other = (isCandidate?: boolean) =>
    mistakeOf(["plug"], ["rom"], device("rom", "1-4", { boardIds: ["b"], isCandidate }));
  assert.match(other() ?? "", /Another device appeared on port .*1-4: toy rom\. It is not used/);
  assert.equal(other(true), undefined);
  const onPort = (port: string) => mistakeOf(["plug"], ["rom"], device("rom", "1-4"), { port });
  assert.match(onPort("1-1") ?? "", /on port 1-4, but this run uses port 1-1/);
  assert.equal(onPort("1-4"), undefined);
  const another = (is: boolean) =>
    mistakeOf(["plug"], ["rom"], device("rom"), { isAnother: () => is });
  assert.match(another(true) ?? "", /Another Toy Camera appeared on port 1-1\. Unplug it/);
  assert.equal(another(false), undefined);
});

Deno.test("a camera counts as gone two seconds after it was last seen", async () => {
  const { signal } = new AbortController();
  for (
    const [more, present] of [[{}, true], [{ port: "1-1" }, true], [
      { port: "1-2" },
      false,
    ]] as const
  ) {
    const { watch, time } = watching(["unplug"], undefined, more);
    const presence = () => watch.until(() => true, signal).then(({ isPresent }) => isPresent);
    watch.observe([device("firmware")]);
    assert.equal(await presence(), present);
    time.ms += 1_999;
    watch.observe([]);
    assert.equal(await presence(), present);
    time.ms += 1;
    watch.observe([device("firmware", "1-1", { boardIds: ["b"] })]);
    assert.equal(await presence(), false);
  }
  const { watch } = watching(["unplug"]);
  watch.observe([device("firmware", "1-1", { isCandidate: true })]);
  assert.equal((await watch.until(() => true, signal)).isPresent, false, "perhaps another board");
});

Deno.test("a wait ends with the look that fits, once, or with the abort", async () => {
  const { watch } = watching(["unplug"]);
  let looks = 0;
  const ended = new AbortController();
  watch.until(({ isPresent }) => (looks++, !isPresent), ended.signal).catch(() => {});
  watch.observe([device("firmware")]);
  assert.equal(looks, 1);
  const { watch: other } = watching(["unplug"]);
  other.observe([]);
  assert.equal(
    (await other.until(({ isPresent }) => !isPresent, new AbortController().signal)).isPresent,
    false,
  );

  watch.until(() => (looks++, true), ended.signal);
  watch.observe([device("firmware")]);
  assert.equal(looks, 3, "a wait that has ended looks no more");

  const abort = new AbortController();
  const waits = watch.until(() => false, abort.signal);
  abort.abort();
  await assert.rejects(waits);
  await assert.rejects(watch.until(() => true, abort.signal));
});

Deno.test("after 30 s without the ROM it is said once what else brings it", () => {
  const notes = ({ events }: { events: NewRunEvent[] }) =>
    events.filter(({ type }) => type === "note").length;
  const late = watching(["plug"], ["rom"], { romEntry: "boot" });
  late.watch.observe([]);
  late.time.ms += 29_999;
  late.watch.observe([]);
  assert.equal(notes(late), 0);
  late.time.ms += 1;
  late.watch.observe([]);
  const said = notes(late);
  assert.ok(said > 0);
  late.watch.observe([]);
  assert.equal(notes(late), said);
  for (
    const [modes, romEntry] of [[["rom"], undefined], [["firmware"], "boot"], [
      undefined,
      "boot",
    ]] as const
  ) {
    const other = watching(["plug"], modes as Mode[] | undefined, { romEntry });
    other.watch.observe([]);
    other.time.ms += 60_000;
    other.watch.observe([]);
    assert.equal(notes(other), 0);
  }
});

Deno.test("the time counts from the action that the person began, which is numbered", () => {
  const actions = ["fit-jumper", "plug"].map(action), plug = actions[1];
  const { watch, time, events } = watching([], ["rom"], { actions, romEntry: "boot" });
  watch.observe([]);
  time.ms += 29_000;
  watch.begin(plug, "person" as never);
  assert.equal(watch.beganAt, time.ms);
  time.ms += 29_000;
  watch.observe([]);
  watch.done(plug, "person" as never);
  assert.deepEqual(events, [
    { type: "action", action: plug, number: 2, total: 2, confirmedBy: "person" },
    { type: "action-done", action: plug, confirmedBy: "person" },
  ]);
});
