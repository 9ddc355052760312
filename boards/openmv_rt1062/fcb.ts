import { UnbrickError } from "../../core/common/errors.ts";
import { byteCount, byteSize, hex } from "../../core/common/format.ts";
import { isFilledWith } from "../../core/common/bytes.ts";
import type { MbootClient } from "../../core/protocols/mboot/client/mboot_client.ts";
import {
  FlexspiBlock,
  flexspiConfigAt,
} from "../../core/protocols/mboot/packets/flexspi_config.ts";
import type { Proof } from "../../core/plan/proof.ts";
import type { Step } from "../../core/plan/step.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import { type LoaderKind, setOptions } from "./loader.ts";
import {
  FLASH_SIZE,
  OPTION_CONFIGURE,
  OPTION_PROGRAM_FCB,
  PAGE,
  regions,
  SECTOR,
} from "./memory_map.ts";
import { text } from "../../core/common/text.ts";

/**
 * The flash configuration block, which the ROM needs; the loader makes it from the flash chip's
 * data (C5).
 */
const { start } = regions.fcb;

export function fcbStep(loader: LoaderKind): Step {
  return {
    id: "fcb",
    title: text`Write the flash configuration block`,
    weight: 80,
    effect: "writes",
    targets: [{ region: text`flash configuration block`, address: start, length: SECTOR }],
    isDone: (context) => context.use(loader, ({ client }) => fcbProof(context, client)),
    run: (context) =>
      context.use(loader, async ({ client }) => {
        await client.eraseRegion(start, SECTOR);
        // The first pair makes the block in RAM, the second programs it; only this order works
        // (C5).
        await setOptions(client, OPTION_CONFIGURE);
        await setOptions(client, OPTION_PROGRAM_FCB);
      }),
    prove: (context) => context.use(loader, ({ client }) => requireFcb(context, client)),
  };
}

/** Proves that the block is valid. @throws UnbrickError `verify-failed`. */
export async function requireFcb(context: StepContext, client: MbootClient): Promise<Proof> {
  const proof = await fcbProof(context, client);
  if (proof) return proof;
  throw new UnbrickError(
    "verify-failed",
    text`The flash configuration block at ${hex(start)} is missing or does not fit the camera's
      flash.`,
    { address: start },
  );
}

/**
 * Returns a proof if the block is for exactly this flash and the rest of its sector is blank. There
 * is no file to compare with: the look-up table depends on the flash chip.
 */
async function fcbProof(context: StepContext, client: MbootClient): Promise<Proof | undefined> {
  const readBack = await context.readBack([{ address: start, length: SECTOR }], async (onRead) => {
    onRead(await client.readMemory(start, SECTOR), start);
  });
  const [bytes] = readBack.contents;
  const config = flexspiConfigAt(bytes);
  if (
    config?.flashSize !== FLASH_SIZE || config.pageSize !== PAGE || config.sectorSize !== SECTOR ||
    config.deviceType !== 1 || !config.canRead
  ) return undefined;
  if (!isFilledWith(bytes.subarray(FlexspiBlock.size), 0xff)) return undefined;
  return readBack.proof(
    text`The flash configuration block at ${hex(start)} is valid: version ${config.version},
      ${byteSize(FLASH_SIZE)} in sectors of ${byteCount(SECTOR)}.`,
  );
}
