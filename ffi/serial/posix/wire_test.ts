import assert from "node:assert/strict";
import { systemClock } from "../../../core/common/clock.ts";
import { isKind, UnbrickError } from "../../../core/common/errors.ts";
import type { SerialSettings } from "../../../core/transport/serial/port.ts";
import { FakeLibc, systems as numbers } from "../../../tests/support/ffi/fake_libc.ts";
import { type FakeLibrary, withLibraries } from "../../../tests/support/ffi/fake_library.ts";
import { fakeRegistry } from "../../../tests/support/ffi/fake_io_kit.ts";
import { darwinCalls } from "../darwin/calls.ts";
import { darwinSerial } from "../darwin/mod.ts";
import { linuxCalls } from "../linux/calls.ts";
import { linuxSerial } from "../linux/mod.ts";
import type { SystemPort } from "../system.ts";
import { darwinSymbols, linuxSymbols } from "./symbols.ts";

const { signal } = new AbortController();
const soon = { timeoutMs: 2_000, signal };
const limit = { subject: "the serial port", port: "1-2" };
const settings = { baudRate: 55_000 };

/** The same argument in the third place and on the stack. */
const darwinIoctl = (request: string, argument = "null") =>
  `ioctl(45, ${request}, ${argument}, 0, 0, 0, 0, 0, ${argument})`;
const linuxIoctl = (request: string, argument = "null") => `ioctl(45, ${request}, ${argument})`;

const zeros = "00".repeat(8), speed = "8025000000000000";
/** 72 bytes: no flag of input, output and the terminal; c_cflag; VMIN 1, VTIME 0; 9600 twice. */
const termios = (c_cflag: string, c_cc = "ff") =>
  [
    zeros + zeros + c_cflag + zeros,
    ...[c_cc.repeat(16), "0100", c_cc.repeat(2), "00".repeat(4), speed, speed],
  ].join("");
/** 44 bytes: BOTHER, CS8, CREAD, HUPCL, CLOCAL; VMIN 1; the rate twice. */
const termios2 = (rate: string) =>
  `${zeros}b01c0000${"00".repeat(5)}${"00".repeat(6)}01${"00".repeat(12)}${rate}${rate}`;
const lowLatency = `${"c1".repeat(17)}e1${"c1".repeat(54)}`;

/** A struct fd_set: 1024 bits. */
function fdSet(descriptors: readonly number[]): string {
  const set = new Uint8Array(128);
  for (const fd of descriptors) set[fd >> 3] |= 1 << (fd & 7);
  return set.toHex();
}

const systems = {
  linux: {
    path: "/dev/ttyACM0",
    serial: () => linuxSerial(),
    calls: (libc: FakeLibc) =>
      withLibraries({ libc }, () => linuxCalls(Deno.dlopen("libc", linuxSymbols).symbols)),
    ioctl: linuxIoctl,
    TIOCMBIS: "5416",
    TIOCMBIC: "5417",
    TIOCOUTQ: "5411",
    queues: { input: 0, output: 1, both: 2 },
    open: [
      "open(/dev/ttyACM0, 80902)",
      "flock(45, 6)",
      linuxIoctl("540c"),
      linuxIoctl("402c542b", termios2("d8d60000")),
      linuxIoctl("802c542a", termios2("d8d60000")),
      linuxIoctl("541e", "00".repeat(72)),
      linuxIoctl("541f", lowLatency),
      "tcflush(45, 2)",
    ],
    rate: [
      linuxIoctl("402c542c", termios2("00100e00")),
      linuxIoctl("802c542a", termios2("00100e00")),
    ],
  },
  darwin: {
    path: "/dev/cu.usbmodem1101",
    serial: () => darwinSerial(),
    calls: (libc: FakeLibc) =>
      withLibraries({ libc }, () => darwinCalls(Deno.dlopen("libc", darwinSymbols).symbols)),
    ioctl: darwinIoctl,
    TIOCMBIS: "8004746c",
    TIOCMBIC: "8004746b",
    TIOCOUTQ: "40047473",
    queues: { input: 1, output: 2, both: 3 },
    open: [
      "open(/dev/cu.usbmodem1101, 1020006)",
      "flock(45, 6)",
      darwinIoctl("2000740d"),
      `tcgetattr(45, ${"00".repeat(72)})`,
      `cfmakeraw(${"ff".repeat(72)})`,
      `tcsetattr(45, 0, ${termios("ffebfcffffffffff")})`,
      darwinIoctl("80045402", "d8d60000"),
      darwinIoctl("80085400", "e803000000000000"),
      "tcflush(45, 3)",
    ],
    rate: [darwinIoctl("80045402", "00100e00")],
  },
} as const;

