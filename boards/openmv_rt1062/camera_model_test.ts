import assert from "node:assert/strict";
import { VirtualPorts } from "../../core/transport/virtual_ports.ts";
import { VirtualClock } from "../../core/common/virtual_clock.ts";
import type { SimulationOptions } from "../../core/family/family.ts";
import { SdpClient } from "../../core/protocols/sdp/client/sdp_client.ts";
import { encodeIvt } from "../../core/protocols/sdp/packets/ivt.ts";
import { CameraModel } from "./camera_model.ts";
import { sampleFlashloader } from "./samples.ts";

/** What the simulated camera shows on USB, and when (imxrt-sdp-flashloader.md A1, B1, C9, D1). */

function setUp(options: Partial<SimulationOptions> = {}) {
  const clock = new VirtualClock(), ports = new VirtualPorts(clock);
  const camera = new CameraModel({ ...ports.at("1-1"), condition: "healthy", ...options });
  const bus = ports.openBus();
  const act = async (...ids: ("plug" | "unplug" | "fit-jumper" | "remove-jumper")[]) => {
    for (const id of ids) await camera.perform({ id, text: "" });
  };
  const shown = async () => {
    const [info] = await bus.list();
    const { idVendor, idProduct } = info?.descriptor ?? { idVendor: 0, idProduct: 0 };
    return info ? `${idVendor.toString(16)}:${idProduct.toString(16)} ${info.speed}` : "nothing";
  };
  return { clock, camera, bus, act, shown };
}

type Rig = ReturnType<typeof setUp>;

/** Returns what is on the bus, each with the millisecond from which on it is there. */
async function timeline({ clock, shown }: Rig, ms: number): Promise<string[]> {
  const seen: string[] = [];
  let last = "";
  for (const from = clock.now(); clock.now() - from < ms; await clock.sleep(10)) {
    const now = await shown();
    if (now !== last) seen.push(`${Math.floor(clock.now() - from)} ${now}`);
    last = now;
  }
  return seen;
}

async function afterPlug(options: Partial<SimulationOptions>, ...ids: "fit-jumper"[]) {
  const rig = setUp(options);
  return await rig.clock.run(async () => {
    await rig.act(...ids, "plug");
    return await timeline(rig, 4_000);
  });
}

const ROM = "1fc9:135", LOADER = "15a2:73", FIRMWARE = "37c5:1060";

for (
  const [what, options, ids, seen] of [
    ["a healthy one", {}, [], [`250 ${LOADER} high`, "1750 nothing", `2350 ${FIRMWARE} high`]],
    ["with another window", { traps: { windowMs: 1_000 } }, [], [
      ...[`250 ${LOADER} high`, "1250 nothing", `1850 ${FIRMWARE} high`],
    ]],
    ["at full speed", { traps: { speed: "full" } }, [], [
      ...[`250 ${LOADER} full`, "1750 nothing", `2350 ${FIRMWARE} high`],
    ]],
    ["with the jumper", {}, ["fit-jumper"], [`200 ${ROM} high`]],
    ["with the jumper, at full speed", { traps: { speed: "full" } }, ["fit-jumper"], [
      ...[`200 ${ROM} full`],
    ]],
    ["a blank one", { condition: "blank" }, [], [`200 ${ROM} high`]],
    ["a bricked one", { condition: "bricked" }, [], [`200 ${ROM} high`]],
  ] as readonly [string, Partial<SimulationOptions>, "fit-jumper"[], string[]][]
) {
  Deno.test(`what appears, and when: ${what}`, async () => {
    assert.deepEqual(await afterPlug(options, ...ids), ["0 nothing", ...seen]);
  });
}

const RESET = Uint8Array.fromHex("010004000b000000");

/** A rig whose camera is in its ROM, and a client of it. */
async function inRom(
  options: Partial<SimulationOptions>,
  work: (rom: SdpClient, rig: Rig) => Promise<void>,
) {
  const rig = setUp(options);
  await rig.clock.run(async () => {
    await rig.act("fit-jumper", "plug");
    await rig.clock.sleep(200);
    const [info] = await rig.bus.list();
    const device = await rig.bus.open(info);
    const { signal } = new AbortController();
    await work(await SdpClient.open(device, { signal }), rig);
  });
}

Deno.test("the flashloader starts 420 ms after the jump, and stays", async () => {
  await inRom({}, async (rom, rig) => {
    await rom.writeFile(0x2000_1C00, sampleFlashloader());
    const from = rig.clock.now();
    assert.equal(await rom.jumpAddress(0x2000_1C00), "open");
    const before = rig.clock.now() - from;
    const seen = await timeline(rig, 5_000);
    assert.equal(seen.length, 2, seen.join());
    assert.match(seen[1], /15a2:73 high$/);
    assert.ok(Math.abs(before + Number(seen[1].split(" ")[0]) - 420) <= 20, `${before} ${seen}`);
    // 200 ms of the ROM, 20 ms until it left, 400 ms of the flashloader.
    assert.equal(rig.camera.startingMs, 620);
  });
});

Deno.test("a jump to another address, or to half a flashloader, starts nothing", async () => {
  for (const [address, lost] of [[0x2000_1C00, 1_024], [0x2000_4000, 0]] as const) {
    await inRom({}, async (rom, rig) => {
      const program = sampleFlashloader();
      // Its IVT says where it belongs, so that the ROM refuses it elsewhere.
      await rom.writeFile(address, program.subarray(0, program.length - lost));
      await rom.jumpAddress(address).catch(() => {});
      await rig.clock.sleep(3_000);
      assert.notEqual(await rig.shown(), `${LOADER} high`);
    });
  }
});

