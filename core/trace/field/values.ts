import type { ValueWatch } from "../../family/field_fact.ts";
import { Command, commandName } from "../../protocols/alif_isp/packets/command.ts";
import { type Frame, FrameScanner, MAX_FRAME } from "../../protocols/alif_isp/packets/frame.ts";
import { findFunctionalDescriptor } from "../../protocols/dfu/packets/functional_descriptor.ts";
import { byteWords } from "../described.ts";
import type { TraceEntry } from "../read_trace.ts";
import { isDevice, TracedDevices, type TracedUsbDevice } from "../traced_devices.ts";
import { isSame, staysIn } from "./arrivals.ts";
import { stringIn } from "./dfu_work.ts";

/** Returns the different values of the kind that is watched, in the order of the trace. */
export function valuesIn(entries: readonly TraceEntry[], watch: ValueWatch): (string | number)[] {
  return [...new Set(allValues(entries, watch))];
}

function allValues(entries: readonly TraceEntry[], watch: ValueWatch): (string | number)[] {
  switch (watch.of) {
    case "speed":
      return staysIn(entries).flatMap((stay) => isSame(stay, watch.device) ? [stay.speed] : []);
    case "enclave-answer":
      return enclaveAnswers(entries, watch.to);
    case "transfer-size":
      return described(entries, watch).flatMap(({ configuration }) =>
        (configuration?.interfaces ?? []).flatMap(({ bInterfaceClass, extra }) =>
          bInterfaceClass === 0xFE ? findFunctionalDescriptor(extra)?.wTransferSize ?? [] : []
        )
      );
    case "manufacturer":
      return described(entries, watch).flatMap(({ descriptor, strings }) =>
        strings.get(descriptor?.iManufacturer ?? 0) ?? []
      );
    case "product":
      return described(entries, watch).flatMap((device) => productOf(device) ?? []);
    case "alternates":
      return described(entries, watch).flatMap(({ configuration, strings }) => {
        const names = configuration?.interfaces.map(({ iInterface }) => strings.get(iInterface));
        return names && names.every((name) => name !== undefined) ? [names.join(", ")] : [];
      });
  }
}

interface Described extends TracedUsbDevice {
  readonly strings: ReadonlyMap<number, string>;
}

/** The devices with the ids that are watched, each with all its strings that were read. */
function described(
  entries: readonly TraceEntry[],
  { device: { vendorId, productId }, named = "" }: Extract<ValueWatch, { named?: string }>,
): Described[] {
  const devices = new TracedDevices();
  const found = new Map<
    TracedUsbDevice["descriptor"],
    Described & { strings: Map<number, string> }
  >();
  for (const entry of entries) {
    const device = devices.next(entry);
    if (!device || entry.type !== "transfer" || !isDevice(device, vendorId, productId)) continue;
    const strings = found.get(device.descriptor)?.strings ?? new Map<number, string>();
    found.set(device.descriptor, { ...device, strings });
    const { setup, received } = entry;
    const isString = setup?.bmRequestType === 0x80 && setup.bRequest === 6 &&
      setup.wValue >> 8 === 3;
    if (isString && received.length > 2) strings.set(setup.wValue & 0xff, stringIn(received));
  }
  return [...found.values()].filter((device) =>
    named === "" || productOf(device)?.startsWith(named)
  );
}

const productOf = ({ descriptor, strings }: Described) => strings.get(descriptor?.iProduct ?? 0);

const ofHost: ReadonlyMap<number, number> = new Map(
  Object.values(Command).map((command) => [command, MAX_FRAME]),
);

/** The first frame after each command, as words. */
function enclaveAnswers(entries: readonly TraceEntry[], wanted: number): string[] {
  const answers: string[] = [];
  const scanner = new FrameScanner();
  let isAsked = false;
  for (const entry of entries) {
    if (entry.type !== "serial") continue;
    if (entry.direction === "sent") {
      const sent = framesIn(new FrameScanner(ofHost), entry.bytes);
      if (sent.length > 0) isAsked = sent.at(-1)!.command === wanted;
      scanner.clear();
      continue;
    }
    const frames = framesIn(scanner, entry.bytes)
      .filter(({ command }) => command !== Command.PRINT_DATA);
    if (!isAsked || frames.length === 0) continue;
    const [{ command, payload }] = frames;
    answers.push(`${commandName(command)}, ${byteWords(payload.length)}`);
    isAsked = false;
  }
  return answers;
}

function framesIn(scanner: FrameScanner, bytes: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  scanner.push(bytes);
  for (let frame = scanner.next(); frame; frame = scanner.next()) frames.push(frame);
  return frames;
}