for (const [name, system] of Object.entries(systems)) {
  const test = (what: string, fn: () => Promise<void>) => Deno.test(`${name}: ${what}`, fn);

  const made = () => {
    const libc = new FakeLibc(name as keyof typeof systems, system.path);
    const libraries: Record<string, FakeLibrary> = { ...fakeRegistry([]).libraries };
    libraries[numbers[name as keyof typeof systems].library] = libc;
    const serial = withLibraries(libraries, system.serial);
    const open = (given: SerialSettings = settings) => serial.open(system.path, given, limit);
    return { libc, open };
  };

  /** A port that is open, and its C library with no calls yet. */
  const opened = async (given?: SerialSettings) => {
    const { libc, open } = made();
    const port = await open(given);
    return { libc, port, opening: libc.calls.splice(0) };
  };

  test("every call that opens a port, and what each setting changes", async () => {
    assert.deepEqual((await opened()).opening, system.open);
    const signals = async (given: { dtr?: boolean; rts?: boolean }) =>
      (await opened({ ...settings, ...given })).opening
        .filter((call) => !(system.open as readonly string[]).includes(call));
    const [on, off] = [system.TIOCMBIS, system.TIOCMBIC];
    assert.deepEqual(await signals({ dtr: true, rts: true }), []);
    assert.deepEqual(await signals({ dtr: false }), [
      system.ioctl(on, "04000000"),
      system.ioctl(off, "02000000"),
    ]);
    assert.deepEqual(await signals({ rts: false }), [
      system.ioctl(on, "02000000"),
      system.ioctl(off, "04000000"),
    ]);
    assert.deepEqual(await signals({ dtr: false, rts: false }), [system.ioctl(off, "06000000")]);
  });

  test("a signal, a rate and the input change with these calls", async () => {
    const changes: readonly [(port: SystemPort) => Promise<void>, readonly string[]][] = [
      [(port) => port.setSignals({ dtr: true }), [system.ioctl(system.TIOCMBIS, "02000000")]],
      [(port) => port.setSignals({ rts: false }), [system.ioctl(system.TIOCMBIC, "04000000")]],
      [(port) => port.setSignals({}), []],
      [(port) => port.discardInput(), [`tcflush(45, ${system.queues.input})`]],
      [(port) => port.setBaudRate(921_600), system.rate],
      [(port) => port.close(), [`tcflush(45, ${system.queues.both})`, "close(45)"]],
    ];
    for (const [change, wanted] of changes) {
      const { libc, port } = await opened();
      await change(port);
      assert.deepEqual(libc.calls, wanted);
    }
  });

  test("a read takes what has come, at most what is asked for, and waits for the first byte", async () => {
    const { libc, port } = await opened();
    libc.receive(1, 2, 3);
    assert.deepEqual(await port.read(2, soon), Uint8Array.of(1, 2));
    assert.deepEqual(await port.read(2, soon), Uint8Array.of(3));
    const reading = port.read(2, soon);
    setTimeout(() => libc.receive(4), 5);
    assert.deepEqual(await reading, Uint8Array.of(4));
    assert.equal(libc.open, 1);
  });

  test("a deadline ends a read, and so does an abort, at once", async () => {
    const { libc, port } = await opened();
    const start = systemClock.now();
    assert.equal(await port.read(2, { timeoutMs: 20.5, signal }), undefined);
    assert.ok(systemClock.now() - start >= 20);
    assert.equal(await port.read(2, { timeoutMs: -1, signal }), undefined);
    const stop = new AbortController();
    const reading = port.read(2, { timeoutMs: 60_000, signal: stop.signal });
    setTimeout(() => stop.abort(new UnbrickError("cancelled", "Enough.")), 5);
    await assert.rejects(reading, /Enough/);
    libc.calls.length = 0;
    await assert.rejects(port.read(2, { ...soon, signal: stop.signal }), /Enough/);
    assert.deepEqual([libc.calls, libc.open], [[], 1]);
  });

  test("a wait is as long as the deadline, rounded up, for the port and the pipe", async () => {
    const events = { read: 1, write: 4 } as const;
    for (
      const [what, timeoutMs, millis, timeval] of [
        ["read", 11.5, "c", zeros + "e02e000000000000"],
        ["write", 2_001, "7d1", "0200000000000000e803000000000000"],
        ["read", -1, "0", zeros + zeros],
      ] as const
    ) {
      const libc = new FakeLibc(name as keyof typeof systems, system.path);
      libc.receive(1);
      await system.calls(libc).wait(69, what, { timeoutMs, signal });
      const poll = `poll(450000000${events[what]}0000006500000001000000, 2, ${millis})`;
      const [read, write] = what === "read" ? [[69, 101], []] : [[101], [69]];
      const select = `select(66, ${fdSet(read)}, ${fdSet(write)}, null, ${timeval})`;
      assert.equal(libc.calls[1], name === "linux" ? poll : select);
      assert.deepEqual(libc.calls.slice(2), ["close(66)", "close(65)"]);
    }
  });

  test("a write is whole and sent, or its rest is thrown away", async () => {
    const { libc, port } = await opened();
    libc.queued = [2, 1];
    assert.equal(await port.write(Uint8Array.of(1, 2, 3), soon), true);
    assert.deepEqual(libc.sent, [1, 2, 3]);
    const asked = libc.calls.filter((call) => call.startsWith(`ioctl(45, ${system.TIOCOUTQ}`));
    assert.equal(asked.length, 3);
    const thrownAway = `tcflush(45, ${system.queues.output})`;
    assert.ok(!libc.calls.includes(thrownAway));

    libc.queued = Array(1_000).fill(1);
    assert.equal(await port.write(Uint8Array.of(4), { timeoutMs: 10, signal }), false);
    assert.equal(libc.calls.at(-1), thrownAway);
    libc.room = 2;
    assert.equal(await port.write(Uint8Array.of(5, 6, 7), { timeoutMs: 10, signal }), false);
    assert.deepEqual([libc.sent, libc.calls.at(-1)], [[1, 2, 3, 4, 5, 6], thrownAway]);
    libc.calls.length = 0;
    await assert.rejects(port.write(Uint8Array.of(8), { ...soon, signal: AbortSignal.abort() }));
    assert.deepEqual(libc.calls, [thrownAway]);
    assert.equal(libc.open, 1);
  });

  test("a write that is taken in parts goes on with the rest", async () => {
    const { libc, port } = await opened();
    libc.room = 2;
    const writing = port.write(Uint8Array.of(1, 2, 3, 4), soon);
    setTimeout(() => {
      libc.room = Infinity;
      libc.receive(9); // lets those that wait look again
    }, 5);
    assert.equal(await writing, true);
    assert.deepEqual(libc.sent, [1, 2, 3, 4]);
  });

  test("a port that was interrupted is asked again; one that hung up is disconnected", async () => {
    const { libc, port } = await opened();
    libc.receive(1);
    const { read } = libc.functions;
    let interruptions = 2; // on both threads
    Object.assign(libc.functions, {
      read: (...given: unknown[]) => {
        if (interruptions-- <= 0) return read(...given);
        libc.thread.error = 4;
        return -1n;
      },
    });
    assert.deepEqual(await port.read(1, soon), Uint8Array.of(1));
    setTimeout(() => libc.hangUp(), 5);
    const error = await port.read(1, soon).catch((error) => error);
    assert.ok(isKind(error, "disconnected"), String(error));
    assert.deepEqual(error.data, { path: system.path });
  });

  /** What is done with an open port, and the call that refuses it. */
  const uses: Readonly<Record<string, (port: SystemPort) => Promise<unknown>>> = {
    read: (port) => port.read(1, { timeoutMs: 5, signal }),
    write: (port) => port.write(Uint8Array.of(1), soon),
    tcflush: (port) => port.discardInput(),
    [`ioctl ${system.TIOCMBIS}`]: (port) => port.setSignals({ rts: true }),
    [`ioctl ${system.TIOCMBIC}`]: (port) => port.setSignals({ rts: false }),
    [`ioctl ${system.TIOCOUTQ}`]: (port) => port.write(Uint8Array.of(1), soon),
  };

  test("a call that fails with an open port says why", async () => {
    for (const [call, use] of Object.entries(uses)) {
      for (const [errno, kind] of [[5, "disconnected"], [9, "bug"], [34, "driver"]] as const) {
        const { libc, port } = await opened();
        libc.receive(1);
        libc.refused[call] = errno;
        const error = await use(port).then(() => undefined, (error) => error);
        assert.ok(isKind(error, kind), `${call} ${errno}: ${error}`);
        assert.equal(error.data.errno, errno);
        assert.equal(libc.open, 1);
      }
    }
  });

  test("a call that fails only on its own thread has succeeded the second time", async () => {
    for (const [call, use] of Object.entries(uses)) {
      const { libc, port } = await opened();
      libc.receive(1);
      if (call === "read") libc.received = [1];
      const key = call.split(" ")[0];
      const real = libc.functions[key];
      let isFirst = true;
      Object.assign(libc.functions, {
        [key]: (...given: unknown[]) => {
          if (!isFirst) return real(...given);
          isFirst = false;
          return key === "read" || key === "write" ? -1n : -1;
        },
      });
      await use(port);
    }
  });

  test("a port that cannot be opened or set up is closed again", async () => {
    const refusals: readonly (readonly [string, number, string])[] = [
      ["open", 13, "permission"],
      ["flock", 11, "busy"],
      [system.open[2].slice(0, 5) + ` ${system.open[2].split(/[ ,]+/)[1]}`, 25, "driver"],
      ["tcflush", 5, "disconnected"],
      ...(name === "linux"
        ? [["ioctl 402c542b", 5, "disconnected"], ["ioctl 802c542a", 5, "disconnected"]] as const
        : [
          ["tcgetattr", 25, "driver"],
          ["tcsetattr", 22, "driver"],
          ["ioctl 80045402", 22, "driver"],
        ] as const),
    ];
    for (const [call, errno, kind] of refusals) {
      const { libc, open } = made();
      libc.refused[call] = errno;
      const error = await open().then(() => undefined, (error) => error);
      assert.ok(isKind(error, kind as "busy"), `${call}: ${error}`);
      assert.equal(error.data.path, system.path);
      if (call !== "flock") assert.equal(error.data.errno, errno, call);
      assert.equal(libc.open, 0, call);
    }
  });

  test("without a descriptor for the pipe, a wait fails as what it is", async () => {
    const { libc, port } = await opened();
    libc.refused.pipe = 24;
    const error = await port.read(1, soon).catch((error) => error);
    assert.ok(isKind(error, "driver"), String(error));
  });
}