Deno.test("a program with an IVT elsewhere is no flashloader, although one is in RAM", async () => {
  await inRom({}, async (rom, rig) => {
    const at = 0x2001_0000;
    await rom.writeFile(0x2000_1C00, sampleFlashloader({ size: 2_048 }));
    const other = new Uint8Array(1_024);
    other.set(encodeIvt({ entry: at + 0x41, self: at, start: at, length: other.length }));
    await rom.writeFile(at, other);
    await rom.jumpAddress(at);
    await rig.clock.sleep(3_000);
    assert.equal(await rig.shown(), "nothing");
  });
});

Deno.test("padding behind the end of the RAM crashes the ROM, which starts again", async () => {
  await inRom({}, async (rom, rig) => {
    await assert.rejects(rom.writeFile(0x2001_FE00, new Uint8Array(0x200)), {
      kind: "disconnected",
    });
    assert.equal(await rig.shown(), "nothing");
    await rig.clock.sleep(250);
    assert.equal(await rig.shown(), `${ROM} high`);
    assert.equal(rig.camera.startingMs, 200 + 20 + 200);
  });
});

Deno.test("the traps of the ROM's answers: padded as by Windows, and none to a jump", async () => {
  for (const paddedInReports of [false, true]) {
    const rig = setUp({ traps: { paddedInReports } });
    await rig.clock.run(async () => {
      await rig.act("fit-jumper", "plug");
      await rig.clock.sleep(200);
      const device = await rig.bus.open((await rig.bus.list())[0]);
      await device.claim(0);
      const options = { timeoutMs: 1_000, signal: new AbortController().signal };
      const command = new Uint8Array(17);
      command.set([1, 5, 5]);
      const setup = { bmRequestType: 0x21, bRequest: 9, wValue: 0x201, wIndex: 0 };
      await device.controlOut(setup, command, options);
      const report = await device.interruptIn(0x81, 128, options);
      assert.equal(report.length, paddedInReports ? 65 : 5);
      assert.equal(report.subarray(0, 5).toHex(), "0356787856");
    });
  }
  await inRom({ traps: { jumpAnswerMissing: true } }, async (rom, rig) => {
    await rom.writeFile(0x2000_1C00, sampleFlashloader());
    assert.equal(await rom.jumpAddress(0x2000_1C00), undefined);
    await rig.clock.sleep(1_000);
    assert.equal(await rig.shown(), `${LOADER} high`);
  });
});

Deno.test("a reset of the flashloader with its jumper shows the ROM again: the pin is read at power-on", async () => {
  await inRom({}, async (rom, rig) => {
    await rom.writeFile(0x2000_1C00, sampleFlashloader());
    await rom.jumpAddress(0x2000_1C00);
    await rig.clock.sleep(1_000);
    await rig.act("remove-jumper");
    const device = await rig.bus.open((await rig.bus.list())[0]);
    await device.claim(0);
    const options = { timeoutMs: 1_000, signal: new AbortController().signal };
    await device.interruptOut(0x02, RESET, options);
    await device.interruptIn(0x81, 1016, options);
    await rig.clock.sleep(500);
    assert.equal(await rig.shown(), `${ROM} high`);
  });
});

Deno.test("the loader leaves when the host has all of the answer to its reset, at both speeds", async () => {
  for (const [speed, length] of [["high", 1016], ["full", 2048]] as const) {
    const rig = setUp({ traps: { speed } });
    await rig.clock.run(async () => {
      await rig.act("plug");
      await rig.clock.sleep(300);
      const device = await rig.bus.open((await rig.bus.list())[0]);
      await device.claim(0);
      const options = { timeoutMs: 1_000, signal: new AbortController().signal };
      await device.interruptOut(0x02, RESET, options);
      const answer = await device.interruptIn(0x81, length, options);
      assert.equal(answer.subarray(0, 16).toHex(), "03000c00a0000002000000000b000000");
      assert.equal(await rig.shown(), `${LOADER} ${speed}`);
      await rig.clock.sleep(2);
      assert.equal(await rig.shown(), "nothing");
    });
  }
});

Deno.test("fuses and units: what a blank camera has, and what each camera has of its own", () => {
  const words = (options: Partial<SimulationOptions>) => {
    const bytes = setUp(options).camera.memory("fuses");
    return new Uint32Array(bytes.buffer);
  };
  assert.equal(words({})[6], 0x10);
  assert.equal(words({ condition: "bricked" })[6], 0x10);
  assert.equal(words({ condition: "blank" })[6], 0);
  assert.equal(words({ condition: "blank", traps: { fuse6: 0x24 } })[6], 0x24);
  assert.equal(words({ condition: "blank", traps: { closed: true } })[6], 2);
  assert.equal(words({ traps: { closed: true } })[6], 0x12);
  assert.equal(words({}).length, 64);
  for (const [fuseLocked, status] of [[false, 0], [true, 20_201]] as const) {
    const { camera } = setUp({ condition: "blank", traps: { fuseLocked } });
    assert.equal(camera.chip.fuses.program(6, 0x10), status);
  }
  const serials = [undefined, 1, 2].map((unit) =>
    setUp({ ...(unit && { unit }) }).camera.chip.serial
  );
  assert.equal(new Set(serials).size, 3, serials.join());
});
