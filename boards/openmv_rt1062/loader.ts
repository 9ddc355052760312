import type { CameraAccess, SessionKind } from "../../core/device/camera_access.ts";
import type { DetectedDevice } from "../../core/device/detected_device.ts";
import { isKind, UnbrickError } from "../../core/common/errors.ts";
import { MbootClient } from "../../core/protocols/mboot/client/mboot_client.ts";
import { Status } from "../../core/protocols/mboot/packets/status.ts";
import {
  MEMORY_FLEXSPI_NOR,
  Property,
  versionText,
} from "../../core/protocols/mboot/packets/property.ts";
import {
  FLASH_SIZE,
  LOADER_VERSION,
  OPTION_ADDRESS,
  OPTION_CONFIGURE,
  RESERVED_FLASHLOADER,
  RESERVED_SBL,
  SECTOR,
} from "./memory_map.ts";
import { text } from "../../core/common/text.ts";

/** The two programs that use 15A2:0073. */
export type LoaderRole = "flashloader" | "sbl";

export interface Loader {
  readonly client: MbootClient;
  readonly role: LoaderRole;
  readonly detected: DetectedDevice;
}

/** A kind of session with the loader that a job needs. */
export type LoaderKind = SessionKind<Loader>;

/** Contains what steps learn about the loader. */
interface LoaderFacts {
  /** True if this run started it and has not used it yet: no answer of an earlier host is left. */
  isFresh: boolean;
}

/** Key of these facts in `learned`. */
export const loaderFacts = (): LoaderFacts => ({ isFresh: false });

export const flashloader = loaderKind("flashloader");
/** The camera's own bootloader. */
export const ownLoader = loaderKind("sbl");
/** Either of them, for jobs that only read. */
export const anyLoader = loaderKind(undefined);

/**
 * Returns the kind of session. Its `start` throws UnbrickError `not-found` if the device is the
 * other loader, `wrong-board` if its version is not this camera's, `protected` if the chip is
 * closed (HAB).
 */
function loaderKind(wanted: LoaderRole | undefined): LoaderKind {
  return {
    modes: ["bootloader"],
    name: text`its bootloader`,
    async start(device, detected, camera) {
      const { clock, signal } = camera;
      const facts = camera.learned(loaderFacts);
      const client = await MbootClient.connect(device, { clock, signal, isFresh: facts.isFresh });
      facts.isFresh = false;
      const role = await identify(client, wanted);
      const id = await uniqueId(client);
      if (id) camera.remember({ id, mode: "bootloader" });
      return { client, detected, role };
    },
  };
}

/**
 * Returns whether the loader is on the bus. False if there is none, and for the SBL where the
 * flashloader is wanted: then the ROM comes first.
 * @throws UnbrickError `not-found` if the flashloader is there where the SBL is wanted.
 */
export async function isLoaderThere(camera: CameraAccess, loader: LoaderKind): Promise<boolean> {
  try {
    await camera.use(loader, () => Promise.resolve());
    return true;
  } catch (error) {
    const isGone = isKind(error, "disconnected", "timeout");
    if (isGone || (isKind(error, "not-found") && error.data.loader === "sbl")) return false;
    throw error;
  }
}

async function identify(
  client: MbootClient,
  wanted: LoaderRole | undefined,
): Promise<LoaderRole> {
  if (client.version !== LOADER_VERSION) {
    throw new UnbrickError(
      "wrong-board",
      text`The device 15a2:0073 runs bootloader ${versionText(client.version)}; an OpenMV Cam RT1062
        has ${versionText(LOADER_VERSION)}.`,
      { version: client.version },
    );
  }
  const role = await roleOf(client);
  if (wanted && role !== wanted) throw otherLoader(role);
  const [isClosed] = await client.getProperty(Property.SECURITY_STATE);
  if (isClosed) throw closedChip();
  return role;
}

/** Returns the chip's unique id, its two words as 16 digits (B7); undefined if the loader does not tell it. */
async function uniqueId(client: MbootClient): Promise<string | undefined> {
  const { status, values } = await client.tryProperty(Property.UNIQUE_DEVICE_ID);
  if (status !== Status.SUCCESS || values.length !== 2) return undefined;
  return values.map((word) => word.toString(16).toUpperCase().padStart(8, "0")).join("");
}

/**
 * Returns which loader runs, from property 12, first word (B7).
 * @throws UnbrickError `wrong-board`.
 */
async function roleOf(client: MbootClient): Promise<LoaderRole> {
  const [start] = await client.getProperty(Property.RESERVED_REGIONS);
  if (start === RESERVED_FLASHLOADER) return "flashloader";
  if (start === RESERVED_SBL) return "sbl";
  throw new UnbrickError(
    "wrong-board",
    text`The device 15a2:0073 runs a bootloader that is neither of those of an OpenMV Cam RT1062.`,
    { reservedRegion: start ?? null },
  );
}

function otherLoader(role: LoaderRole): UnbrickError {
  const message = role === "sbl"
    ? text`The camera is in its own bootloader (SBL), not in the flashloader that restores it.`
    : text`The camera is in the flashloader in its RAM, not in its own bootloader (SBL).`;
  return new UnbrickError("not-found", message, { loader: role });
}

/**
 * Returns the error for a closed chip (HAB): only signed programs run, and the fuse has another
 * meaning (C1).
 */
export function closedChip(): UnbrickError {
  return new UnbrickError(
    "protected",
    text`The chip is closed (HAB): it runs only programs signed with its owner's key, and OpenMV's
      are not.`,
  );
}

/** Sets up the external flash if necessary, and checks that it is this camera's. */
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
    text`The camera's flash has ${sizeKiB ?? text`an unknown number of`} KiB in sectors of
      ${sectorSize ?? "unknown"} bytes; an OpenMV Cam RT1062 has ${FLASH_SIZE / 1024} KiB and
      ${SECTOR}.`,
    { sizeKiB, sectorSize },
  );
}

/**
 * Runs fill-memory and configure-memory: the loader reads its option word from memory each time
 * (C5).
 */
export async function setOptions(client: MbootClient, word: number): Promise<void> {
  await client.fillMemory(OPTION_ADDRESS, 4, word);
  await client.configureMemory(MEMORY_FLEXSPI_NOR, OPTION_ADDRESS);
}
