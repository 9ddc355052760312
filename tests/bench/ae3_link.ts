import {
  BULK_BAUD,
  DATA_SIZE,
  DEFAULT_BAUD,
} from "../../core/protocols/alif_isp/packets/command.ts";
import { enterMaintenance, reachEnclave } from "../../core/protocols/alif_isp/client/connect.ts";
import { MRAM_BASE, SYSTEM_BASE } from "../../core/protocols/alif_isp/packets/memory_map.ts";
import { compareMram } from "../../core/protocols/alif_isp/client/read_back.ts";
import { recoverSystemPackage } from "../../core/protocols/alif_isp/client/recover.ts";
import { parsedPackage, testChip, testPackage } from "../support/protocols/alif_isp_rig.ts";
import {
  writeImage,
  writeSystemPackage,
} from "../../core/protocols/alif_isp/client/write_image.ts";
import { systemClock } from "../../core/common/clock.ts";
import { lineMs } from "../../core/transport/serial/line.ts";

/**
 * Measures in virtual time, in which only the line takes time; computing is measured in real time.
 */

/** Two copies make a package of 270368 bytes, like Alif's (alif-isp.md C.5). */
const BANK = 131_216;
/** Bytes of frame and acknowledgement of a DATA, an MRAM_READ and an MRAM_WRITE. */
const DATA_BYTES = DATA_SIZE + 5 + 3, READ_BYTES = 8 + 19, LINE_BYTES = 23 + 3;

const run = { signal: new AbortController().signal };

/** Returns the share of the line rate that writing and reading back reach. */
export async function ispLink(slow: boolean) {
  const chip = testChip();
  const { clock } = chip;
  const baud = slow ? DEFAULT_BAUD : BULK_BAUD;
  const image = new Uint8Array(131_072).map((_, at) => at * 7 + (at >> 8));
  const system = slow ? undefined : parsedPackage(testPackage({ bankSize: BANK }));
  return await clock.run(async () => {
    chip.enclave.powerOn();
    await clock.sleep(1_000);
    const client = await chip.connect();
    await reachEnclave(client);
    await enterMaintenance(client);
    const write = async () => {
      if (system) await writeSystemPackage(client, system, run);
      else await writeImage(client, MRAM_BASE, image, { ...run, slow });
    };
    const bytes = system
      ? system.image.bytes.length + system.image.sign.bytes.length +
        system.pointer.sign.bytes.length
      : image.length;
    const began = clock.now(), startedAt = systemClock.now();
    await write();
    const frames = bytes / DATA_SIZE;
    const workMs = (systemClock.now() - startedAt) / frames;
    const writeMs = clock.now() - began;
    if (system) await writeImage(client, MRAM_BASE, image, run);
    const readAt = clock.now();
    const different = await compareMram(client, MRAM_BASE, image, { ...run, slow });
    if (different !== undefined) throw new Error("what was read back differs");
    const readMs = clock.now() - readAt;
    return {
      write: lineMs(frames * DATA_BYTES, baud) / writeMs,
      read: lineMs(image.length / 16 * READ_BYTES, baud) / readMs,
      workMs,
      floodMs: slow ? 0 : await flood(chip, client),
    };
  });
}

/** Returns how long one request takes to end if the device sends text and never answers. */
async function flood(
  chip: ReturnType<typeof testChip>,
  client: Awaited<ReturnType<typeof chip.connect>>,
): Promise<number> {
  const injector = chip.spoil({ at: 1, fault: { kind: "flood", everyMs: 1 } });
  await client.start();
  chip.enclave.powerOff();
  const began = chip.clock.now();
  await client.link.exchange(0x14, { what: "answer", payload: Uint8Array.of(2, 0, 0, 0) })
    .catch(() => undefined);
  injector.stop();
  return chip.clock.now() - began;
}

export async function romLink() {
  const chip = testChip({ system: null });
  const { clock } = chip;
  const system = parsedPackage(testPackage({ bankSize: BANK }));
  return await clock.run(async () => {
    chip.enclave.powerOn();
    await clock.sleep(1_000);
    const client = await chip.connect();
    await reachEnclave(client);
    const began = clock.now();
    await recoverSystemPackage(client, system, run);
    const lines = system.image.bytes.length / 16 + 1;
    if (chip.mram.read(SYSTEM_BASE, 1)[0] !== 0x41) throw new Error("nothing was written");
    return { write: lineMs(lines * LINE_BYTES, DEFAULT_BAUD) / (clock.now() - began) };
  });
}
