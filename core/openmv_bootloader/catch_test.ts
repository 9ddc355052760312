import assert from "node:assert/strict";
import { type ErrorKind, UnbrickError } from "../common/errors.ts";
import type { Mode } from "../device/detected_device.ts";
import type { StepContext } from "../plan/step_context.ts";
import type { SerialBus } from "../transport/serial/port.ts";
import { actions, PartitionRig } from "../../tests/support/plan/partition_rig.ts";
import { RunningRig } from "../../tests/support/plan/running_rig.ts";
import { errorOf } from "../../tests/support/expected_error.ts";
import { catchBootloader, type CatchOptions } from "./catch.ts";
import { withBootloader } from "./client.ts";
import { restoredProof } from "./restored.ts";
import { takeSensorOff } from "./not_started.ts";
import {
  catchStep,
  leaveBootloader,
  leaveNewBootloaderStep,
  leaveStep,
  startStep,
} from "./steps.ts";

const table = [
  { name: "BOOT", memory: "flash", start: 0, end: 0x2000, writable: false },
  { name: "FIRMWARE", memory: "flash", start: 0x2000, end: 0x8000, writable: true },
];

const options: CatchOptions = {
  partitions: table,
  replug: actions("unplug", "plug"),
  leaveRecovery: actions("unplug", "remove-jumper", "plug"),
  stillInRecovery: "The jumper is still fitted.",
};

const gone = () => new UnbrickError("disconnected", "It left.");

Deno.test("a camera in its bootloader is held at once, and then checked", async () => {
  const rig = new PartitionRig(table);
  const present = rig.device("bootloader");
  rig.present.set("bootloader", present);
  const checked: unknown[] = [];
  const check: CatchOptions["check"] = ({ detected }) => void checked.push(detected, [...rig.log]);
  assert.equal(await catchBootloader(rig.context, { ...options, check }), present);
  assert.deepEqual(checked, [present, ["upload BOOT 0 4096"]]);
  assert.deepEqual(rig.log, ["upload BOOT 0 4096"]);
});

Deno.test("a camera that is not there is asked for by hand; with a jumper, its removal too", async () => {
  const rig = new PartitionRig(table);
  rig.arrivals.push(rig.device("bootloader"));
  await catchBootloader(rig.context, options);
  assert.deepEqual(rig.log, ["unplug,plug for bootloader,rom", "upload BOOT 0 4096"]);

  const fitted = new PartitionRig(table);
  fitted.present.set("rom", fitted.device("rom", 5));
  fitted.arrivals.push(fitted.device("bootloader"));
  await catchBootloader(fitted.context, options);
  assert.equal(fitted.log[0], "unplug,remove-jumper,plug for bootloader,rom");

  const other = new PartitionRig(table);
  other.present.set("flashloader", other.device("flashloader"));
  other.arrivals.push(other.device("bootloader"));
  await catchBootloader(other.context, { ...options, recoveryModes: ["flashloader"] });
  assert.equal(other.log[0], "unplug,remove-jumper,plug for bootloader,flashloader");
});

Deno.test("a camera that returns in its ROM is asked for again; one that never left is not accepted", async () => {
  const rig = new PartitionRig(table);
  rig.present.set("rom", rig.device("rom", 5));
  rig.arrivals.push(rig.device("rom", 6), rig.device("bootloader"));
  await catchBootloader(rig.context, options);
  assert.deepEqual(rig.notes, ["The jumper is still fitted."]);
  assert.equal(rig.log.length, 3);

  const late = new PartitionRig(table);
  late.arrivals.push(late.device("rom"), late.device("bootloader"));
  await catchBootloader(late.context, options);
  assert.deepEqual(late.notes, ["The jumper is still fitted."], "it was not there before");

  const stays = new PartitionRig(table);
  stays.present.set("rom", stays.device("rom", 5));
  stays.arrivals.push(stays.device("rom", 5));
  await assert.rejects(catchBootloader(stays.context, options), /was not accepted/);
  const bus = new PartitionRig(table);
  bus.present.set("rom", bus.device("rom", 5));
  const moved = bus.device("rom", 5);
  Object.assign(moved.seen.usb, { bus: 2 });
  bus.arrivals.push(moved, bus.device("bootloader"));
  await catchBootloader(bus.context, options);
});

Deno.test("a bootloader that leaves before it is held is asked for again, five times at most", async () => {
  const rig = new PartitionRig(table);
  rig.arrivals.push(...Array.from({ length: 9 }, () => rig.device("bootloader")));
  rig.errors.set("upload", Array.from({ length: 9 }, gone));
  const error = await errorOf(catchBootloader(rig.context, options), "timeout");
  assert.match(error.message, /could not be held in its bootloader in 5 attempts\./);
  assert.deepEqual(error.data, { board: "toy", attempts: 5 });
  assert.equal(rig.notes.length, 5);
  assert.match(rig.notes[0], /left its bootloader before/);
  assert.equal(rig.arrivals.length, 4);

  const once = new PartitionRig(table);
  once.arrivals.push(once.device("bootloader"));
  once.errors.set("upload", [gone()]);
  const single = await errorOf(catchBootloader(once.context, { ...options, attempts: 1 }));
  assert.match(single.message, /in 1 attempt\./);

  const second = new PartitionRig(table);
  second.arrivals.push(second.device("bootloader"), second.device("bootloader"));
  second.errors.set("upload", [gone()]);
  await catchBootloader(second.context, options);
});

