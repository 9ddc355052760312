import { bounded } from "../native/bounded.ts";
import { linuxFiles } from "./linux.ts";

/** What Linux's log tells of devices that failed to enumerate: there is no other trace of them. */

export const logSymbols = {
  klogctl: { parameters: ["i32", "buffer", "i32"], result: "i32", nonblocking: true },
} as const satisfies Deno.ForeignLibraryInterface;

/** Action of syslog(2): read all that is left in the ring. */
const READ_ALL = 3;
/** Bytes: more than the ring of most kernels has. */
const MOST = 1_048_576;
const CALL_MS = 2_000;
/** Seconds for which a line counts: the longest that a run waits for a camera. Our choice. */
const RECENT_S = 600;

/** Loaded once, as the log is read again and again: loading takes longer than reading. */
let system: ReturnType<typeof load> | undefined;

const load = () => ({
  log: Deno.dlopen("libc.so.6", logSymbols).symbols,
  files: linuxFiles(),
});

/** The ports; none if this user may not read the log. @throws UnbrickError `timeout` */
export async function linuxSilentPorts(signal?: AbortSignal): Promise<string[]> {
  const { log: { klogctl }, files } = system ??= load();
  const log = new Uint8Array(MOST);
  const limit = { call: "klogctl", ms: CALL_MS, signal };
  const length = await bounded(klogctl(READ_ALL, log, log.length), limit);
  if (length <= 0) return [];
  const reading = files.attribute("/proc/uptime");
  const uptime = await bounded(reading, { call: "reading /proc/uptime", ms: CALL_MS, signal });
  return silentPortsIn(new TextDecoder().decode(log.subarray(0, length)), parseFloat(uptime ?? ""));
}

/**
 * The ports whose last word is "unable to enumerate" (hub.c of Linux: `usb usb1-port3: …` at a root
 * hub, `usb 1-1-port2: …` at another), and not that a device was found there.
 *
 * @param now Seconds since the start of the system.
 */
export function silentPortsIn(log: string, now: number): string[] {
  const silent = new Set<string>();
  for (const line of log.split("\n")) {
    const [, seconds, device, message] = /\[ *(\d+\.\d+)\] usb (\S+): (.*)/.exec(line) ?? [];
    if (message === undefined) continue;
    if (/^New USB device found/.test(message)) silent.delete(device);
    else if (/^unable to enumerate USB device/.test(message)) {
      if (now - parseFloat(seconds) <= RECENT_S) silent.add(portOf(device));
    }
  }
  return [...silent];
}

/** `1-3` of `usb1-port3`, `1-1.2` of `1-1-port2`. */
function portOf(hubPort: string): string {
  return hubPort.replace(/^usb(\d+)-port(\d+)$/, "$1-$2").replace(/-port(\d+)$/, ".$1");
}
