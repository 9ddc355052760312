import assert from "node:assert/strict";
import { type ErrorKind, isKind, type UnbrickError } from "../../../core/common/errors.ts";
import { Stall } from "../../../core/transport/usb/model.ts";
import type { Stm32Chip } from "../../../core/protocols/dfu/model/stm32_rom_model.ts";
import {
  type Intercept,
  never,
  pattern,
  type RigOptions,
  type RomRig,
  withRom,
} from "./dfu_rig.ts";
import { StatusRecord } from "../../../core/protocols/dfu/packets/status_record.ts";

/** Faults on a DFU device, and a restore during which they happen. */

const KIB = 1024;
export const BASE = 0x08000000;
export const image = pattern(32 * KIB);
export const run = { signal: never };

/** Makes the n-th request (from 1) that `matches` fail. */
export function nth(
  n: number,
  matches: Parameters<typeof isRequest>[1],
  fault: Intercept,
): Intercept {
  let seen = 0;
  return (setup, next, rig) =>
    isRequest(setup, matches) && ++seen === n ? fault(setup, next, rig) : next();
}

export function isRequest(
  setup: Parameters<Intercept>[0],
  { request, block }: { request: number; block?: number | "data" },
): boolean {
  if (setup.bRequest !== request) return false;
  return block === undefined || (block === "data" ? setup.wValue >= 2 : setup.wValue === block);
}

export const stall: Intercept = () => Promise.reject(new Stall());
export const unplug: Intercept = async (_, next, { socket }) => {
  socket.detach();
  return await next();
};
export const statusOf = (bStatus: number, bState: number, bwPollTimeout = 0) =>
  StatusRecord.encode({ bStatus, bwPollTimeout, bState, iString: 0 });

/** A camera with old data in its flash, which the host tries to restore. */
export async function restore(
  chip: Stm32Chip,
  options: RigOptions,
): Promise<RomRig & { error: unknown }> {
  return await withRom(chip, options, async (rig) => {
    rig.flash.load(BASE, pattern(32 * KIB, 99));
    const error = await (async () => {
      const client = await rig.open();
      await client.writeRange(BASE, image, run);
      await client.verifyRange(BASE, image, run);
    })().catch((error: unknown) => error);
    return { ...rig, error };
  });
}

export function assertKind(error: unknown, kind: ErrorKind): asserts error is UnbrickError {
  assert.ok(isKind(error, kind), `expected ${kind}, got ${error}`);
}

export async function restored(chip: Stm32Chip, options: RigOptions): Promise<RomRig> {
  const rig = await restore(chip, options);
  if (rig.error) throw rig.error;
  assert.deepEqual(rig.flash.read(BASE, image.length), image);
  assert.equal(rig.model.state, 2);
  assert.deepEqual(rig.model.forbiddenOperations, []);
  return rig;
}
