import type { DetectedDevice } from "../../core/device/detected_device.ts";
import { isKind, UnbrickError } from "../../core/common/errors.ts";
import { MbootClient } from "../../core/protocols/mboot/client/mboot_client.ts";
import {
  MEMORY_FLEXSPI_NOR,
  Property,
  versionText,
} from "../../core/protocols/mboot/packets/property.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import type { UsbDevice } from "../../core/transport/usb/device.ts";
import {
  FLASH_SIZE,
  LOADER_VERSION,
  OPTION_ADDRESS,
  OPTION_CONFIGURE,
  RESERVED_FLASHLOADER,
  RESERVED_SBL,
  SECTOR,
} from "./memory_map.ts";

/** What runs behind 15A2:0073. */
export type LoaderRole = "flashloader" | "sbl";

export interface Loader {
  readonly client: MbootClient;
  readonly role: LoaderRole;
  readonly detected: DetectedDevice;
}

/** An open failure right after arrival is tried again for so long: Windows attaches HID late (E3). */
const OPEN_MS = 1_000, OPEN_RETRY_MS = 50;

/**
 * The loader of a run's camera, kept open from step to step. After any failure it is closed, and the
 * next step opens it anew and gets in step with it.
 */
export class LoaderLink {
  #open: (Loader & { readonly device: UsbDevice }) | undefined;
  /** The loader was started by this run and nobody has talked to it yet. */
  #isFresh = false;

  /** @param wanted what the job needs; undefined if either will do. */
  constructor(private readonly wanted: LoaderRole | undefined) {}

  /**
   * The wanted loader, if it is on the bus; undefined if there is none, or the SBL where the flashloader
   * is wanted: then the ROM comes first.
   * @throws UnbrickError `not-found` if the flashloader is there where the SBL is wanted.
   */
  async find(context: StepContext): Promise<Loader | undefined> {
    const detected = await context.detected(["bootloader"]);
    if (!detected) return undefined;
    if (this.#open?.detected.seen.usb.address === detected.seen.usb.address) return this.#open;
    try {
      return await this.#connect(context, detected);
    } catch (error) {
      await this.close();
      const isGone = isKind(error, "disconnected", "timeout");
      if (isGone || (isKind(error, "not-found") && error.data.loader === "sbl")) return undefined;
      throw error;
    }
  }

  /** The loader that has just been started: nothing can be left over from earlier hosts. */
  started(): void {
    this.#isFresh = true;
  }

  /**
   * Works with the loader.
   * @throws UnbrickError `not-found` if the device is the other loader, `wrong-board` if its version
   * is not this camera's, `protected` if the chip is closed (HAB).
   */
  async use<T>(context: StepContext, work: (loader: Loader) => Promise<T>): Promise<T> {
    try {
      return await work(this.#open ?? await this.#connect(context, await seen(context)));
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.device.close();
  }

  async #connect(context: StepContext, detected: DetectedDevice): Promise<Loader> {
    await this.close();
    const device = await openRetrying(context, detected);
    try {
      const { clock, signal } = context;
      const client = await MbootClient.connect(device, { clock, signal, isFresh: this.#isFresh });
      this.#isFresh = false;
      const role = await this.#identify(client);
      this.#open = { client, role, detected, device };
      return this.#open;
    } catch (error) {
      await device.close();
      throw error;
    }
  }

  async #identify(client: MbootClient): Promise<LoaderRole> {
    if (client.version !== LOADER_VERSION) {
      throw new UnbrickError(
        "wrong-board",
        `The device 15a2:0073 runs bootloader ${
          versionText(client.version)
        }; an OpenMV Cam RT1062 ` +
          `has ${versionText(LOADER_VERSION)}.`,
        { version: client.version },
      );
    }
    const role = await roleOf(client);
    if (this.wanted && role !== this.wanted) throw otherLoader(role);
    const [isClosed] = await client.getProperty(Property.SECURITY_STATE);
    if (isClosed) throw closedChip();
    return role;
  }
}

/** Property 12, first word, tells the loaders apart (B7). @throws UnbrickError `wrong-board`. */
async function roleOf(client: MbootClient): Promise<LoaderRole> {
  const [start] = await client.getProperty(Property.RESERVED_REGIONS);
  if (start === RESERVED_FLASHLOADER) return "flashloader";
  if (start === RESERVED_SBL) return "sbl";
  throw new UnbrickError(
    "wrong-board",
    "The device 15a2:0073 runs a bootloader that is neither of those of an OpenMV Cam RT1062.",
    { reservedRegion: start ?? null },
  );
}

function otherLoader(role: LoaderRole): UnbrickError {
  const message = role === "sbl"
    ? "The camera is in its own bootloader (SBL), not in the flashloader that restores it."
    : "The camera is in the flashloader in its RAM, not in its own bootloader (SBL).";
  return new UnbrickError("not-found", message, { loader: role });
}

/** HAB closed: nothing unsigned runs, and the fuse means something else (C1). */
export function closedChip(): UnbrickError {
  return new UnbrickError(
    "protected",
    "The chip is closed (HAB): it runs only programs signed with its owner's key, and OpenMV's are not.",
  );
}

/** Sets up the external flash where that was not done yet, and checks that it is this camera's. */
export async function configureFlash(client: MbootClient): Promise<void> {
  let memory = await client.externalMemory(MEMORY_FLEXSPI_NOR);
  if (!memory) {
    await setOptions(client, OPTION_CONFIGURE);
    memory = await client.externalMemory(MEMORY_FLEXSPI_NOR);
  }
  const { sizeKiB = null, sectorSize = null } = memory ?? {};
  if (sizeKiB === FLASH_SIZE / 1024 && sectorSize === SECTOR) return;
  throw new UnbrickError(
    "wrong-board",
    `The camera's flash has ${sizeKiB ?? "an unknown number of"} KiB in sectors of ` +
      `${sectorSize ?? "unknown"} bytes; an OpenMV Cam RT1062 has ${FLASH_SIZE / 1024} KiB and ` +
      `${SECTOR}.`,
    { sizeKiB, sectorSize },
  );
}

/** fill-memory and configure-memory: the loader reads its option word from memory, each time (C5). */
export async function setOptions(client: MbootClient, word: number): Promise<void> {
  await client.fillMemory(OPTION_ADDRESS, 4, word);
  await client.configureMemory(MEMORY_FLEXSPI_NOR, OPTION_ADDRESS);
}

async function seen(context: StepContext): Promise<DetectedDevice> {
  const what = "the camera's bootloader (15a2:0073)";
  return await context.detected(["bootloader"]) ??
    await context.waitFor({ what, modes: ["bootloader"], deadlineMs: 5_000 });
}

/** Opens a device that may have just arrived. */
export async function openRetrying(
  context: StepContext,
  { seen }: DetectedDevice,
): Promise<UsbDevice> {
  const until = context.clock.now() + OPEN_MS;
  while (true) {
    try {
      return await context.usb.open(seen.usb);
    } catch (error) {
      const mayPass = isKind(error, "permission", "driver", "busy");
      if (!mayPass || context.clock.now() >= until) throw error;
      await context.usb.changed({ timeoutMs: OPEN_RETRY_MS, signal: context.signal });
    }
  }
}