Deno.test("running firmware is asked over its serial port, once, and not while the ROM is there", async () => {
  const asked = async (modes: readonly Mode[], failures: number) => {
    const rig = new PartitionRig(table);
    for (const mode of modes) rig.present.set(mode, rig.device(mode, 5));
    rig.arrivals.push(rig.device("bootloader"), rig.device("bootloader"));
    rig.errors.set("upload", Array.from({ length: failures }, gone));
    let lists = 0;
    const serial = { list: () => Promise.resolve((lists++, [])) } as unknown as SerialBus;
    await catchBootloader({ ...rig.context, serial }, options);
    return lists;
  };
  assert.equal(await asked(["firmware"], 0), 1);
  assert.equal(await asked(["firmware"], 1), 1, "it has not obeyed");
  assert.equal(await asked(["firmware", "rom"], 0), 0);
  assert.equal(await asked([], 0), 0);
});

Deno.test("a running camera that obeys is held without a request by hand", async () => {
  const rig = new RunningRig("obeys", table);
  const caught = await rig.clock.run(() => catchBootloader(rig.context, options));
  assert.equal(caught.mode, "bootloader");
  assert.deepEqual(rig.log, [
    "the Toy Camera in its bootloader bootloader 10000",
    "upload BOOT 0 4096",
  ]);
});

Deno.test("partitions are found by name; their sizes come from the table", async () => {
  const rig = new PartitionRig(table);
  rig.present.set("bootloader", rig.device("bootloader", 2, ["BOOT", "EXTRA", "FIRMWARE"]));
  await withBootloader(rig.context, table, ({ partition }) => {
    assert.deepEqual(partition("BOOT"), { alternate: 0, name: "BOOT", size: 0x2000 });
    assert.deepEqual(partition("FIRMWARE"), { alternate: 2, name: "FIRMWARE", size: 0x6000 });
    assert.deepEqual(partition("EXTRA"), { alternate: 1, name: "EXTRA" });
    return Promise.resolve();
  });
});

const target = { region: "boot", address: 0, length: 4, sha256: "s" };

Deno.test("what is restored already is proven once it is held; any other content is no error", async () => {
  const prove = async (kind?: ErrorKind) => {
    const rig = new PartitionRig(table);
    if (kind) rig.errors.set("upload", [new UnbrickError(kind, "No.")]);
    const readBack = async (_ranges: unknown, read: (onRead: () => void) => Promise<void>) => {
      await read(() => {});
      throw new UnbrickError("stalled", "All was read.");
    };
    const context = { ...rig.context, readBack } as unknown as StepContext;
    const done = restoredProof(
      context,
      table,
      [target],
      () => Promise.resolve(void rig.log.push("read")),
    );
    return [await done.catch((error) => error.kind), rig.log];
  };
  assert.deepEqual(await prove(), ["stalled", ["upload BOOT 0 4096", "read"]]);
  for (const kind of ["verify-failed", "disconnected", "wrong-board"] as const) {
    assert.deepEqual(await prove(kind), [undefined, ["upload BOOT 0 4096"]]);
  }
  assert.deepEqual(await prove("permission"), ["permission", ["upload BOOT 0 4096"]]);
});

Deno.test("any other error ends the attempts", async () => {
  const rig = new PartitionRig(table);
  rig.arrivals.push(rig.device("bootloader"), rig.device("bootloader"));
  rig.errors.set("upload", [new UnbrickError("permission", "No access.")]);
  await errorOf(catchBootloader(rig.context, options), "permission");
  const step = catchStep({ ...options, needs: ["FIRMWARE", "ROMFS0"] });
  assert.deepEqual([step.id, step.effect], ["enter-bootloader", "none"]);
  rig.errors.clear();
  const error = await errorOf(step.run(rig.context), "wrong-board");
  assert.match(error.message, /too old: it has no partition ROMFS0/);
  assert.deepEqual(error.data, { board: "toy", partition: "ROMFS0" });
});

