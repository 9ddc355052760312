import type { SetupPacket } from "../../../core/transport/usb/model.ts";

/**
 * Packets of USB/IP 1.1.1 (Linux Documentation/usb/usbip_protocol.rst). All numbers are big-endian,
 * except the SETUP packet, which is as on the bus.
 */

/** 1.1.1, as every operation tells it. */
export const VERSION = 0x0111;

/** What is asked before a device is imported, and the replies. */
export const OpCode = {
  REQ_DEVLIST: 0x8005,
  REP_DEVLIST: 0x0005,
  REQ_IMPORT: 0x8003,
  REP_IMPORT: 0x0003,
} as const;

/** Status of an operation. */
export const OpStatus = { OK: 0, NA: 1, DEV_BUSY: 2, DEV_ERR: 3, NODEV: 4, ERROR: 5 } as const;

/** What travels once a device is imported. */
export const Command = {
  CMD_SUBMIT: 1,
  CMD_UNLINK: 2,
  RET_SUBMIT: 3,
  RET_UNLINK: 4,
} as const;

/** Linux error numbers, negative as they travel. */
export const Errno = {
  ENODEV: -19,
  EPIPE: -32,
  EPROTO: -71,
  EOVERFLOW: -75,
  ECONNRESET: -104,
  EREMOTEIO: -121,
} as const;

/** Transfer flag: less data than asked for is an error. */
export const URB_SHORT_NOT_OK = 1;

/** Bytes of an operation's head, a bus id, a device, the head of a command, and a path. */
export const OP_COMMON_LENGTH = 8;
export const BUSID_LENGTH = 32;
export const DEVICE_LENGTH = 312;
export const URB_HEADER_LENGTH = 48;
const PATH_LENGTH = 256;

/** The head of every operation, 8 bytes. */
export interface OpCommon {
  readonly version: number;
  readonly code: number;
  readonly status: number;
}

/** The 8 bytes of an operation's head. */
export function encodeOpCommon({ version, code, status }: OpCommon): Uint8Array {
  const bytes = new Uint8Array(OP_COMMON_LENGTH);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, version);
  view.setUint16(2, code);
  view.setUint32(4, status);
  return bytes;
}

/** Reads the 8 bytes of an operation's head. */
export function decodeOpCommon(bytes: Uint8Array): OpCommon {
  const view = viewOf(bytes);
  return { version: view.getUint16(0), code: view.getUint16(2), status: view.getUint32(4) };
}

/** An exported device, 312 bytes; in OP_REP_DEVLIST its interfaces follow with 4 bytes each. */
export interface ExportedDevice {
  readonly path: string;
  readonly busid: string;
  readonly busnum: number;
  readonly devnum: number;
  /** 1 low, 2 full, 3 high, 5 super. */
  readonly speed: number;
  readonly idVendor: number;
  readonly idProduct: number;
  readonly bcdDevice: number;
  readonly bDeviceClass: number;
  readonly bDeviceSubClass: number;
  readonly bDeviceProtocol: number;
  readonly bConfigurationValue: number;
  readonly bNumConfigurations: number;
  readonly bNumInterfaces: number;
}

/** A device as it stands in a reply, 312 bytes. */
export function encodeDevice(device: ExportedDevice): Uint8Array {
  const bytes = new Uint8Array(DEVICE_LENGTH);
  const view = viewOf(bytes);
  bytes.set(encodeText(device.path, PATH_LENGTH), 0);
  bytes.set(encodeText(device.busid, BUSID_LENGTH), 256);
  view.setUint32(288, device.busnum);
  view.setUint32(292, device.devnum);
  view.setUint32(296, device.speed);
  view.setUint16(300, device.idVendor);
  view.setUint16(302, device.idProduct);
  view.setUint16(304, device.bcdDevice);
  bytes.set([
    device.bDeviceClass,
    device.bDeviceSubClass,
    device.bDeviceProtocol,
    device.bConfigurationValue,
    device.bNumConfigurations,
    device.bNumInterfaces,
  ], 306);
  return bytes;
}

