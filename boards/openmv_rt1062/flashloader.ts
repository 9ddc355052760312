import type { DetectedDevice } from "../../core/device/detected_device.ts";
import { isKind, UnbrickError } from "../../core/common/errors.ts";
import type { Image } from "../../core/image/image.ts";
import type { Expectation, SessionKind } from "../../core/device/camera_access.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import type { Step } from "../../core/plan/step.ts";
import { SdpClient } from "../../core/protocols/sdp/client/sdp_client.ts";
import { replugActions, rt1062 } from "./boards.ts";
import { closedChip, isLoaderThere, loaderFacts, type LoaderKind } from "./loader.ts";
import { FLASHLOADER_LOAD } from "./memory_map.ts";
import { text, type Words } from "../../core/common/text.ts";

const ROM = text`the camera in its ROM (1fc9:0135)`;
/** A synchronised ROM answers immediately. */
const PROBE_MS = 1_000;
/** How long the flashloader may take to appear after the jump (openmv-boards.md 2.4: 30 s). */
const START_MS = 30_000;
/**
 * Expected milliseconds to upload at high speed and start the loader (E1, D1), and for actions by
 * hand.
 */
const UPLOAD_WEIGHT = 900, MANUAL_WEIGHT = 500;

/** Returns the step that waits for the ROM, or accepts a flashloader from an earlier run. */
export function recoveryStep(loader: LoaderKind): Step {
  return {
    id: "recovery",
    title: text`Bring the camera into recovery mode`,
    weight: MANUAL_WEIGHT,
    effect: "none",
    isDone: async (context) => {
      if (await context.detected(["rom"])) return alive(text`The camera is in its ROM.`);
      if (await isLoaderThere(context, loader)) {
        return alive(text`The flashloader is already running in the camera's RAM.`);
      }
    },
    run: async (context) => {
      await context.request(rt1062.recoveryActions, { what: ROM, modes: ["rom"] });
    },
  };
}

/** Returns the step that sends the flashloader to the ROM and starts it. Only RAM changes. */
export function flashloaderStep(loader: LoaderKind, image: Image): Step {
  return {
    id: "flashloader",
    title: text`Start the flashloader in the camera's RAM`,
    weight: UPLOAD_WEIGHT,
    effect: "none",
    isDone: async (context) => {
      if (await context.detected(["rom"])) return undefined;
      if (await isLoaderThere(context, loader)) {
        return alive(text`The flashloader is already running in the camera's RAM.`);
      }
    },
    run: (context) => startFlashloader(context, loader, image),
  };
}

export async function startFlashloader(
  context: StepContext,
  loader: LoaderKind,
  image: Image,
): Promise<void> {
  const rom = await context.detected(["rom"]) ??
    await context.waitFor({ what: ROM, modes: ["rom"] });
  try {
    await upload(context, image);
  } catch (error) {
    // After an interrupted upload the ROM waits for the rest: only a power cycle helps (C2).
    if (!isKind(error, "timeout") || error.data.command !== "error-status") throw error;
    context.note(text`The ROM does not answer: it is still waiting for the rest of an earlier
      upload.`);
    const isNew = ({ seen }: DetectedDevice) => seen.usb.address !== rom.seen.usb.address;
    const expectation: Expectation = { what: ROM, modes: ["rom"], accept: isNew };
    await context.request(replugActions, expectation);
    await upload(context, image);
  }
  context.learned(loaderFacts).isFresh = true;
  const what = text`the flashloader (15a2:0073)`;
  try {
    await context.waitFor({ what, modes: ["bootloader"], deadlineMs: START_MS });
  } catch (error) {
    if (!isKind(error, "timeout")) throw error;
    throw new UnbrickError(
      "timeout",
      text`The ROM started ${image.name}, but no flashloader appeared within ${START_MS / 1000} s.`,
      error.data,
      { cause: error },
    );
  }
  // Is it the flashloader, of the right version, on an open chip?
  await context.use(loader, async () => {});
}

/** The chip's ROM, which accepts programs over SDP. */
const romSession: SessionKind<SdpClient> = {
  modes: ["rom"],
  name: text`its ROM`,
  start: (device, _detected, { signal }) => SdpClient.open(device, { signal }),
};

async function upload(context: StepContext, image: Image): Promise<void> {
  await context.use(romSession, async (client) => {
    if ((await client.errorStatus(PROBE_MS)).habMode === "closed") throw closedChip();
    await client.writeFile(FLASHLOADER_LOAD, image.bytes, (done) => {
      context.progress(done, image.bytes.length);
    });
    await client.jumpAddress(FLASHLOADER_LOAD);
  });
}

function alive(claim: Words) {
  return { claim, evidence: "alive" } as const;
}
