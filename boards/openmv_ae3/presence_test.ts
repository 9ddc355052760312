import assert from "node:assert/strict";
import { type ErrorKind, UnbrickError } from "../../core/common/errors.ts";
import { VirtualClock } from "../../core/common/virtual_clock.ts";
import type { Expectation } from "../../core/device/camera_access.ts";
import type { DetectedDevice } from "../../core/device/detected_device.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import type { SerialPortInfo } from "../../core/transport/serial/port.ts";
import { errorOf } from "../../tests/support/expected_error.ts";
import { AnsweringPort } from "../../tests/support/protocols/answering_port.ts";
import { bytesOf } from "../../tests/support/protocols/scripted_port.ts";
import { ae3 } from "./boards.ts";
import {
  adaptersNow,
  bindAnswering,
  enclaveAnswers,
  recoveryPort,
  withEnclave,
} from "./enclave.ts";

/** Behind which adapter an enclave answers (alif-isp.md A.1, B.1 to B.3). */

const FTDI = [0x0403, 0x6015] as const, WCH = [0x1A86, 0x55D3] as const;
const START = "03 00 FD";
/** Acknowledges, or prints "Hi" before. */
const answers = {
  enclave: [bytesOf("03 FE FF")],
  printing: [bytesOf("06 0C 48 69 00 3D"), bytesOf("03 FE FF")],
  silence: [],
} as const;

/** What is behind a port, or the error of opening it. */
type Behind = keyof typeof answers | ErrorKind;
type Ids = readonly [vendorId: number, productId: number];

const device = ([idVendor, idProduct]: Ids, portPath?: string) =>
  ({
    mode: "rom",
    seen: { usb: { bus: 1, address: 9, portPath, descriptor: { idVendor, idProduct } } },
  }) as unknown as DetectedDevice;

/** By path: the ids, the USB port if it is known, and what is behind it. */
type Ports = Readonly<Record<string, readonly [Ids | undefined, string | undefined, Behind]>>;

interface Host {
  readonly ports?: Ports;
  /** The answer of the wait for the adapter. */
  readonly waitFor?: ErrorKind;
  readonly detected?: DetectedDevice;
}

function host({ ports = {}, waitFor, detected }: Host) {
  const clock = new VirtualClock();
  const opened = new Map<string, AnsweringPort>(), closed: string[] = [], notes: string[] = [];
  const expected: Expectation[] = [], asked: string[][] = [];
  const list = Object.entries(ports).map(([path, [ids, portPath]]): SerialPortInfo => ({
    path,
    ...(ids && { usb: { vendorId: ids[0], productId: ids[1], portPath } }),
  }));
  const open = ({ path }: SerialPortInfo, { baudRate }: { baudRate: number }) => {
    const [, , behind] = ports[path];
    assert.equal(baudRate, 55_000);
    if (!(behind in answers)) {
      return Promise.reject(new UnbrickError(behind as ErrorKind, "Told by the test."));
    }
    const port = new AnsweringPort(clock, () => answers[behind as keyof typeof answers]);
    port.close = () => Promise.resolve(void closed.push(path));
    opened.set(path, port);
    return Promise.resolve(port);
  };
  const context = {
    ...{ clock, board: ae3, signal: new AbortController().signal },
    serial: { list: () => Promise.resolve(list), open },
    usb: { list: () => Promise.resolve([{ bus: 1, address: 9 }, { bus: 2, address: 3 }]) },
    waitFor: (one: Expectation) => {
      expected.push(one);
      if (waitFor) throw new UnbrickError(waitFor, "Told by the test.");
      return Promise.resolve(device(FTDI));
    },
    detected: (modes: string[]) => {
      asked.push(modes);
      return Promise.resolve(detected);
    },
    note: (text: unknown) => notes.push(String(text)),
  } as unknown as StepContext;
  return { clock, context, opened, closed, notes, expected, asked };
}

const bind = ({ clock, context }: ReturnType<typeof host>) =>
  clock.run(() => bindAnswering(context));

