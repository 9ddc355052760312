import { isUsable, portOf } from "../../device/detected_device.ts";
import { text } from "../../common/text.ts";
import { plug } from "../../plan/hardware_action.ts";
import type { TraceEntry } from "../../trace/read_trace.ts";
import { openRealHost, openSimulatedHost } from "../devices/device_host.ts";
import { canPrompt, makeOperator, onClock } from "../session.ts";
import type { Check } from "./record.ts";
import { check, type StageContext } from "./stage_context.ts";

/** Time for a simulated camera that was plugged in to start, ms. */
const START_MS = 12_000;

/** The stage with two cameras of one kind; nothing is judged if there is only one. */
export async function twoCameras(context: StageContext): Promise<readonly Check[]> {
  const { session, run } = context;
  if (session.simulated) await plugSecond(context);
  let ports = await portsNow(context);
  if (ports.length < 2 && canPrompt(session)) {
    const { name } = context.known.board;
    const isThere = await makeOperator(session).choose(
      text`Do you have another ${name}? If so, plug it in, too, and wait until it has started.`,
      [
        { value: true, label: text`It is plugged in` },
        { value: false, label: text`No` },
      ],
      session.signal,
    );
    if (isThere) ports = await portsNow(context);
  }
  if (ports.length < 2) return [];
  const { port: _, ...anyPort } = session.options;
  const unattended = { ...session, options: { ...anyPort, port: undefined, yes: true } };
  const undecided = await run({ job: "verify" }, unattended);
  const results: Check[] = [
    check("asks-which", undecided.error?.kind === "consent-needed", undecided.error?.message),
  ];
  const jobs = [];
  for (const port of ports) {
    jobs.push(await run({ job: "verify" }, { ...session, options: { ...session.options, port } }));
  }
  const failed = jobs.flatMap(({ error }, at) => error ? [`${ports[at]}: ${error.message}`] : []);
  const touched = jobs.flatMap(({ entries }, at) =>
    usedPorts(entries).filter((port) => port !== ports[at] && ports.includes(port))
  );
  return [
    ...results,
    check("each-port", failed.length === 0, failed.join("; ") || ports.join(", ")),
    check("other-untouched", touched.length === 0, touched.join(", ")),
  ];
}

async function plugSecond({ session, known: { family, board } }: StageContext): Promise<void> {
  const { simulated, clock, signal } = session;
  const { ports, camera, images } = simulated!;
  const second = family.simulate(board, {
    ...ports.at("1-2"),
    condition: "healthy",
    images,
    plannedImages: images,
    unit: 1,
  });
  await onClock(session, async () => {
    await camera.perform(plug);
    await second.perform(plug);
    await clock.sleep(START_MS, signal);
  });
}

/** Returns the ports of the cameras that may be this board. */
async function portsNow({ session, known }: StageContext): Promise<string[]> {
  const host = session.simulated
    ? openSimulatedHost(session, "verify", known, session.simulated.images)
    : await openRealHost(session);
  try {
    const { detectedDevices } = await onClock(session, () => host.finder.look(session.signal));
    return detectedDevices
      .filter((one) => isUsable(one) && one.boardIds.includes(known.board.id))
      .map(portOf);
  } finally {
    await host.close();
  }
}

/** Returns the ports whose devices were opened, or asked for more than their descriptors. */
function usedPorts(entries: readonly TraceEntry[]): string[] {
  return entries.flatMap((entry) =>
    entry.type === "note" && entry.facts.type === "call" && entry.facts.call === "open"
      ? [String(entry.facts.portPath)]
      : []
  );
}
