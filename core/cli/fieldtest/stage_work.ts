import { isKind } from "../../common/errors.ts";
import type { JobRequest } from "../commands/job.ts";
import { cutIn } from "./cut.ts";
import type { KnownBoard } from "../devices/board_names.ts";
import type { Check } from "./record.ts";
import type { StageId } from "./stage_id.ts";
import { check, type StageContext, type StageWork } from "./stage_context.ts";
import type { TracedJob } from "./traced_job.ts";
import { twoCameras } from "./two_cameras.ts";

/** The role of a camera's firmware, or how those of several cores begin. */
const FIRMWARE = "firmware";

/** The most time from the last answer of a camera to the end of the run, ms. */
const MOST_CUT_MS = 2_000;

/** Returns why a job failed, or that it did not. */
const endOf = ({ error }: TracedJob) => error && `${error.kind}: ${error.message}`;

export const stageWork: Readonly<Record<StageId, StageWork>> = {
  look: async ({ run }) => {
    const job = await run({ job: "look" });
    const seen = job.events.flatMap((event) => event.type === "connected" ? [event] : []);
    const told = seen.map(({ at, detected }) => `${Math.round(at)} ms: ${detected.usbId}`);
    const serials = seen.flatMap(({ detected }) => detected.serial ?? []);
    return [
      check("appears", !job.error, endOf(job) ?? told.join(", ")),
      check("starts", seen.some(({ detected }) => detected.mode === "firmware")),
      check("serial", serials.length > 0, [...new Set(serials)].join(", ")),
    ];
  },

  check: async ({ run }) => {
    const job = await run({ job: "check" });
    return [check("sees", !job.error, endOf(job))];
  },

  read: async ({ run, known }) => {
    const read = { job: "read", region: firmwareOf(known) } as const;
    const one = await run(read);
    if (one.error) return [check("reads", false, endOf(one))];
    const other = await run(read);
    if (other.error) return [check("reads", false, endOf(other))];
    return [check("reads", true), check("reads-equal", ...sameOutputs(one, other))];
  },

  verify: async ({ run }) => {
    const job = await run({ job: "verify" });
    return [check("same-images", !job.error, endOf(job))];
  },

  flash: async ({ run }) => {
    const first = await run({ job: "flash", rewrite: true });
    if (first.error) return [check("flashed", false, endOf(first))];
    const again = await run({ job: "flash" });
    const written = again.events.flatMap((event) => event.type === "changing" ? [event.step] : []);
    return [
      check("flashed", first.result?.outcome === "proven"),
      check("flash-skips", !again.error && written.length === 0, endOf(again) ?? written.join()),
    ];
  },

  "interrupt-read": async (context) => {
    const read = { job: "read", region: firmwareOf(context.known) } as const;
    const cut = await interrupted(context, read, (step) => step.startsWith("read"));
    if (cut.length === 0) return [];
    const again = await context.run(read);
    return [...cut, check("reads", !again.error, endOf(again))];
  },

  "interrupt-flash": (context) => cutAndRepaired(context, { job: "flash" }, FIRMWARE),

  restore: async ({ run }) => {
    const job = await run({ job: "restore", rewrite: true });
    const fuse = job.events.some((event) =>
      event.type === "run-started" && event.steps.some(({ effect }) => effect === "irreversible")
    );
    const isMissing = isKind(job.error, "consent-needed") && job.error.data.fuse === true;
    return [
      check("restored", job.result?.outcome === "proven", endOf(job)),
      ...(fuse && (isMissing || !job.error) ? [check("fuse-set", !isMissing, endOf(job))] : []),
    ];
  },

  "interrupt-restore": (context) => cutAndRepaired(context, { job: "restore" }, "bootloader"),

  "two-cameras": twoCameras,
};

/** Returns the region of the firmware as `read` names it. */
function firmwareOf({ board: { regions = [] } }: KnownBoard): string {
  const region = regions.find(({ role }) => role?.startsWith(FIRMWARE));
  return region?.partition?.toLowerCase() ?? FIRMWARE;
}

function sameOutputs(one: TracedJob, other: TracedJob): [passed: boolean, detail?: string] {
  for (const [name, bytes] of one.result?.outputs ?? []) {
    const again = other.result?.outputs.get(name);
    const at = bytes.findIndex((byte, index) => byte !== again?.[index]);
    if (again?.length !== bytes.length || at >= 0) return [false, `${name}: offset ${at}`];
  }
  return [(one.result?.outputs.size ?? 0) > 0];
}

async function cutAndRepaired(
  context: StageContext,
  request: Pick<JobRequest, "job">,
  step: string,
): Promise<readonly Check[]> {
  const cut = await interrupted(
    context,
    { ...request, rewrite: true },
    (one) => one.startsWith(step),
  );
  if (cut.length === 0 || cut.some(({ id }) => id === "repaired")) return cut;
  const repair = await context.run(request);
  return [...cut, check("repaired", repair.result?.outcome === "proven", endOf(repair))];
}

/** Runs a job until its cable is pulled; nothing is judged if nobody pulled it. */
async function interrupted(
  { session, run }: StageContext,
  request: Omit<JobRequest, "board">,
  isMeant: (step: string) => boolean,
): Promise<readonly Check[]> {
  const { wasWithstood, ...cut } = cutIn(session, isMeant);
  const job = await run({ ...request, ...cut });
  if (!job.error) {
    return wasWithstood(job.events)
      ? [check("repaired", job.result?.outcome === "proven", "by the same run")]
      : [];
  }
  const writes = request.job !== "read";
  return [
    check("cut-noticed", job.error.kind === "disconnected", endOf(job)),
    check("cut-in-time", ...timeToEnd(job)),
    check("cut-told", job.result?.outcome === (writes ? "partly-written" : "unchanged")),
  ];
}

/** How long after the camera's last answer the run ended. */
function timeToEnd({ entries }: TracedJob): [passed: boolean | null, detail?: string] {
  const ends = entries.flatMap((entry) =>
    entry.type === "transfer" && entry.status === 0
      ? entry.ended ?? []
      : entry.type === "serial" && entry.direction === "received"
      ? entry.time
      : []
  );
  const over = entries.findLast((entry) =>
    entry.type === "note" && entry.words.startsWith("run-ended")
  );
  if (ends.length === 0 || !over) return [null];
  const ms = (over.time - Math.max(...ends)) / 1000;
  return [ms <= MOST_CUT_MS, `${Math.round(ms)} ms`];
}
