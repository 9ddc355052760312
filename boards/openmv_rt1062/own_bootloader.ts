import { isKind, UnbrickError } from "../../core/common/errors.ts";
import type { Image } from "../../core/image/image.ts";
import { enterOverSerial } from "../../core/openmv_bootloader/serial_entry.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import type { Step } from "../../core/plan/step.ts";
import { replugActions, rt1062 } from "./boards.ts";
import { startFlashloader } from "./flashloader.ts";
import { configureFlash, isLoaderThere, type LoaderKind } from "./loader.ts";
import { checked } from "./validate.ts";
import { text } from "../../core/common/text.ts";

/** Expected milliseconds to catch it. */
const MANUAL_WEIGHT = 500;

/**
 * Returns the step that catches the SBL: it runs about 1.5 s at each start, longer after a command
 * (C9).
 */
export function ownBootloaderStep(loader: LoaderKind): Step {
  return {
    id: "own-bootloader",
    title: text`Catch the camera's own bootloader`,
    weight: MANUAL_WEIGHT,
    effect: "none",
    isDone: async (context) => {
      if (!await isLoaderThere(context, loader)) return undefined;
      await context.use(loader, ({ client }) => configureFlash(client));
      return { claim: text`The camera's own bootloader answers.`, evidence: "alive" };
    },
    run: (context) => catchOwnBootloader(context, loader),
  };
}

async function catchOwnBootloader(context: StepContext, loader: LoaderKind): Promise<void> {
  const inRom = await context.detected(["rom"]);
  const actions = inRom ? rt1062.afterActions : replugActions;
  if (inRom) {
    context.note(text`The camera is in its ROM: the jumper is in place, or its bootloader is
      gone.`);
  }
  const modes = ["bootloader"] as const;
  const what = text`the camera's own bootloader (15a2:0073)`;
  if (inRom || !await enterOverSerial(context, ["V2", "V1"], { what, modes })) {
    try {
      await context.request(actions, { what: text`${what}, right after you plug it in`, modes });
    } catch (error) {
      if (isKind(error, "timeout")) {
        // Without a vector sector the SBL opens no window (C9).
        context.note(
          text`A camera with half-written firmware shows no bootloader at all. Use restore.`,
        );
      }
      throw error;
    }
  }
  await context.use(loader, ({ client }) => configureFlash(client));
}

/**
 * Returns the first step of jobs that only read: it uses either loader, the flashloader if the ROM
 * runs.
 */
export function anyLoaderStep(loader: LoaderKind, flashloader: Image | undefined): Step {
  return {
    id: "loader",
    title: text`Connect to a bootloader of the camera`,
    weight: MANUAL_WEIGHT,
    effect: "none",
    run: async (context) => {
      if (await context.detected(["rom"])) {
        if (!flashloader) throw noFlashloader();
        await startFlashloader(context, loader, checked(flashloader));
      } else if (!await isLoaderThere(context, loader)) {
        return await catchOwnBootloader(context, loader);
      }
      await context.use(loader, ({ client }) => configureFlash(client));
    },
  };
}

function noFlashloader(): UnbrickError {
  return new UnbrickError(
    "not-found",
    text`The camera is in its ROM, which cannot read the flash: the image flashloader
      (sdphost_flash_loader.bin) is needed.`,
    { role: "flashloader", comesWith: "openmv-ide" },
  );
}
