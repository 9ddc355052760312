import type { CommandTable } from "../arguments/grammar.ts";
import { vendorTools } from "../vendor/tools.ts";
import { backup } from "./backup.ts";
import { boards } from "./boards.ts";
import { check } from "./check.ts";
import { completion } from "./completion.ts";
import { devices } from "./devices.ts";
import { doctor } from "./doctor.ts";
import { fieldtest } from "./fieldtest.ts";
import { files } from "./files.ts";
import { flash } from "./flash.ts";
import { guide } from "./guide.ts";
import { images } from "./images.ts";
import { licenses } from "./licenses.ts";
import { plan } from "./plan.ts";
import { putBack } from "./put_back.ts";
import { read } from "./read.ts";
import { replay } from "./replay.ts";
import { restore } from "./restore.ts";
import { runs } from "./runs.ts";
import { station } from "./station.ts";
import { trace } from "./trace.ts";
import { verify } from "./verify.ts";
import { wizard } from "./wizard.ts";

/** All commands and tools of unbrick, in the order of the help. */
export const commandTable = {
  commands: [
    restore,
    flash,
    verify,
    read,
    backup,
    putBack,
    check,
    files,
    station,
    devices,
    doctor,
    boards,
    guide,
    plan,
    images,
    trace,
    replay,
    runs,
    fieldtest,
    completion,
    licenses,
  ],
  tools: vendorTools,
  unnamed: wizard,
} satisfies CommandTable;