/** Reads the 312 bytes of a device. */
export function decodeDevice(bytes: Uint8Array): ExportedDevice {
  const view = viewOf(bytes);
  return {
    path: decodeText(bytes.subarray(0, PATH_LENGTH)),
    busid: decodeText(bytes.subarray(256, 256 + BUSID_LENGTH)),
    busnum: view.getUint32(288),
    devnum: view.getUint32(292),
    speed: view.getUint32(296),
    idVendor: view.getUint16(300),
    idProduct: view.getUint16(302),
    bcdDevice: view.getUint16(304),
    bDeviceClass: bytes[306],
    bDeviceSubClass: bytes[307],
    bDeviceProtocol: bytes[308],
    bConfigurationValue: bytes[309],
    bNumConfigurations: bytes[310],
    bNumInterfaces: bytes[311],
  };
}

/** Text padded with zeros; one zero at least ends it. */
export function encodeText(text: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set(new TextEncoder().encode(text).subarray(0, length - 1));
  return bytes;
}

/** Text up to the first zero. */
export function decodeText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** USBIP_CMD_SUBMIT without the data that follows an OUT transfer. */
export interface SubmitCommand {
  readonly command: typeof Command.CMD_SUBMIT;
  readonly seqnum: number;
  /** busnum << 16 | devnum. */
  readonly devid: number;
  readonly isIn: boolean;
  /** 0 to 15, without the direction bit. */
  readonly ep: number;
  readonly transferFlags: number;
  readonly transferBufferLength: number;
  /** 0 or 0xffffffff for everything that is not isochronous. */
  readonly numberOfPackets: number;
  readonly setup: SetupPacket;
}

/** USBIP_CMD_UNLINK. */
export interface UnlinkCommand {
  readonly command: typeof Command.CMD_UNLINK;
  readonly seqnum: number;
  /** seqnum of the URB to give up. */
  readonly target: number;
}

/** Reads the 48-byte header that a client sends; undefined for an unknown command. */
export function decodeCommand(bytes: Uint8Array): SubmitCommand | UnlinkCommand | undefined {
  const view = viewOf(bytes);
  const command = view.getUint32(0), seqnum = view.getUint32(4);
  if (command === Command.CMD_UNLINK) return { command, seqnum, target: view.getUint32(20) };
  if (command !== Command.CMD_SUBMIT) return undefined;
  return {
    command,
    seqnum,
    devid: view.getUint32(8),
    isIn: view.getUint32(12) === 1,
    ep: view.getUint32(16),
    transferFlags: view.getUint32(20),
    transferBufferLength: view.getUint32(24),
    numberOfPackets: view.getUint32(32),
    setup: {
      bmRequestType: bytes[40],
      bRequest: bytes[41],
      wValue: view.getUint16(42, true),
      wIndex: view.getUint16(44, true),
      wLength: view.getUint16(46, true),
    },
  };
}

/** USBIP_RET_SUBMIT; `data` follows an IN transfer, `actualLength` counts what moved either way. */
export function encodeRetSubmit(
  seqnum: number,
  status: number,
  actualLength: number,
  data: Uint8Array,
): Uint8Array {
  const bytes = header(Command.RET_SUBMIT, seqnum, status, data.length);
  const view = viewOf(bytes);
  view.setUint32(24, actualLength);
  view.setUint32(32, 0xffffffff); // number_of_packets: not isochronous
  bytes.set(data, URB_HEADER_LENGTH);
  return bytes;
}

/** USBIP_RET_UNLINK: ECONNRESET if the URB was given up, 0 if it had ended before. */
export function encodeRetUnlink(seqnum: number, status: number): Uint8Array {
  return header(Command.RET_UNLINK, seqnum, status, 0);
}

function header(command: number, seqnum: number, status: number, more: number): Uint8Array {
  const bytes = new Uint8Array(URB_HEADER_LENGTH + more);
  const view = viewOf(bytes);
  view.setUint32(0, command);
  view.setUint32(4, seqnum);
  view.setInt32(20, status);
  return bytes;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
