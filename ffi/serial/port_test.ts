import assert from "node:assert/strict";
import { systemClock } from "../../core/common/clock.ts";
import { isKind } from "../../core/common/errors.ts";
import { linuxCalls } from "./linux/calls.ts";
import { linuxLine } from "./linux/line.ts";
import { openSerialBus } from "./mod.ts";
import type { PosixCalls } from "./posix/calls.ts";
import { openPosixPort } from "./posix/port.ts";
import { linuxSymbols } from "./posix/symbols.ts";
import { Pty } from "../../tests/support/ffi/pty.ts";

/** Real ports need hardware; a pty of Linux is a real terminal device without any. */
const ignore = Deno.build.os !== "linux";
const { signal } = new AbortController();
const soon = { timeoutMs: 2_000, signal };
const BOTHER = 0o010000, CBAUD = 0o010017, CS8 = 0o60, PARENB = 0o400, CSTOPB = 0o100;

/** A pty, and the port on its slave, opened at a rate. */
async function opened(baudRate = 55_000) {
  const pty = new Pty();
  const bus = await openSerialBus();
  const port = await bus.open({ path: pty.path }, { baudRate });
  return { pty, bus, port };
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `serial port: ${name}`, ignore, fn });
}

test("8N1, raw, at rates that no list has; another rate later", async () => {
  const { pty, port } = await opened();
  const set = pty.settings();
  assert.equal(set.rate, 55_000);
  assert.equal(set.c_cflag & CBAUD, BOTHER);
  assert.equal(set.c_cflag & (CS8 | PARENB | CSTOPB), CS8);
  assert.deepEqual([set.c_iflag, set.c_oflag, set.c_lflag], [0, 0, 0]);
  await port.setBaudRate(921_600);
  assert.equal(pty.settings().rate, 921_600);
  await port.setBaudRate(1_200);
  assert.equal(pty.settings().rate, 1_200);
  await port.close();
  pty.close();
});

test("every byte value goes both ways unchanged", async () => {
  const { pty, port } = await opened();
  const all = Uint8Array.from({ length: 256 }, (_, at) => at);
  await port.write(all, soon);
  assert.deepEqual(pty.received(), all);
  pty.send(all);
  assert.deepEqual(await port.read(100, soon), all.slice(0, 100));
  assert.deepEqual(await port.read(1_000, soon), all.slice(100));
  await port.close();
  pty.close();
});

test("a read waits for bytes that come later, and takes no longer than they do", async () => {
  const { pty, port } = await opened();
  const reading = port.read(10, soon);
  await systemClock.sleep(30);
  pty.send(Uint8Array.of(1, 2, 3));
  assert.deepEqual(await reading, Uint8Array.of(1, 2, 3));
  await port.close();
  pty.close();
});

test("a deadline ends a read and a write; what was not sent does not go out later", async () => {
  const { pty, port } = await opened();
  const start = systemClock.now();
  await assert.rejects(
    port.read(1, { timeoutMs: 60, signal }),
    (error) => isKind(error, "timeout") && error.data.milliseconds === 60,
  );
  assert.ok(systemClock.now() - start >= 60);
  // Nobody reads at the other end, so that the kernel's buffer fills up.
  await assert.rejects(
    port.write(new Uint8Array(1 << 20), { timeoutMs: 60, signal }),
    (error) => isKind(error, "timeout"),
  );
  while (pty.received().length > 0);
  await port.write(Uint8Array.of(7), soon);
  await systemClock.sleep(20);
  assert.deepEqual(pty.received(), Uint8Array.of(7));
  await port.close();
  pty.close();
});

test("an abort ends a read, a write and a call not yet begun at once", async () => {
  const { pty, port } = await opened();
  for (
    const call of [
      (signal: AbortSignal) => port.read(1, { timeoutMs: 60_000, signal }),
      (signal: AbortSignal) => port.write(new Uint8Array(1 << 20), { timeoutMs: 60_000, signal }),
    ]
  ) {
    const stop = new AbortController();
    const start = systemClock.now();
    const running = assert.rejects(call(stop.signal), (error) => isKind(error, "cancelled"));
    await systemClock.sleep(20);
    stop.abort();
    await running;
    assert.ok(systemClock.now() - start < 30_000);
    await assert.rejects(call(stop.signal), (error) => isKind(error, "cancelled"));
  }
  await port.close();
  pty.close();
});

