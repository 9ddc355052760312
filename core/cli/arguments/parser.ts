import { merge, object, or } from "@optique/core/constructs";
import type { InferValue } from "@optique/core/parser";
import { constant } from "@optique/core/primitives";
import { jobCommands, planCommand, stationCommand } from "./camera_commands.ts";
import { images, parts, running, telling } from "./common_options.ts";
import { alifCommands, vendorCommands } from "./foreign_commands.ts";
import { imagesCommand } from "./image_commands.ts";
import { completionCommand, licensesCommand, surveyCommands } from "./telling_commands.ts";

/**
 * The command line of unbrick: commands in the order of its help, then the options of all of them.
 * Only this folder knows Optique; the shells' scripts, which it makes, are in ../completion/shells.ts.
 */
export const parser = merge(
  or(
    jobCommands,
    surveyCommands,
    planCommand,
    imagesCommand,
    licensesCommand,
    vendorCommands,
    completionCommand,
    stationCommand,
    alifCommands,
    object({ command: constant("wizard" as const) }),
  ),
  running,
  images,
  telling,
  parts,
);

/** A command with its own options and the common ones. `wizard` is the run without a command. */
export type Invocation = InferValue<typeof parser>;
