import { Stall, type UsbDeviceModel } from "../../../core/transport/usb/model.ts";
import { DfuRequest, TO_DEVICE, TO_HOST } from "../../../core/protocols/dfu/packets/request.ts";
import { StatusRecord } from "../../../core/protocols/dfu/packets/status_record.ts";

const { signal } = new AbortController();
type Bytes = readonly number[] | Uint8Array;

/** Single requests to a model of a DFU device, without a bus and without the limits of a host. */
export function requests(model: UsbDeviceModel) {
  const ask = async (
    { bmRequestType, bRequest, wValue = 0, wIndex = 0, data = [], wLength = data.length }: {
      readonly bmRequestType: number;
      readonly bRequest: number;
      readonly wValue?: number;
      readonly wIndex?: number;
      readonly data?: Bytes;
      readonly wLength?: number;
    },
  ): Promise<Uint8Array> => {
    const setup = { bmRequestType, bRequest, wValue, wIndex, wLength };
    return await model.control(setup, Uint8Array.from(data), signal) ?? new Uint8Array();
  };
  const out = (bRequest: number, wValue = 0, data: Bytes = []) =>
    ask({ bmRequestType: TO_DEVICE, bRequest, wValue, data });
  const into = (bRequest: number, wValue: number, wLength: number) =>
    ask({ bmRequestType: TO_HOST, bRequest, wValue, wLength });
  return {
    ask,
    dnload: (wValue: number, data: Bytes) => out(DfuRequest.DNLOAD, wValue, data),
    upload: (wValue: number, length: number) => into(DfuRequest.UPLOAD, wValue, length),
    abort: () => out(DfuRequest.ABORT),
    clearStatus: () => out(DfuRequest.CLRSTATUS),
    detach: () => out(DfuRequest.DETACH, 1000),
    state: async () => (await into(DfuRequest.GETSTATE, 0, 1))[0],
    /** bStatus, bwPollTimeout, bState. */
    status: async () => {
      const record = StatusRecord.decode(await into(DfuRequest.GETSTATUS, 0, 6));
      return [record.bStatus, record.bwPollTimeout, record.bState];
    },
    alternate: (wValue: number) => ask({ bmRequestType: 0x01, bRequest: 11, wValue }),
    currentAlternate: async () => (await ask({ bmRequestType: 0x81, bRequest: 10, wLength: 1 }))[0],
    /** Text of a string descriptor. */
    text: async (index: number) => {
      const wValue = 0x0300 | index;
      const bytes = await ask({ bmRequestType: 0x80, bRequest: 6, wValue, wLength: 255 });
      return new TextDecoder("utf-16le").decode(bytes.subarray(2));
    },
  };
}
export type Requests = ReturnType<typeof requests>;

export const stalls = (work: Promise<unknown>): Promise<boolean> =>
  work.then(() => false, (error) => {
    if (error instanceof Stall) return true;
    throw error;
  });

/**
 * Returns, for each state that can be reached, the state after DNLOAD, DNLOAD of nothing, UPLOAD,
 * CLRSTATUS and ABORT, with `!` for a STALL: `3 6 9 10 2`.
 */
export async function transitions(
  reached: Readonly<Record<number, (dfu: Requests) => Promise<unknown>>>,
  model: () => UsbDeviceModel,
  block: { readonly wValue: number; readonly data: Bytes },
): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const [state, reach] of Object.entries(reached)) {
    const after = [];
    for (
      const request of [
        (dfu: Requests) => dfu.dnload(block.wValue, block.data),
        (dfu: Requests) => dfu.dnload(0, []),
        (dfu: Requests) => dfu.upload(2, 16),
        (dfu: Requests) => dfu.clearStatus(),
        (dfu: Requests) => dfu.abort(),
      ]
    ) {
      const dfu = requests(model());
      await stalls(reach(dfu));
      const before = await dfu.state();
      if (before !== Number(state)) throw new Error(`state ${before} instead of ${state}`);
      const isStall = await stalls(request(dfu));
      after.push(`${await dfu.state()}${isStall ? "!" : ""}`);
    }
    all[state] = after.join(" ");
  }
  return all;
}

/** Requests that no DFU device knows: other numbers, directions, types, recipients, interfaces. */
export const foreignRequests = [
  ...[0, 1, 4, 6, 7, 0xFF].map((bRequest) => ({ bmRequestType: 0xA1, bRequest, wLength: 6 })),
  ...[2, 3, 5, 7, 0xFF].map((bRequest) => ({ bmRequestType: 0x21, bRequest })),
  ...[0, 1, 4, 6].map((bRequest) => ({ bmRequestType: 0x41, bRequest })),
  ...[2, 3, 5].map((bRequest) => ({ bmRequestType: 0xC1, bRequest, wLength: 6 })),
  ...[1, 4].map((bRequest) => ({ bmRequestType: 0x21, bRequest, wIndex: 1 })),
  { bmRequestType: 0xA1, bRequest: 3, wIndex: 1, wLength: 6 },
];
