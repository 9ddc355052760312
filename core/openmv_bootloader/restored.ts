import type { Board } from "../family/board.ts";
import { isKind, UnbrickError } from "../common/errors.ts";
import type { StepContext } from "../plan/step_context.ts";
import type { CatchOptions } from "./catch.ts";
import { type OpenBootloader, withBootloader } from "./client.ts";
import type { Partition } from "./partition.ts";
import { refuseMissingPartitions } from "./steps.ts";
import { text } from "../common/text.ts";

/**
 * Whether the camera is in its bootloader already and nothing is to be done there; it is held if so.
 * @param check throws `verify-failed` if the bootloader is not the wanted one
 */
export async function isRestored(
  context: StepContext,
  table: readonly Partition[],
  check: (bootloader: OpenBootloader) => Promise<void>,
): Promise<boolean> {
  try {
    await withBootloader(context, table, async (bootloader) => {
      await bootloader.hold();
      await check(bootloader);
    });
    return true;
  } catch (error) {
    if (isKind(error, "verify-failed", "disconnected", "wrong-board")) return false;
    throw error;
  }
}

/** The camera whose new bootloader is to be caught. */
export interface RestoredCamera {
  readonly board: Board;
  /** USB serial that it showed while its bootloader was written; undefined if it showed none. */
  readonly serial: string | undefined;
  /** Whether that serial and the bootloader's come from one chip; undefined if they do not tell. */
  isSameChip(serial: string, bootloaderSerial: string): boolean | undefined;
  /** Names of the partitions that will be written through it. */
  readonly needs: readonly string[];
}

/**
 * How the new bootloader is told from that of another camera: it may come on another port if the serials
 * prove it, and is refused with `wrong-board` if they prove the contrary.
 */
export function onlyOf(camera: RestoredCamera): Pick<CatchOptions, "isSameUnit" | "check"> {
  const { board, serial, needs } = camera;
  const isSame = (found: string | undefined) =>
    serial === undefined || found === undefined ? undefined : camera.isSameChip(serial, found);
  return {
    isSameUnit: ({ seen }) => isSame(seen.serial) === true,
    check(bootloader) {
      const found = bootloader.detected.seen.serial;
      if (isSame(found) === false) {
        throw new UnbrickError(
          "wrong-board",
          text`Another camera came back in place of the ${board.name} that was restored.`,
          { board: board.id, expected: serial!, found: found! },
        );
      }
      refuseMissingPartitions(bootloader, needs);
    },
  };
}
