import type { CommandTable } from "../arguments/grammar.ts";
import { namedTools } from "../vendor/named_tools.ts";
import { backup } from "./definitions/backup.ts";
import { boards } from "./definitions/boards.ts";
import { check } from "./check.ts";
import { completion } from "./completion.ts";
import { devices } from "./definitions/devices.ts";
import { doctor } from "./definitions/doctor.ts";
import { fieldtest } from "./definitions/fieldtest.ts";
import { files } from "./definitions/files.ts";
import { flash } from "./flash.ts";
import { guide } from "./definitions/guide.ts";
import { images } from "./images.ts";
import { licenses } from "./licenses.ts";
import { plan } from "./definitions/plan.ts";
import { putBack } from "./definitions/put_back.ts";
import { read } from "./definitions/read.ts";
import { replay } from "./definitions/replay.ts";
import { restore } from "./restore.ts";
import { runs } from "./definitions/runs.ts";
import { station } from "./definitions/station.ts";
import { trace } from "./definitions/trace.ts";
import { verify } from "./verify.ts";
import { verifyRecords } from "./definitions/verify_records.ts";
import { wizard } from "./definitions/wizard.ts";

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
    verifyRecords,
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
  tools: namedTools,
  unnamed: wizard,
} satisfies CommandTable;
