import { parseConfiguration } from "./descriptors.ts";
import type { UsbDeviceModel } from "./model.ts";
import type { Transfer } from "./transfer.ts";

/**
 * The most that a bus carries for one device (USB 2.0 sections 5.5.4 and 5.8.4, dfu-dfuse.md G1):
 * control packets of `packet` bytes, `perFrame` of them in a frame of `frameMs`, and bulk packets.
 */
const limits = {
  low: { packet: 8, perFrame: 3, bulkPerFrame: 1, frameMs: 1 },
  full: { packet: 64, perFrame: 13, bulkPerFrame: 19, frameMs: 1 },
  high: { packet: 64, perFrame: 31, bulkPerFrame: 13, frameMs: 0.125 },
} as const;

/**
 * Returns how long a transfer with `length` data bytes takes on the wire if the device answers at
 * once, milliseconds. Control: the SETUP and the status stage count as one packet each. Interrupt:
 * one packet for each polling interval of its endpoint. An endpoint that the model does not declare
 * takes none.
 */
export function wireMs(model: UsbDeviceModel, transfer: Transfer, length: number): number {
  const { speed } = model;
  const { packet, perFrame, bulkPerFrame, frameMs } =
    limits[speed === "low" || speed === "full" ? speed : "high"];
  if (transfer.kind === "control") return (Math.ceil(length / packet) + 2) * frameMs / perFrame;
  const endpoint = endpointsOf(model).get(transfer.endpoint);
  if (!endpoint) return 0;
  const packets = Math.max(1, Math.ceil(length / (endpoint.wMaxPacketSize & 0x7ff || 64)));
  if ((endpoint.bmAttributes & 3) !== INTERRUPT) return packets * frameMs / bulkPerFrame;
  const interval = Math.max(1, endpoint.bInterval);
  return packets * (frameMs === 1 ? interval : frameMs * 2 ** (interval - 1));
}

/** Transfer type in bmAttributes (USB 2.0 table 9-13). */
const INTERRUPT = 3;

interface Endpoint {
  readonly bmAttributes: number;
  readonly wMaxPacketSize: number;
  readonly bInterval: number;
}

const known = new WeakMap<UsbDeviceModel, ReadonlyMap<number, Endpoint>>();

function endpointsOf(model: UsbDeviceModel): ReadonlyMap<number, Endpoint> {
  let endpoints = known.get(model);
  if (!endpoints) {
    const all = model.configurations
      .flatMap((bytes) => parseConfiguration(bytes)?.interfaces ?? [])
      .flatMap((setting) => setting.endpoints);
    endpoints = new Map(all.map((endpoint) => [endpoint.bEndpointAddress, endpoint]));
    known.set(model, endpoints);
  }
  return endpoints;
}