Deno.test("a run binds to the one adapter that answers; each candidate only gets START_ISP", async () => {
  const rig = host({
    ports: {
      none: [undefined, undefined, "enclave"],
      cable: [[0x0403, 0x6001], "1-1", "enclave"],
      mixed: [[0x0403, 0x55D3], "1-2", "enclave"],
      other: [[0x1A86, 0x6015], "1-3", "enclave"],
      silent: [FTDI, "1-4", "silence"],
      taken: [FTDI, "1-5", "busy"],
      right: [WCH, "1-6", "enclave"],
    },
  });
  assert.equal(await bind(rig), true);
  assert.deepEqual([...rig.opened.keys()], ["silent", "right"]);
  assert.deepEqual(rig.closed, ["silent", "right"]);
  assert.deepEqual(rig.opened.get("silent")!.sent, Array(4).fill(START));
  assert.deepEqual(rig.opened.get("right")!.sent, [START]);
  const [{ modes, deadlineMs, accept }] = rig.expected;
  assert.deepEqual([rig.expected.length, modes, deadlineMs], [1, ["rom"], 500]);
  assert.deepEqual(
    ["1-6", "1-4"].map((path) => accept!(device(WCH, path))),
    [true, false],
  );
});

Deno.test("an adapter whose USB port the system does not tell is accepted by its ids", async () => {
  const rig = host({ ports: { right: [WCH, undefined, "enclave"] } });
  assert.equal(await bind(rig), true);
  const { accept } = rig.expected[0];
  const ids: Ids[] = [WCH, FTDI, [WCH[0], FTDI[1]], [FTDI[0], WCH[1]]];
  assert.deepEqual(ids.map((one) => accept!(device(one, "1-6"))), [true, false, false, false]);
});

Deno.test("a run binds to no adapter if none answers, or several", async () => {
  const unclear: readonly Ports[] = [
    {},
    { silent: [FTDI, "1-1", "silence"] },
    { gone: [FTDI, "1-1", "disconnected"] },
    { one: [FTDI, "1-1", "enclave"], two: [WCH, "1-2", "enclave"] },
  ];
  for (const ports of unclear) {
    const rig = host({ ports });
    assert.equal(await bind(rig), false);
    assert.deepEqual(rig.expected, []);
  }
});

Deno.test("an adapter that another run holds is not bound; what ends a run, ends it", async () => {
  const right = { right: [WCH, "1-6", "enclave"] } as const;
  assert.equal(await bind(host({ ports: right, waitFor: "timeout" })), false);
  await errorOf(bind(host({ ports: right, waitFor: "wrong-board" })), "wrong-board");
  for (const kind of ["permission", "cancelled"] as const) {
    await errorOf(bind(host({ ports: { one: [FTDI, "1-1", kind], ...right } })), kind);
  }
});

Deno.test("one adapter is asked whether an enclave answers behind it", async () => {
  for (const behind of ["enclave", "silence", "disconnected"] as const) {
    const { clock, context, opened } = host({ ports: { one: [FTDI, "1-1", behind] } });
    const is = await clock.run(() => enclaveAnswers(context, device(FTDI, "1-1")));
    assert.equal(is, behind === "enclave");
    for (const { sent } of opened.values()) assert.ok(sent.every((one) => one === START));
  }
});

Deno.test("an adapter counts as connected before by its bus and address", async () => {
  const wasThere = await adaptersNow(host({}).context);
  const at = (bus: number, address: number) =>
    wasThere({ seen: { usb: { bus, address } } } as unknown as DetectedDevice);
  assert.deepEqual([at(1, 9), at(2, 3), at(1, 3), at(2, 9)], [true, true, false, false]);
});

Deno.test("without the recovery port, and with a silent enclave, the error names the camera", async () => {
  const gone = host({});
  const { data } = await errorOf(recoveryPort(gone.context), "disconnected");
  assert.deepEqual([data, gone.asked], [{ board: "openmv-ae3" }, [["rom"]]]);

  const silent = host({
    ports: { one: [FTDI, "1-1", "silence"] },
    detected: device(FTDI, "1-1"),
  });
  const work = () => assert.fail("no session");
  const error = await errorOf(
    silent.clock.run(() => withEnclave(silent.context, work)),
    "timeout",
  );
  assert.deepEqual(error.data, { board: "openmv-ae3", heard: null });
  assert.match(error.message, /OpenMV AE3 no longer answers/);
  assert.deepEqual(silent.closed, ["one"]);
});

Deno.test("what the enclave prints meanwhile is shown", async () => {
  const rig = host({ ports: { one: [FTDI, "1-1", "printing"] }, detected: device(FTDI, "1-1") });
  await rig.clock.run(() => withEnclave(rig.context, () => Promise.resolve()));
  assert.deepEqual(rig.notes, ["The Secure Enclave says: Hi"]);
});