Deno.test("a bootloader without names is no old one", async () => {
  const none = new PartitionRig(table);
  none.present.set("bootloader", none.device("bootloader", 2, []));
  const error = await errorOf(catchBootloader(none.context, options), "stalled");
  assert.match(error.message, /did not give the names of all its partitions/);
  assert.deepEqual(error.data, { board: "toy" });
  const unreadable = new UnbrickError("busy", "Another program uses it.");
  Object.assign(none.present.get("bootloader")!.seen, { unreadable });
  await errorOf(catchBootloader(none.context, options), "busy");

  const nameOf = (iInterface: number, bAlternateSetting: number) => {
    const rig = new PartitionRig(table);
    const device = rig.device("bootloader", 2, ["BOOT"]);
    const interfaces = [{ iInterface, bInterfaceNumber: 0, bAlternateSetting }];
    Object.assign(device.seen.usb, { configurations: [{ interfaces }] });
    rig.present.set("bootloader", device);
    return errorOf(
      Promise.resolve(catchStep({ ...options, needs: ["FIRMWARE"] }).run(rig.context)),
    );
  };
  assert.equal((await nameOf(4, 1)).kind, "stalled", "it has a name that was not told");
  assert.equal((await nameOf(0, 1)).kind, "wrong-board", "it has none");
  assert.equal((await nameOf(4, 0)).kind, "wrong-board", "that one was told");
  const partly = new PartitionRig(table);
  const device = partly.device("bootloader", 2, ["BOOT"]);
  const named = (bAlternateSetting: number) => ({
    iInterface: 4,
    bInterfaceNumber: 0,
    bAlternateSetting,
  });
  Object.assign(device.seen.usb, { configurations: [{ interfaces: [named(0), named(1)] }] });
  partly.present.set("bootloader", device);
  await errorOf(
    Promise.resolve(catchStep({ ...options, needs: ["FIRMWARE"] }).run(partly.context)),
    "stalled",
  );
});

Deno.test("the bootloader is told to leave, then reset; what refuses is only noted", async () => {
  const leave = async (errors: Record<string, Error[]>, isThere = true) => {
    const rig = new PartitionRig(table);
    if (isThere) rig.present.set("bootloader", rig.device("bootloader"));
    for (const [name, list] of Object.entries(errors)) rig.errors.set(name, list);
    await leaveBootloader(rig.context, table);
    return [rig.log, rig.notes] as const;
  };
  const stalled = () => new UnbrickError("stalled", "No.");
  const timeout = () => new UnbrickError("timeout", "Not yet.");
  const protocol = () => new UnbrickError("protocol", "Nonsense.");
  assert.deepEqual(await leave({}, false), [[], []]);
  assert.deepEqual(await leave({}), [["detach 1000", "gone in 3000"], []]);
  assert.deepEqual(await leave({ detach: [gone()] }), [["detach 1000"], []]);
  for (const error of [stalled, timeout, protocol]) {
    assert.deepEqual(await leave({ detach: [error()] }), [
      ["detach 1000", "reset", "gone in 3000"],
      [],
    ]);
  }
  assert.deepEqual(await leave({ gone: [timeout(), timeout()] }), [
    ["detach 1000", "gone in 3000", "reset", "gone in 3000"],
    ["The bootloader did not start the camera."],
  ]);
  await assert.rejects(leave({ detach: [new UnbrickError("driver", "Broken.")] }), /Broken/);
  for (const step of [leaveStep(table), leaveNewBootloaderStep(table)]) {
    const rig = new PartitionRig(table);
    rig.present.set("bootloader", rig.device("bootloader"));
    await step.run(rig.context);
    assert.deepEqual(rig.log, ["detach 1000", "gone in 3000"]);
    assert.equal(step.effect, "none");
  }
  assert.equal(leaveStep(table).id, "leave");
  assert.equal(leaveNewBootloaderStep(table).id, "leave-bootloader");
});

Deno.test("the camera is started: by itself, or by a replug", async () => {
  const start = startStep(options);
  const rig = new PartitionRig(table);
  rig.present.set("firmware", rig.device("firmware"));
  await start.run(rig.context);
  assert.deepEqual(rig.log, ["wait for firmware 10000"]);
  const proof = await start.prove!(rig.context);
  assert.equal(proof?.evidence, "alive");
  assert.match(String(proof?.claim), /started and appeared as toy firmware/);

  const asleep = new PartitionRig(table);
  asleep.arrivals.push(asleep.device("firmware"));
  await start.run(asleep.context);
  assert.deepEqual(asleep.log, ["wait for firmware 10000", "unplug,plug for firmware"]);
  assert.deepEqual(asleep.notes, [
    "The camera did not start by itself.",
    String(takeSensorOff),
  ]);
  await errorOf(start.prove!(asleep.context), "timeout");
  const stopped = new PartitionRig(table);
  stopped.arrivals.push(stopped.device("firmware"));
  stopped.errors.set("wait", [new UnbrickError("cancelled", "You stopped it.")]);
  await errorOf(start.run(stopped.context), "cancelled");
  assert.deepEqual([stopped.log.length, stopped.notes], [1, []], "nobody is asked any more");

  const legacy = new PartitionRig(table);
  const old = legacy.device("firmware");
  Object.assign(old.seen, { serial: "000000000010" });
  legacy.present.set("firmware", old);
  await errorOf(start.prove!(legacy.context), "timeout");
  assert.deepEqual([start.id, start.effect], ["start-firmware", "none"]);
});