test("closing ends what waits; a second close is nothing", async () => {
  const { pty, port } = await opened();
  const reading = assert.rejects(
    port.read(1, { timeoutMs: 60_000, signal }),
    (error) => isKind(error, "cancelled"),
  );
  await systemClock.sleep(10);
  await port.close();
  await port.close();
  await reading;
  await assert.rejects(port.read(1, soon), /was closed/);
  pty.close();
});

test("a device that leaves ends a waiting read, and all that follows, as disconnected", async () => {
  const { pty, port } = await opened();
  const isGone = (error: unknown) => isKind(error, "disconnected");
  const reading = assert.rejects(port.read(1, { timeoutMs: 60_000, signal }), isGone);
  await systemClock.sleep(20);
  pty.close();
  await reading;
  await assert.rejects(port.read(1, soon), isGone);
  await assert.rejects(port.write(Uint8Array.of(1), soon), isGone);
  await assert.rejects(port.setBaudRate(9_600), isGone);
  await assert.rejects(port.setSignals({ dtr: true }), isGone);
  await port.close();
});

test("a port is held exclusively until it is closed", async () => {
  const { pty, bus, port } = await opened();
  const open = () => bus.open({ path: pty.path }, { baudRate: 9_600 });
  await assert.rejects(open(), (error) => isKind(error, "busy"));
  assert.equal(pty.settings().rate, 55_000);
  await port.close();
  await (await open()).close();
  pty.close();
});

test("input from before the opening, and input thrown away, is not read", async () => {
  const pty = new Pty();
  pty.send(Uint8Array.of(1));
  const port = await (await openSerialBus()).open({ path: pty.path }, { baudRate: 9_600 });
  pty.send(Uint8Array.of(2));
  await systemClock.sleep(20);
  await port.discardInput();
  pty.send(Uint8Array.of(3));
  assert.deepEqual(await port.read(9, soon), Uint8Array.of(3));
  await port.close();
  pty.close();
});

test("what is no port, and a port without modem lines, is said", async () => {
  const bus = await openSerialBus();
  const refused = (path: string, kind: "not-found" | "driver" | "permission") =>
    assert.rejects(bus.open({ path }, { baudRate: 9_600 }), (error) => isKind(error, kind));
  await refused("/dev/ttyACM99", "not-found");
  await refused("/dev/null", "driver");
  const { pty, port } = await opened();
  await assert.rejects(port.setSignals({ dtr: false }), (error) => isKind(error, "driver"));
  await port.close();
  pty.close();
});

test("the line is raw at once; then what came and its echo are dropped; a new rate waits", async () => {
  const pty = new Pty();
  const libc = Deno.dlopen("libc.so.6", linuxSymbols);
  const calls = linuxCalls(libc.symbols);
  const made: string[] = [];
  const recorded: PosixCalls = {
    ...calls,
    ioctl: (fd, request, argument) => {
      made.push(`ioctl ${request.toString(16)}`);
      return calls.ioctl(fd, request, argument);
    },
    tcflush: (fd, queue) => {
      made.push(`tcflush ${queue}`);
      return calls.tcflush(fd, queue);
    },
  };
  const TIOCEXCL = "540c", TCSETS2 = "402c542b", TCSETSW2 = "402c542c", TCGETS2 = "802c542a";
  const port = await openPosixPort(recorded, linuxLine, pty.path, { baudRate: 55_000 });
  const setUp = made.filter((call) => !call.endsWith("541e")); // a pty has no latency
  assert.deepEqual(
    setUp,
    [`ioctl ${TIOCEXCL}`, `ioctl ${TCSETS2}`, `ioctl ${TCGETS2}`, "tcflush 2"],
  );
  made.length = 0;
  await port.setBaudRate(921_600);
  assert.deepEqual(made, [`ioctl ${TCSETSW2}`, `ioctl ${TCGETS2}`]);
  await port.close();
  libc.close();
  pty.close();
});
